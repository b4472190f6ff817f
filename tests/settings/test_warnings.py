"""What a site may choose but should know: said, never refused."""

from pathlib import Path

import pytest

from dicom_cdk.settings.loader import load_sites
from dicom_cdk.settings.releases import RELEASES, belongs, release, tools_tag
from dicom_cdk.settings.warnings import warnings

SITE = """name: dicom-sh
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
"""


def said(tmp_path: Path, more: str = "") -> list[str]:
    file = tmp_path / "site.yaml"
    file.write_text(SITE + more)
    (site,) = load_sites([file])
    return warnings(site)


def test_the_default_site_has_no_warning_about_its_archive(tmp_path: Path) -> None:
    assert said(tmp_path) == []


def test_the_guides_archive_is_warned_of_with_what_does_not_work_and_what_to_take(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "archive: {version: 5.25.0}\ndirectory: {image_tag: 2.6.0-25.0}\n")
    assert line.startswith(
        'archive.version: "5.25.0": WADO-RS of instances, frames and bulk data and QIDO-RS as XML answer 500'
    )
    assert "take 5.25.2 with directory.image_tag 2.6.0-25.2" in line


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_names_images_of_its_own_minor(version: str) -> None:
    known = RELEASES[version]
    minor = version.split(".")[1]
    assert all(tag.endswith(f"-{version.removeprefix('5.')}") for tag in known.slapd)
    assert all(tag.endswith(f"-{minor}") for tag in known.postgres)
    assert tools_tag(version) in RELEASES


def test_signature_version_4_begins_with_the_release_whose_every_build_knows_it() -> None:
    assert next(version for version, known in RELEASES.items() if 4 in known.signatures) == "5.26.1"


def test_a_suffix_is_the_same_release_and_a_longer_patch_is_not() -> None:
    assert release("5.25.2-mirror") is RELEASES["5.25.2"]
    assert release("5.25.20") is None
    assert belongs("2.6.0-25.2-mirror", RELEASES["5.25.2"].slapd)
    assert not belongs("2.6.0-25.20", RELEASES["5.25.2"].slapd)
