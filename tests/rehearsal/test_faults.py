"""Faults, a sample: servers killed and cut off, scripts broken at some of their programs. All: `rehearse --faults`."""

import base64
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.rehearsal import command, faults
from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import staged
from tests.rehearsal.test_command import STACK, able, changed

pytestmark = [pytest.mark.server, pytest.mark.apart]

__all__ = ["able"]
SAMPLE = ("hosts", "gateway", "database", "storage")
"""Rooms whose scripts are broken at every twenty-fourth of their programs; one script each, of hosts two."""


@pytest.mark.usefixtures("able")
def test_servers_killed_cut_off_emptied_and_rolled_are_whole_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Scripts are broken below.
    monkeypatch.setattr(faults, "rehearse", lambda *_: None)
    code = command.run_all([STACK], ["directory", "storage"], faults=True, every=1, quiet=False)
    said = capsys.readouterr().out
    assert code == 0, said
    for check in ("network between the two cut", "second host comes late", "primary node down", "both nodes rolled"):
        assert check in said


@pytest.mark.usefixtures("able")
def test_scripts_broken_at_some_places_end_ready_after_one_more_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    checks = Checks(Lines(sys.stdout))
    with staged(Site(STACK), tmp_path) as stage:
        faults.rehearse(stage, checks, SAMPLE, 24)
    assert not checks.failed, checks.failed[0].said
    assert Counter(check.room for check in checks.done if check.verdict == "ok") == {
        **dict.fromkeys(SAMPLE, 3),
        "hosts": 6,
    }


@pytest.mark.usefixtures("able")
def test_a_script_that_leaves_half_a_file_behind_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with a name of its own for each run, what a killed one left stays for ever."""

    def unmended(stack: dict[str, Any]) -> None:
        for body in stack["resource"]["alicloud_ecs_command"].values():
            text = base64.b64decode(body["command_content"]).decode().replace(".values.new", ".values.$$")
            body["command_content"] = base64.b64encode(text.encode()).decode()

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for folder in (scratch, tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    monkeypatch.setattr(faults, "KINDS", ("kill",))
    checks = Checks(Lines(sys.stdout))
    with staged(Site(changed(tmp_path, unmended)), scratch) as stage:
        faults.rehearse(stage, checks, ["hosts"], 6)
    assert [check.said for check in checks.failed if ".values." in check.said], checks.done
