"""`dicom-cdk drill`: its words and what it refuses."""

from pathlib import Path

import pytest

from dicom_cdk.cli import main

SITE = """name: clinic
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
"""


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-11-29", "2026-11-29T12:00:00", "2026-13-01T00:00:00Z", "2026-11-29T24:00:00Z"]
)
def test_a_time_of_another_form_is_refused(time: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", str(tmp_path / "site.yaml"), "--to", time]) == 2
    assert (
        capsys.readouterr().err
        == f"drill: --to is {time!r}, allowed is a point in time in UTC such as 2026-11-29T12:00:00Z\n"
    )


def test_a_drill_is_written_beside_nothing_and_says_how_it_is_run_and_destroyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    out = tmp_path / "drill.out"
    assert main(["drill", str(tmp_path / "site.yaml"), "--to", "2026-11-29T12:00:00Z", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    folder = out / "stacks/clinic-drill"
    assert f"terraform -chdir={folder} init && terraform -chdir={folder} apply" in said
    assert f"to destroy: terraform -chdir={folder} destroy" in said
    assert (folder / "cdk.tf.json").exists()


def test_a_point_in_time_in_the_other_region_is_refused_with_what_can_be_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["drill", str(tmp_path / "site.yaml"), "--region", "recovery", "--to", "2026-11-29T12:00:00Z"]
    assert main(words) == 2
    assert capsys.readouterr().err == (
        "drill: --to is '2026-11-29T12:00:00Z' with --region recovery, where no point in time can be had: RDS for PostgreSQL "
        "restores into no other region, and a dump a day is replicated; leave --to out for the newest, or name one of before "
        "that time to Terraform: -var database_dump=database-dump/20261129T170000Z\n"
    )


def test_a_site_without_another_region_is_refused_one_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    out = tmp_path / "drill.out"
    assert main(["drill", str(tmp_path / "site.yaml"), "--region", "recovery", "--out", str(out)]) == 2
    assert "without recovery.region there are none" in capsys.readouterr().err
    assert not out.exists()
