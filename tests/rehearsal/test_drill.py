"""The stack of a restore drill, rehearsed as its users start it."""

from pathlib import Path

import pytest

from dicom_cdk.rehearsal import command
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize_drill
from tests.conftest import ROOT, SMALL_SITE
from tests.rehearsal.test_command import able
from tests.service.test_drill import NORTH, THERE

__all__ = ["able"]


ANYWHERE = (
    "in apply order: directory restored, database reached, storages with the drill's key, archive",
    "the directory is the backup's; nothing of it is backed up again, nothing names the site's key",
    "drill: studies counted, objects compared with their digests, retrieved byte for byte",
    "drill: a tampered object and a lost one are found and named",
    "nothing was written: every call of both hosts reads",
)
"""Checks of a drill, in whichever region."""


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = SiteSettings.model_validate({**SMALL_SITE, "drill": {"sample": 4, "retrieved": 2}}, strict=False)
    out = tmp_path_factory.mktemp("drill")
    return Site(synthesize_drill(site, out, restore_time=None).file.parent)


@pytest.mark.server
@pytest.mark.usefixtures("able")
def test_a_drill_is_rehearsed_from_first_boot_to_its_report(
    drill: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = command.run(drill, [], kept=tmp_path / "kept", quiet=False)
    said = capsys.readouterr().out
    assert code == command.OK, said
    for line in (
        "a backup by the directory's own scripts, on a machine that is empty again then",
        *ANYWHERE,
    ):
        assert line in said
    assert "newest instance 2026-11-29T11:06:00 (RPO), " in said


@pytest.mark.server
@pytest.mark.usefixtures("able")
def test_a_drill_in_the_other_region_fills_its_database_from_a_dump_and_looks_into_tenants_buckets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = SiteSettings.model_validate({**SMALL_SITE, **THERE, "storage": {"tenants": [NORTH]}}, strict=False)
    there = Site(synthesize_drill(site, tmp_path / "drill", elsewhere=True).file.parent)
    assert there.drill
    assert there.region == "cn-beijing"
    code = command.run(there, [], kept=tmp_path / "kept", quiet=False)
    said = capsys.readouterr().out
    assert code == command.OK, said
    for line in (
        "a dump by the site's own script, then an empty database; tampered with, it is refused",
        *ANYWHERE,
    ):
        assert line in said


def test_what_only_the_site_s_state_knows_is_made_up_and_what_the_file_says_is_taken(drill: Site) -> None:
    assert drill.drill
    assert drill.resolve("var", "database_instance_id", "default") == "rehearsed-database_instance_id-default"
    assert drill.secret_names["database"] == "clinic/database-g1"
    assert drill.step("verify").values["restore_time"].startswith("rehearsed-restore_time")
    assert drill.step("verify").values["database_port"] == "5432"


@pytest.mark.server
@pytest.mark.usefixtures("able")
def test_rooms_of_a_site_are_none_of_a_drill_and_the_other_way_round(
    drill: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(drill, ["directory"], kept=tmp_path / "kept") == command.NOTHING_RUN
    assert "this stack is a drill, which has rooms hosts and drill" in capsys.readouterr().out
    site = Site(ROOT / "cdktf.out/stacks/dicom-sh")
    assert not site.drill
    assert "drill" in command.BY_NAME
