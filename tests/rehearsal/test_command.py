"""`dicom-cdk rehearse` as its users start it: the committed stack passes, a broken one does not, nothing is left behind."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import CannotWrite, NotAStack
from dicom_cdk.rehearsal import command, programs
from tests.conftest import ROOT
from tests.interrupting import interruptible
from tests.synthesized import Synthesized

pytestmark = [pytest.mark.server, pytest.mark.apart]

STACK = ROOT / "cdktf.out/stacks/dicom-sh"
NEEDED = (("slapd", "slapd"), ("nginx", "nginx"), ("Orthanc", "orthanc"), ("ip", "iproute2"), ("psql", "postgresql"))


@pytest.fixture
def able() -> None:
    """Skips by name where a rehearsal cannot run; everything below would be answered with 69."""
    for program, package in NEEDED:
        programs.need(program, package)
    programs.postgres_programs()
    if os.geteuid() != 0:
        pytest.skip("a rehearsal needs root for its network namespaces")


def rehearse(cwd: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dicom_cdk.cli", "rehearse", *arguments], cwd=cwd, capture_output=True, text=True
    )


def namespaces(process: int) -> list[str]:
    """Network namespaces that a rehearsal in `process` made and left."""
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if line.startswith(f"dr{process}x")]


def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The committed stack with one change."""
    stack = json.loads((STACK / "cdk.tf.json").read_text())
    change(stack)
    target = folder / "stack"
    target.mkdir()
    (target / "cdk.tf.json").write_text(json.dumps(stack))
    return target


@pytest.mark.usefixtures("able")
def test_the_committed_stack_passes_in_every_room(tmp_path: Path) -> None:
    done = rehearse(tmp_path, "--stack-dir", str(STACK))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n\d+ ok, 0 failed, 0 skipped in \d+ s\n", done.stdout), done.stdout
    for room in set(command.ROOMS) - command.BY_NAME:
        assert f"  {room}: " in done.stdout
    assert "A rehearsal cannot show:\n  - the images themselves" in done.stdout
    assert not (tmp_path / ".work").exists(), "nothing failed, so nothing is kept"


