"""The stand-in for docker: a container that is stopped is gone before anything else starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.machines import engine

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def test_a_container_that_does_not_end_when_asked_is_killed_before_the_next_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PID", tmp_path / "pid")
    monkeypatch.setattr(engine, "SECONDS_TO_END", 0.05)
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True) as container:
        assert container.stdout is not None
        assert container.stdout.readline() == "deaf\n"
        (tmp_path / "pid").write_text(str(container.pid))
        engine._stop()
        assert not engine._running()
        assert container.wait(timeout=60) == -9
