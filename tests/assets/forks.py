"""A Python script as a process of its own, forked from a Python that has loaded what takes longer than most scripts then do.

    python3 tests/assets/forks.py SOCKET MODULE...

It ends with its standard input.
"""

import atexit
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

ON_HOSTS = (
    "_strptime",
    "base64",
    "datetime",
    "hashlib",
    "hmac",
    "http.client",
    "re",
    "time",
    "typing",
    "urllib.request",
    "uuid",
)


def on_host(
    host: "ScratchHost", script: Path, *words: str, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`host.run("python3", script, *words)`, with no package beside the standard library, as on a host."""
    return ended(script, *words, environment=host.variables(more), server=address("-ISB", *ON_HOSTS))


def ended(
    script: Path, *words: str, environment: Mapping[str, str], server: str, limit: float = 60
) -> subprocess.CompletedProcess[str]:
    """How it ended. `server`: an `address`. Raises TimeoutError, all ended, after `limit` seconds."""
    asked = {"words": [str(script), *words], "environment": dict(environment)}
    with (
        socket.socket(socket.AF_UNIX) as connection,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        connection.settimeout(limit)
        connection.connect(server)
        line = json.dumps(asked).encode() + b"\n"
        connection.sendall(line[socket.send_fds(connection, [line], [out.fileno(), err.fileno()]) :])
        with connection.makefile() as answer:
            session = int(answer.readline())
            try:
                code = int(answer.readline())
            except TimeoutError:
                os.killpg(session, signal.SIGKILL)
                raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([str(script), *words], code, out.read(), err.read())


@cache
def address(options: str, *modules: str) -> str:
    """Of a Python with these modules that this process has started, the one that a host's PATH names."""
    from dicom_cdk.rehearsal.programs import SYSTEM_PATH

    folder = tempfile.TemporaryDirectory(prefix="dicom-forks-")
    server = subprocess.Popen(
        ["python3", options, __file__, f"{folder.name}/socket", *modules],
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(folder.cleanup)
    atexit.register(server.communicate)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return f"{folder.name}/socket"


def main(at: str, *modules: str) -> None:
    for name in modules:
        __import__(name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(at)
        listening.listen(16)
        print("ready", flush=True)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _child(connection)
            connection.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    """Another one has ended; its client has its code."""


def _child(connection: socket.socket) -> NoReturn:
    os.setsid()
    data, descriptors, _, _ = socket.recv_fds(connection, 1, 2)
    with connection.makefile() as rest:
        asked = json.loads(data.decode() + rest.readline())
    for number, descriptor in enumerate([os.open(os.devnull, os.O_RDONLY), *descriptors]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = asked["words"]
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    connection.sendall(f"{os.getpid()}\n".encode())
    connection.sendall(f"{_ended()}\n".encode())
    os._exit(0)


def _ended() -> int:
    """The exit code of the script, as Python gives it."""
    try:
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
        finally:
            sys.stdout.flush()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    else:
        return 0
    return 1


if __name__ == "__main__":
    main(*sys.argv[1:])
