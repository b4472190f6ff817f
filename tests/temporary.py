"""Temporary files of a run, in a folder of its own that is gone when the run ends; what a command of ours left there fails it.

Whatever is killed in a test leaves what it had: Node, browsers and Java do, and nobody else's folders are looked at.
"""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

OURS = ("cdktf.outdir.", "dicom-cdk-", "dicom-handoff-", "dicom-init-", "dicom-plan-", "tfp-")
"""How names begin of what commands and tests make for a moment."""
WHOSE = "{names}: left in the temporary folder; let what made it end as it does for users (with `with`, atexit, no os._exit)"
FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before anything is started, which then finds the folder in TMPDIR. PostgreSQL, another user, must reach into it."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="dicom-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # pytest's own folder of the last runs stays where it is.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder.parent))
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    config.stash[FOLDER] = folder


def left_in(names: Iterable[str]) -> str:
    """What is said of these names in the folder; "" where none is ours."""
    found = sorted(name for name in names if name.startswith(OURS))
    return WHOSE.format(names=", ".join(found)) if found else ""


def left_at_last(folder: Path, seconds: float = 10) -> str:
    """What stays after a while: a plug-in whose Terraform was killed asks once a second whether it is alone."""
    until = time.monotonic() + seconds
    while (told := left_in(path.name for path in folder.iterdir())) and time.monotonic() < until:
        time.sleep(0.1)
    return told


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Once all workers have ended; a run without any still has its own Node."""
    yield
    config = session.config
    if FOLDER in config.stash and config.getoption("numprocesses", None):
        told = left_at_last(config.stash[FOLDER])
        if told:
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
            print(f"\nERROR {told}")