@pytest.fixture
def rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Exit code and output of some rooms of a stack, without a process of their own."""
    monkeypatch.chdir(tmp_path)

    def run(stack: Path, *rooms: str) -> tuple[int, str]:
        code = command.run_all([stack], rooms, faults=False, every=1, quiet=False)
        return code, capsys.readouterr().out

    return run


@pytest.mark.usefixtures("able")
def test_hosts_with_data_disks_format_an_empty_one_and_keep_one_that_holds_data(
    stack_of: Callable[[str], Synthesized], rehearsed: Callable[..., tuple[int, str]]
) -> None:
    code, said = rehearsed(stack_of("examples/production.yaml").folder, "hosts")
    assert code == 0, said
    assert "an empty one is formatted once, one of an old machine mounted as it is (3 disks, a file for each)" in said


@pytest.mark.usefixtures("able")
def test_a_function_that_its_image_refuses_is_found_and_its_log_kept(
    tmp_path: Path, rehearsed: Callable[..., tuple[int, str]]
) -> None:
    def wrong_scheme(stack: dict[str, Any]) -> None:
        (function,) = stack["resource"]["alicloud_fcv3_function"].values()
        function["environment_variables"]["DICOM_PUBLIC_SCHEME"] = "gopher"

    code, said = rehearsed(changed(tmp_path, wrong_scheme), "gateway")
    assert code == 1
    assert "environment variable DICOM_PUBLIC_SCHEME is 'gopher'; allowed: https or http" in said
    assert "Logs of what failed: .work/rehearsal/stack" in said
    assert (tmp_path / ".work/rehearsal/stack").is_dir()


@pytest.mark.usefixtures("able")
def test_a_step_that_fails_ends_its_room_and_those_that_need_it(
    tmp_path: Path, rehearsed: Callable[..., tuple[int, str]]
) -> None:
    def no_boot(stack: dict[str, Any]) -> None:
        for body in stack["resource"]["alicloud_ecs_command"].values():
            if body["//"]["metadata"]["path"].endswith("archive/host/boot/command"):
                text = base64.b64decode(body["command_content"]).decode()
                text = text.replace("exec bash", "echo 'boot: out of order' >&2; exit 7; exec bash")
                body["command_content"] = base64.b64encode(text.encode()).decode()

    code, said = rehearsed(changed(tmp_path, no_boot), "archive")
    assert code == 1
    assert "archive/host/boot ended with 7: boot: out of order" in said
    assert "archive: everything\n          room hosts did not come up" in said


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize(
    ("words", "line", "children"),
    [((), "boot step again", 0), (("hosts", "--faults", "--every", "60"), "calls of an unbroken run", 2)],
)
def test_an_interrupted_rehearsal_leaves_no_machine_and_no_file(
    words: tuple[str, ...], line: str, children: int, tmp_path: Path
) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with interruptible():
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "dicom_cdk.cli", "rehearse", *words, "--stack-dir", str(STACK)],
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(scratch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert process.stdout is not None
    while line not in (said := process.stdout.readline()):
        assert said, "ended too early"
    breaking = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True
    ).stdout.split()
    assert len(breaking) == min(children, len(os.sched_getaffinity(0)))
    makers = [int(each) for each in breaking] or [process.pid]
    assert any(namespaces(each) for each in makers)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=120)[1]
    assert process.returncode == 130, errors
    assert not any(namespaces(each) for each in makers)
    assert list(scratch.iterdir()) == []


def missing(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    real = shutil.which
    monkeypatch.setattr(
        "dicom_cdk.rehearsal.programs.shutil.which",
        lambda name, path=None: None if name in names else real(name, path=path),
    )


def test_without_a_server_program_nothing_passes_and_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    missing(monkeypatch, "slapd")
    assert command.run_all([STACK], [], faults=False, every=1, quiet=False) == 69
    said = capsys.readouterr().out
    assert "slapd is not installed: Debian package slapd; run tools/system-programs.sh as root" in said
    assert re.search(r"\n0 ok, 0 failed, 9 skipped", said)


def test_without_root_nothing_passes_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for program, package in (
        ("slapd", "slapd"),
        ("ldapsearch", "ldap-utils"),
        ("psql", "postgresql"),
        ("curl", "curl"),
    ):
        programs.need(program, package)
    monkeypatch.setattr("dicom_cdk.rehearsal.machines.network.os.geteuid", lambda: 1000)
    assert command.run_all([STACK], ["gateway"], faults=False, every=1, quiet=False) == 69
    assert "network namespaces need root" in capsys.readouterr().out


def test_a_room_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        command.WrongRooms, match=r"^rehearse: no room nginx; allowed: hosts, directory, database, storage"
    ):
        command.run_all([STACK], ["nginx"], faults=False, every=1, quiet=False)


def test_no_place_to_break_is_refused() -> None:
    with pytest.raises(command.WrongRooms, match="--every 0; allowed: 1 "):
        command.run_all([STACK], [], faults=True, every=0, quiet=False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, "No such file or directory; synthesize first"),
        ("{", "not JSON"),
        ("[]", "not Terraform JSON as cdktf writes it"),
        ('{"resource": []}', "not Terraform JSON as cdktf writes it"),
        ("{}", "holds no host of ours"),
        (
            '{"module": {"m": {"source": "./m"}}}',
            "nothing to rehearse; name a site's stack; module.m is not looked into",
        ),
    ],
)
def test_what_is_no_stack_is_refused_by_file_and_reason(text: str | None, wanted: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "cdk.tf.json").write_text(text)
    with pytest.raises(NotAStack, match=re.escape(str(tmp_path / "cdk.tf.json"))) as refused:
        command.run_all([tmp_path], [], faults=False, every=1, quiet=False)
    assert wanted in str(refused.value)


def test_a_file_for_lines_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    """It was told after the rehearsal's minutes."""
    with pytest.raises(CannotWrite, match="Is a directory; name a file that can be written"):
        command.run_all([STACK], ["hosts"], faults=False, every=1, quiet=False, lines=tmp_path)


def test_without_any_synthesis_it_is_asked_for(tmp_path: Path) -> None:
    done = rehearse(tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr == "cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir\n"
    )


@pytest.mark.usefixtures("able")
def test_hospitals_get_dicomweb_of_the_filter_and_one_that_passes_it_by_is_found(
    stack_with: Callable[..., Synthesized],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    hospital = "10.8.0.0/16"
    site = stack_with(network={"hospital_cidrs": [hospital], "unfiltered_cidrs": [hospital]})
    code = command.run_all([site.folder], ["filter"], faults=False, every=1, quiet=False)
    said = capsys.readouterr().out
    assert code == 1, said
    for line in (
        "filter: a hospital: STOW, QIDO, WADO give back what was sent",
        "filter: a hospital: a body above the gateway's limit passes",
        "filter: a hospital: console, storage page, control, reject, delete, hostile targets end here",
    ):
        assert re.search(rf"^ok +[\d.]+ s  {line}", said, re.MULTILINE), said
    assert "10.8.0.10 reaches 172.18.92.191:8080, the archive itself" in said


def test_a_folder_goes_although_a_server_that_ends_late_still_wrote_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dicom-rehearsal-x"
    folder.mkdir()
    removed = shutil.rmtree

    def late(path: Path, ignore_errors: bool) -> None:
        removed(path, ignore_errors=ignore_errors)
        monkeypatch.setattr(shutil, "rmtree", removed)
        path.mkdir()
        (path / "data.mdb").touch()

    monkeypatch.setattr(shutil, "rmtree", late)
    command._remove(folder)
    assert not folder.exists()
