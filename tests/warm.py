"""A Python with everything heavy loaded that forks for each command: a process of its own for a twentieth of the time.

    python -m tests.warm SOCKET [STATES]

A client (commanding.py) sends one line of JSON, what it is (dicom-cdk or a provider's plug-in), its arguments, folder and
environment, with its standard output and error as file descriptors, and gets the exit code. It ends with its standard input.
STATES: a folder where the state that an apply of a stack leaves is kept, since most reviews start from the same one.
"""

import atexit
import contextlib
import datetime
import gc
import hashlib
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import grpc  # noqa: F401
import msgpack  # noqa: F401
import rich.console  # noqa: F401

import dicom_cdk.handoff.command
import dicom_cdk.offline.ephemeral
import dicom_cdk.policy.command
import dicom_cdk.report.command
import dicom_cdk.review.command
import dicom_cdk.smoke.command  # noqa: F401
from dicom_cdk import cli, failures
from dicom_cdk.offline import plugin, schema_message
from dicom_cdk.offline.answers import Answers
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import ADDRESSES, FactStore, shipped_store
from dicom_cdk.plan import terraform
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import applying
from dicom_cdk.policy import catalogue, checkov_runner
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.review import beside, policies

KNOWN = Path("cdktf.out/stacks/dicom-sh")
TODAY = datetime.date(2026, 11, 25)
Judge = Callable[..., policies.Judged]
LeftBy = Callable[[Stack, Path, terraform.Terraform, Answers, FactStore], bytes]


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
    code = failures.OWN_BUG
    try:
        data, descriptors, _, _ = socket.recv_fds(connection, 1, 2)
        with connection.makefile() as rest:
            asked = json.loads(data.decode() + rest.readline())
        for number, descriptor in enumerate(descriptors, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        # What a command leaves to the end of its process is its own, and done.
        atexit._clear()
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        if asked["program"] == "plugin":
            threading.Thread(target=_end_with, args=[connection], daemon=True).start()
            code = plugin.main(*asked["arguments"])
        else:
            code = _command(asked["arguments"])
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        connection.sendall(f"{code}\n".encode())
        os._exit(0)


def _command(arguments: list[str]) -> int:
    sys.argv = ["dicom-cdk", *arguments]
    try:
        return cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1


def _end_with(connection: socket.socket) -> None:
    """Ends this process when its client is gone, as Terraform ends plug-ins."""
    connection.recv(1)
    os.kill(os.getpid(), signal.SIGTERM)


def keeping_states(left_by: LeftBy, folder: Path) -> LeftBy:
    """`left_by`, which applies a stack once and remembers the state. Not with answers or modules of its own."""

    def known(base: Stack, laid: Path, program: terraform.Terraform, answers: Answers, store: FactStore) -> bytes:
        if answers != Answers() or base.document.get("module") or store is not shipped_store():
            return left_by(base, laid, program, answers, store)
        files = [(path.name, path.read_text()) for path in sorted(laid.iterdir())]
        digest = hashlib.sha256(json.dumps([files, program.command]).encode()).hexdigest()
        kept = folder / f"{digest}.tfstate"
        if not kept.exists():
            new = folder / f"{digest}.{os.getpid()}"
            new.write_bytes(left_by(base, laid, program, answers, store))
            new.replace(kept)
        return kept.read_bytes()

    return known


def knowing(judged: Judge, known: Document) -> Judge:
    """`judged` of a review, which has judged `known` already: most reviews start from it."""
    found = judged(known, TODAY, {})

    def again(
        document: Document | None,
        today: datetime.date,
        before: dict[str, Any],
        to: Mapping[str, str] = MappingProxyType({}),
    ) -> policies.Judged:
        there = document is not None and today == TODAY and document.resources == known.resources and not to
        return found if there else judged(document, today, before, to)

    return again


def _serve_few() -> None:
    """Plug-ins serve the types of the default site: Terraform reads the schema of each type anew with every command."""
    types = modules.types(Stack.read(KNOWN))
    schemas = {name: Service(name, shipped_store(), types)._schema for name in ADDRESSES}
    schema_message.whole = lambda _, provider: schemas[provider]  # type: ignore[assignment]


def main(address: str, states: str | None = None) -> None:
    catalogue.load()
    checkov_runner.built_ins()
    _serve_few()
    # What one judgement makes and keeps, the next ones find: most are about the default site.
    policies._judged = knowing(policies._judged, of_stack(Stack.read(KNOWN)))
    # Which Terraform there is, and of which version.
    with contextlib.suppress(terraform.TerraformMissing):
        terraform.find()
    # What works beside a review is a fork too: what it needs is loaded, and no thread runs yet.
    beside.START = "fork"
    # Here others' tests would go first, and whoever reviews waits.
    beside.LATER = 0
    if states:
        applying.left_by = keeping_states(applying.left_by, Path(states))  # type: ignore[assignment]
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    # What is loaded stays shared with the forks.
    gc.freeze()
    print("ready", flush=True)
    serve(listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
