"""A site whose images go into a shared folder first, rehearsed as its users start it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk.rehearsal import command
from tests.rehearsal.test_command import able
from tests.synthesized import Synthesized

pytestmark = [pytest.mark.server, pytest.mark.apart]
__all__ = ["able"]


@pytest.mark.usefixtures("able")
def test_no_image_is_lost_with_the_bucket_away_the_folder_full_a_restart_and_a_wrong_folder(
    stack_with: Callable[..., Synthesized],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    tenants = [{"ae_title": "NORTH", "bucket": "images-of-north"}, {"ae_title": "SOUTH.1", "prefix": "south"}]
    lock = {"lock_days": 30, "lock": "final"}
    site = stack_with(storage={"receive": "cache", "tenants": tenants, **lock})
    code = command.run_all([site.folder], ["archive"], faults=False, every=1, quiet=False)
    said = capsys.readouterr().out
    assert code == 0, said
    for line in (
        "storage: the shared folder is mounted, and images are received into it",
        "storage: tenants: each AE title has a place of its own, and what comes in at it is found at it alone (2 tenants)",
        "storage: tenants: present, nothing to do, and the site's own step leaves them alone",
        "archive: a tenant's image goes through the folder into its own bucket and no other",
        "archive: an image goes into the folder and, after a minute of quiet, into the bucket",
        "archive: the bucket is away: stores go on, dicom-health says so; it is back: all is there, by itself",
        "archive: the folder nearly full: what the bucket holds leaves, what it does not stays",
        "archive: the archive starts anew in the middle of an export: the bucket holds every image",
        "archive: the bucket is locked: stores go on, a study that is deleted stays in it, nothing is lost",
        "archive: a folder that is not the site's: no archive starts on it, none of its files goes",
        "archive: the folder is not mounted: the archive refuses stores, and takes them once it is",
    ):
        assert re.search(rf"^ok +[\d.]+ s  {re.escape(line)}", said, re.MULTILINE), said
