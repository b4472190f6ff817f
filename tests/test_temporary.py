"""A run, and a command that is ended, leave nothing in the temporary folder."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests import commanding, temporary
from tests.conftest import ROOT
from tests.interrupting import interruptible


def test_what_a_command_of_ours_left_is_named_and_nothing_else() -> None:
    assert temporary.left_in(["jsii-kernel-a", "dicom-warm-b", "x"]) == ""
    said = temporary.left_in(["tfp-a", "cdktf.outdir.b", "x"])
    assert said.startswith("cdktf.outdir.b, tfp-a: left in the temporary folder; let ")


def test_what_is_still_ending_is_waited_for_and_what_stays_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "tfp-a"
    folder.mkdir()
    ending = threading.Timer(0.3, folder.rmdir)
    ending.start()
    assert temporary.left_at_last(tmp_path) == ""
    ending.join()
    folder.mkdir()
    assert temporary.left_at_last(tmp_path, seconds=0.2).startswith("tfp-a: left")


def test_temporary_files_of_a_run_are_below_a_folder_of_its_own() -> None:
    assert Path(os.environ["TMPDIR"]).name.startswith("dicom-tests-")


def test_a_command_that_is_forked_for_a_test_ends_as_a_program_does(tmp_path: Path) -> None:
    """Node's folder stayed, with each of a hundred commands of a run."""
    environment = {**os.environ, "TMPDIR": str(tmp_path / "made")}
    (tmp_path / "made").mkdir()
    site = "examples/minimal.yaml"
    done = commanding.dicom_cdk("synth", "--site", site, "--out", tmp_path / "out", environment=environment)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP])
def test_a_synthesis_that_is_ended_leaves_nothing(sign: signal.Signals, tmp_path: Path) -> None:
    """By a pipeline that is cancelled, by a terminal that is closed: its folders, and Node's, stayed."""
    made = tmp_path / "made"
    made.mkdir()
    command = [sys.executable, "-m", "dicom_cdk.cli", "synth", "--out", str(tmp_path / "out")]
    with interruptible():
        running = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "TMPDIR": str(made)}, stderr=subprocess.PIPE, text=True
        )
    while not list(made.glob("jsii-kernel-*")) and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(sign)
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told.splitlines()[-1]) == (
        128 + sign,
        f"dicom-cdk: ended by {sign.name}; what was there before is unchanged",
    )
    assert list(made.iterdir()) == []
    assert not (tmp_path / "out").exists()
