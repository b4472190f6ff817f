"""A Python with everything heavy loaded that forks for each command: a process of its own for a twentieth of the time.

    python -m tests.warm SOCKET [STATES]

A client (commanding.py) sends one line of JSON, its arguments, folder and environment, with its standard output and error as
file descriptors, and gets the exit code. It ends with its standard input. STATES: a folder where the state that an apply
of a document leaves is kept, since most reviews start from the same one.
"""

import contextlib
import gc
import hashlib
import json
import os
import select
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import grpc  # noqa: F401
import msgpack  # noqa: F401

import dicom_cdk.handoff.command
import dicom_cdk.policy.command
import dicom_cdk.report.command
import dicom_cdk.review.command  # noqa: F401
from dicom_cdk import cli
from dicom_cdk.plan import planning
from dicom_cdk.policy import catalogue, checkov_runner
from dicom_cdk.review import policies

Applied = Callable[..., list[planning.Finding]]


def serve(listening: socket.socket) -> None:
    """Until standard input ends."""
    while True:
        ready, _, _ = select.select([listening, sys.stdin], [], [])
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                """Another one has ended; its client has its code."""
        if sys.stdin in ready:
            return
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _child(connection)
        connection.close()


def _child(connection: socket.socket) -> NoReturn:
    code = cli.OWN_BUG
    try:
        data, descriptors, _, _ = socket.recv_fds(connection, 1, 2)
        with connection.makefile() as rest:
            asked = json.loads(data.decode() + rest.readline())
        for number, descriptor in enumerate(descriptors, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["dicom-cdk", *asked["arguments"]]
        try:
            code = cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        connection.sendall(f"{code}\n".encode())
        os._exit(0)


def keeping_states(applied: Applied, folder: Path) -> Applied:
    """`applied` of planning, which applies a document once and remembers the state. Not for canned answers."""

    def known(base: Any, terraform: Any, scratch: Path, on: Any) -> list[planning.Finding]:
        digest = hashlib.sha256(json.dumps([base.document, terraform.command]).encode()).hexdigest()
        kept = folder / f"{digest}.tfstate"
        if kept.exists():
            base.write(scratch)
            shutil.copyfile(kept, scratch / "terraform.tfstate")
            return []
        refused = applied(base, terraform, scratch, on)
        if not refused:
            new = folder / f"{digest}.{os.getpid()}"
            shutil.copyfile(scratch / "terraform.tfstate", new)
            new.replace(kept)
        return refused

    return known


def main(address: str, states: str | None = None) -> None:
    catalogue.load()
    checkov_runner.built_ins()
    # The judge beside a review is a fork too: what it needs is loaded, and no thread runs yet.
    policies.START = "fork"
    if states:
        planning._applied = keeping_states(planning._applied, Path(states))
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    # What is loaded stays shared with the forks.
    gc.freeze()
    print("ready", flush=True)
    serve(listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
