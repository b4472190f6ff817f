"""People open studies in Chromium, with OHIF itself: the room as its users start it, once; the rest of it without a browser."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from dicom_cdk.rehearsal import programs
from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.rehearsal.people.browser import chromium
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.rooms import viewer
from dicom_cdk.rehearsal.site import Site
from tests.commanding import dicom_cdk
from tests.conftest import ROOT

PROGRAMS = (
    ("slapd", "slapd"),
    ("nginx", "nginx"),
    ("Orthanc", "orthanc"),
    ("ip", "iproute2"),
    ("chromium", "chromium"),
)


@pytest.fixture
def viewable() -> None:
    """Skips by name where no viewer can be rehearsed."""
    for program, package in PROGRAMS:
        programs.need(program, package)
    if os.geteuid() != 0:
        pytest.skip("a rehearsal needs root for its network namespaces")
    if not (viewer_files.OHIF / "index.html").exists():
        pytest.skip("OHIF is not here; run make ohif")


@pytest.mark.browser
@pytest.mark.usefixtures("viewable")
def test_people_log_in_open_studies_and_nobody_else_does(tmp_path: Path) -> None:
    site = yaml.safe_load((ROOT / "examples/viewer.yaml").read_text())
    site["gateway"]["viewer"]["upload"] = True
    (tmp_path / "viewer.yaml").write_text(yaml.safe_dump(site))
    made = dicom_cdk("synth", "--site", tmp_path / "viewer.yaml", "--out", tmp_path / "out")
    assert made.returncode == 0, made.stderr
    done = dicom_cdk("rehearse", "viewer", "--stack-dir", tmp_path / "out/stacks/dicom-viewer", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n\d+ ok, 0 failed, 1 skipped in \d+ s\n", done.stdout), done.stdout
    assert "viewer: the same with Keycloak\n" in done.stdout
    assert "Pictures of the pages: .work/rehearsal/dicom-viewer/pictures" in done.stdout
    kept = {file.stem for file in (tmp_path / ".work/rehearsal/dicom-viewer/pictures").glob("*.png")}
    seen = {"list", "ct", "mr-viewed", "j2k-viewed", "multi-frame", "mpr", "upload"}
    assert kept == seen | {"signed-out", "other-ae-title", "locked-out"}


class Heard:
    """What a rehearsal says."""

    def begin(self, room: str, name: str) -> None:
        """Nothing."""

    def end(self, check: object) -> None:
        """Nothing."""


def test_a_site_without_a_viewer_is_skipped_by_name(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_fcv3_function": {}}}))
    checks = Checks(Heard())
    viewer.rehearse(_Stage(Site(tmp_path)), checks, faults=False)  # type: ignore[arg-type]
    (said,) = checks.done
    assert (said.verdict, said.said) == (
        "skipped",
        "the site has no viewer that people log in to (gateway.viewer, gateway.login)",
    )


class _Stage:
    def __init__(self, site: Site) -> None:
        self.site = site


def test_without_ohif_the_viewer_is_skipped_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_files, "OHIF", tmp_path / "none")
    with pytest.raises(ProgramMissing, match="OHIF is not here: the npm package @ohif/app; run make ohif"):
        viewer_files.built(tmp_path / "viewer.sh", tmp_path / "out")


def test_without_chromium_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "SYSTEM_PATH", str(tmp_path))
    with (
        pytest.raises(ProgramMissing, match="chromium is not installed: Debian package chromium"),
        chromium([], {}, tmp_path / "none.pem", tmp_path / "browser", tmp_path / "pictures"),
    ):
        pass
