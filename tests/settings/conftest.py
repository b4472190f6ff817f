"""Site files made on the spot, and what the loader says about them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_sites
from dicom_cdk.settings.site import SiteSettings

Write = Callable[..., Path]
Refusals = Callable[..., list[str]]
Load = Callable[[str], SiteSettings]

SITE = """\
name: dicom-sh
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
"""
"""A whole site in four lines: what a test adds begins in line 5."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the test's own folder: text or bytes."""

    def to(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to


@pytest.fixture
def refusals(write: Write, tmp_path: Path) -> Refusals:
    """What is said of SITE with `more` behind it (or of `whole`), one line a problem, files without their folder."""

    def of(more: str = "", *, whole: str | bytes | None = None) -> list[str]:
        path = write("site.yaml", SITE + more if whole is None else whole)
        with pytest.raises(SettingsError) as caught:
            load_sites([path])
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return of


@pytest.fixture
def load(write: Write) -> Load:
    """SITE with `more` behind it, which must be right."""

    def of(more: str) -> SiteSettings:
        return load_sites([write("site.yaml", SITE + more)])[0]

    return of
