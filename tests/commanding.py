"""Commands as their users start them: arguments, folder, environment in; exit code and both outputs back.

`dicom_cdk` asks a Python that has everything loaded (warm.py); `process` starts one, as users do: once a command is enough.
"""

import atexit
import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dicom_cdk.offline import mirror as offline
from tests.conftest import ROOT

Done = subprocess.CompletedProcess[str]

CLIENT = """\
#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    asked = dict(program={program!r}, arguments={first!r} + sys.argv[1:], folder=os.getcwd(), environment=dict(os.environ))
    line = json.dumps(asked).encode() + b"\\n"
    connection.sendall(line[socket.send_fds(connection, [line], [1, 2]) :])
    raise SystemExit(int(connection.makefile().readline() or {absent}))
"""
"""A program that asks the warm Python, for scripts and for Terraform."""


def dicom_cdk(*arguments: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> Done:
    """`dicom-cdk ARGUMENTS` in the folder `cwd`; `environment`: all of it, else that of the tests."""
    words = [str(word) for word in arguments]
    asked = {
        "program": "dicom-cdk",
        "arguments": words,
        "folder": str(cwd),
        "environment": dict(os.environ if environment is None else environment),
    }
    with (
        socket.socket(socket.AF_UNIX) as connection,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        connection.connect(str(address()))
        line = json.dumps(asked).encode() + b"\n"
        sent = socket.send_fds(connection, [line], [out.fileno(), err.fileno()])
        connection.sendall(line[sent:])
        with connection.makefile() as answer:
            code = int(answer.readline())
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, code, out.read(), err.read())


def process(*arguments: str | Path, cwd: Path = ROOT) -> Done:
    """The same as a process of its own."""
    command = [sys.executable, "-m", "dicom_cdk.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def program(folder: Path) -> Path:
    """The same as a program for scripts, in `folder`."""
    return _client(folder / "dicom-cdk", "dicom-cdk")


def mirror(folder: Path) -> Path:
    """The mirror of offline providers in `folder`, whose plug-ins are forks too; the settings file to name to Terraform.

    Terraform starts a plug-in several times a command, and each loads gRPC and encodes the schema of 1,184 types.
    """
    settings = offline.install(folder)
    for file in (folder / "mirror").rglob("terraform-provider-*"):
        if file.is_file():
            _client(file, "plugin", file.name.split("_")[0].removeprefix("terraform-provider-"))
    return settings


def _client(file: Path, program: str, *first: str) -> Path:
    text = CLIENT.format(
        python=sys.executable, address=str(address()), program=program, first=list(first), absent=0 if first else 70
    )
    file.write_text(text)
    file.chmod(0o755)
    return file


WARM = "DICOM_WARM_PYTHON"
"""Environment variable: the folder of the warm Python that all workers of a run share."""


def share_warm() -> None:
    """Called before workers start: the first that asks for a command starts a warm Python for all of them."""
    os.environ[WARM] = str(_folder())


def _folder() -> Path:
    """With a pipe that this process keeps open: when it ends, the warm Python does."""
    folder = Path(tempfile.mkdtemp(prefix="dicom-warm-"))
    os.mkfifo(folder / "alive")
    alive = os.open(folder / "alive", os.O_RDWR)
    atexit.register(subprocess.run, ["rm", "-rf", str(folder)])
    atexit.register(os.close, alive)
    return folder


@cache
def address() -> Path:
    """Of the warm Python, which ends with this process or, where workers share one, with the run."""
    folder = Path(os.environ[WARM]) if WARM in os.environ else _folder()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "started").exists():
            _start(folder)
            (folder / "started").touch()
    return folder / "socket"


def _start(folder: Path) -> None:
    states = folder / "states"
    states.mkdir()
    path = [str(ROOT), str(ROOT / "constructs"), str(ROOT / "policies"), os.environ.get("PYTHONPATH", "")]
    with (folder / "alive").open() as alive:
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(folder / "socket"), str(states)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))},
            stdin=alive,
            stdout=subprocess.PIPE,
            text=True,
        )
    atexit.register(running.poll)  # it may go on for other workers, and is no warning here
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
