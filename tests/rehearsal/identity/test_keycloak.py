"""Keycloak itself lets people in: the room as its users start it, once, where Keycloak is; what is said where it is not."""

import re
from pathlib import Path

import pytest

from dicom_cdk.rehearsal import command, programs
from dicom_cdk.rehearsal.command import WrongRooms
from dicom_cdk.rehearsal.identity import keycloak
from dicom_cdk.rehearsal.programs import ProgramMissing
from tests.commanding import dicom_cdk
from tests.conftest import ROOT
from tests.rehearsal.test_viewer import viewable

__all__ = ["viewable"]


@pytest.mark.browser
@pytest.mark.usefixtures("viewable")
def test_people_log_in_at_keycloak_open_a_study_and_its_keys_change(tmp_path: Path) -> None:
    keycloak.distribution()
    made = dicom_cdk("synth", "--site", ROOT / "examples/viewer.yaml", "--out", tmp_path / "out")
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "out/stacks/dicom-viewer"
    done = dicom_cdk("rehearse", "viewer", "--identity", "keycloak", "--stack-dir", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n\d+ ok, 0 failed, 0 skipped in \d+ s\n", done.stdout), done.stdout
    kept = {file.stem for file in (tmp_path / ".work/rehearsal/dicom-viewer/pictures").glob("*.png")}
    assert kept == {"list", "mr-viewed", "other-ae-title", "locked-out", "signed-out"}


def test_without_keycloak_it_is_named_with_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keycloak.PLACE, str(tmp_path))
    with pytest.raises(ProgramMissing) as missing:
        keycloak.distribution()
    assert str(missing.value) == (
        f"Keycloak is not here: no {tmp_path}/bin/kc.sh; run make keycloak (180 MB, Maven Central), or name a distribution by "
        "DICOM_CDK_KEYCLOAK"
    )


def test_without_java_it_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kc.sh").touch()
    monkeypatch.setenv(keycloak.PLACE, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "SYSTEM_PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="java is not installed: Debian package openjdk-17-jre-headless"):
        keycloak.distribution()


def test_another_provider_for_rooms_without_a_login_is_refused() -> None:
    with pytest.raises(WrongRooms) as refused:
        command.run_all([], ["directory"], faults=False, every=3, quiet=True, identity="keycloak")
    assert str(refused.value) == "rehearse: --identity keycloak without room viewer, which it is of; name that room"
