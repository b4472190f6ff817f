"""Faults, a sample: servers killed and cut off, scripts broken at some of their programs. All: `rehearse --faults`."""

import base64
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.rehearsal import command, faults, side_by_side
from dicom_cdk.rehearsal.breaking.shims import Shims, equal_states, places
from dicom_cdk.rehearsal.breaking.snapshot import Snapshot
from dicom_cdk.rehearsal.breaking.trials import Trials, says_why
from dicom_cdk.rehearsal.checks import Check, Checks, Expected
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import staged
from tests.rehearsal.test_command import STACK, able, changed
from tests.synthesized import Synthesized

pytestmark = [pytest.mark.server, pytest.mark.apart]

__all__ = ["able"]


@pytest.mark.usefixtures("able")
def test_servers_killed_cut_off_emptied_and_rolled_are_whole_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Scripts are broken below.
    monkeypatch.setattr(side_by_side, "rehearse", lambda *_: None)
    code = command.run_all([STACK], ["directory", "storage"], faults=True, every=1, quiet=False)
    said = capsys.readouterr().out
    assert code == 0, said
    for check in ("network between the two cut", "second host comes late", "primary node down", "both nodes rolled"):
        assert check in said


def test_every_step_of_a_site_belongs_to_a_room_whose_scripts_are_broken(
    stack_with: Callable[..., Synthesized],
) -> None:
    tenant = {"ae_title": "NORTH", "bucket": "clinic-north-images"}
    site = Site(stack_with(storage={"tenants": [tenant]}).folder)
    assert "tenants" in {step.room for step in site.standing}
    broken = {(step.room, step.entry) for step in faults._scripts(site, list(command.ROOMS))}
    assert broken == {(step.room, step.entry) for step in site.standing}


def opened(folder: Path) -> Path:
    """Servers that give up root look in."""
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)
    return folder


@pytest.mark.usefixtures("able")
def test_scripts_broken_side_by_side_end_ready_after_one_more_run_and_are_said_in_order(tmp_path: Path) -> None:
    checks = Checks(Lines(sys.stdout))
    side_by_side.rehearse(Site(STACK), opened(tmp_path), checks, ["hosts", "gateway"], 24, workers=2)
    assert not checks.failed, checks.failed[0].said
    scripts = ("archive/host/client", "archive/host/boot", "archive/gateway-image")
    assert [check.name for check in checks.done if check.verdict == "ok"] == [
        f"{script}: {what}"
        for script in scripts
        for what in ("calls of an unbroken run", "killed, and run again", "a program failing once, and run again")
    ]
    assert sorted(file.name for file in (tmp_path / "claims").iterdir()) == ["0", "1", "2"]


@pytest.mark.usefixtures("able")
def test_the_last_step_of_a_host_is_broken_too_with_all_that_comes_before_it(tmp_path: Path) -> None:
    checks = Checks(Lines(sys.stdout))
    with staged(Site(STACK), opened(tmp_path)) as stage:
        # All that stands before it is the point; its own places are few here.
        faults.rehearse(stage, checks, ["watch"], 60)
    assert not checks.failed, checks.failed[0].said
    assert [check.name.partition(":")[0] for check in checks.done] == ["watch/directory-g"] * 3


@pytest.mark.usefixtures("able")
def test_a_script_that_leaves_half_a_file_behind_is_told(tmp_path: Path) -> None:
    """The control: with a name of its own for each run, what a killed one left stays for ever."""

    def unmended(stack: dict[str, Any]) -> None:
        for body in stack["resource"]["alicloud_ecs_command"].values():
            text = base64.b64decode(body["command_content"]).decode().replace(".values.new", ".values.$$")
            body["command_content"] = base64.b64encode(text.encode()).decode()

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    site = Site(changed(tmp_path, unmended))
    with staged(site, opened(scratch)) as stage:
        stage.first_boot("archive/host")
        step = site.step("archive/host/client")
        trials = Trials(stage, step, Snapshot(stage), Shims(stage, step))
        trials.unbroken()
        with pytest.raises(Expected, match=r"at call \d+, \w+.*: files on archive/host differ: .*\.values\.") as told:
            trials.kill(1)
        # Said once of the places before which nothing else changed, and of no place before that.
        wrong = str(told.value).splitlines()
        assert wrong[0].startswith(f"{len(wrong)} of ")
        assert len(wrong) < len(trials.calls)


@pytest.mark.usefixtures("able")
def test_what_a_stage_holds_is_another_state_once_anything_of_it_changed(tmp_path: Path) -> None:
    site = Site(STACK)
    with staged(site, opened(tmp_path)) as stage:
        host = stage.hosts["archive/host"]
        host.put("/etc/kept", "one")
        before = Snapshot(stage)
        before.restore()
        stage.api.objects.pop("/bucket/new", None)

        def now() -> str:
            return before.states.now(database=False)

        seen = [now()]
        assert now() == seen[0]
        for change in (
            lambda: host.put("/etc/kept", "two"),
            lambda: (host.root / "etc/kept").chmod(0o600),
            lambda: (host.root / "etc/kept").rename(host.root / "etc/other"),
            lambda: (host.root / "etc/empty").mkdir(),
            lambda: (host.root / "etc/link").symlink_to("other"),
            lambda: (stage.registry / "image").touch(),
            lambda: stage.api.objects.update({"/bucket/new": b"1"}),
            lambda: stage.api.services.backups.append(["Finished"]),
        ):
            change()
            seen.append(now())
        assert len(set(seen)) == len(seen), "a change that was not seen"
        host.forget()
        (host.root.parent / "calls").write_text("what a run writes down")
        assert now() == seen[-1]
        before.restore()
        stage.api.services.backups.clear()
        assert now() == seen[0]


def test_places_between_which_nothing_changes_are_one() -> None:
    states = {1: "a", 2: "a", 3: "b", 4: "a"}
    calls = ["sh", "cat", "mv", "rm", "sed"]
    assert equal_states(calls, states, 1) == [
        [(1, "sh"), (2, "cat"), (4, "rm")],
        [(3, "mv")],
        [(5, "sed")],
    ], "a place that was not looked at is like no other"
    assert equal_states(calls, states, 2) == [[(1, "sh")], [(3, "mv")], [(5, "sed")]]


def test_of_every_so_many_places_the_first_is_not_where_nothing_has_happened_yet() -> None:
    calls = list("abcdefgh")
    assert [number for number, _ in places(calls, 1)] == list(range(1, 9))
    assert places(calls, 3) == [(2, "b"), (5, "e"), (8, "h")]
    assert places(calls, 100) == [(8, "h")], "a script with fewer programs is broken once"


def test_what_processes_say_is_handed_on_in_the_order_of_the_scripts() -> None:
    said = StringIO()
    checks = Checks(Lines(said))
    in_order = side_by_side.InOrder(checks)
    ended = [Check("hosts", f"script {number}", "ok", 0.0) for number in range(3)]
    stopped = Check("hosts", "before what comes after", "failed", 0.0, "said by each process")
    for one in (
        (1, "begin", ("hosts", "script 1")),
        (1, "end", ended[1]),
        (0, "end", ended[0]),
        (1, "over", None),
        (1, "end", stopped),
        (0, "over", None),
        (2, "end", ended[2]),
        (2, "over", None),
        (2, "end", stopped),
    ):
        in_order.take(one)
    in_order.rest()
    assert checks.done == [*ended[:2], stopped, ended[2]], "said once, behind the script of the first that came to it"
    assert [line.rpartition(" ")[2] for line in said.getvalue().splitlines() if " script " in line] == ["0", "1", "2"]


def test_what_a_process_lacks_or_why_it_broke_is_said() -> None:
    in_order = side_by_side.InOrder(Checks(Lines(StringIO())))
    with pytest.raises(ProgramMissing, match=r"^slapd is not installed$"):
        in_order.take((0, "missing", "slapd is not installed"))
    with pytest.raises(side_by_side.WorkerFailed, match="ZeroDivisionError"):
        in_order.take((0, "error", "Traceback: ZeroDivisionError"))


def test_a_script_has_words_of_its_own_where_it_passes_on_those_of_a_program() -> None:
    def says(*lines: str) -> None:
        says_why(subprocess.CompletedProcess([], 1, "", "".join(f"{line}\n" for line in lines)))

    says("docker: rehearsed failure", "gateway-image: the registry takes no image: docker: rehearsed failure")
    says("bash: rehearsed failure")
    with pytest.raises(Expected, match=r"^ended with 1 and said nothing$"):
        says("docker: rehearsed failure")
