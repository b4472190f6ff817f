"""Asks a provider's program for its schema, over plugin protocol 5 and without Terraform.

The program is started as Terraform would start it, answers one line (the handshake), is asked once and ended.
"""

import functools
import json
import os
import select
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from dicom_cdk.offline import wire
from dicom_cdk.offline.plugin import COOKIE

Json = dict[str, Any]
Call: TypeAlias = Callable[[str, bytes], bytes]
PATIENCE = 60.0
"""Seconds until the handshake, and until an answer."""
GRACE = 2.0
"""Seconds that a program has to end, as many as Terraform gives it."""
HANDSHAKE_PARTS = 5
_FLAGS = {4: "required", 5: "optional", 6: "computed", 7: "sensitive", 9: "deprecated"}
_NESTING = {1: "single", 2: "list", 3: "set", 4: "map"}
_SECTIONS = {2: "resource_schemas", 3: "data_source_schemas"}


class NoAnswer(Exception):
    """The program gives no schema; the text says what it did instead."""


def schema(program: Path, more: tuple[str, ...] = (), patience: float = PATIENCE, answer: float = PATIENCE) -> Json:
    """The schema as `terraform providers schema -json` has it, without descriptions. Raises NoAnswer."""
    with running(program, more, patience, answer) as call:
        return decoded(call("GetSchema", b""))


@contextmanager
def running(
    program: Path, more: tuple[str, ...] = (), patience: float = PATIENCE, answer: float = PATIENCE
) -> Iterator[Call]:
    """The program for the block: what asks it, by the name of a method of tfplugin5.Provider. Raises NoAnswer.

    `patience`, `answer`: seconds until the handshake, and until each answer.
    """
    if not os.access(program, os.X_OK) or program.is_dir():
        raise NoAnswer(f"BINARY={program}: is no program that can be started; name the provider's executable")
    environment = os.environ | {COOKIE[0]: COOKIE[1], "PLUGIN_PROTOCOL_VERSIONS": "5"}
    environment.pop("PLUGIN_CLIENT_CERT", None)
    try:
        started = subprocess.Popen(
            [str(program), *more],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise NoAnswer(f"BINARY={program}: cannot be started here: {error.strerror}") from None
    try:
        address = _address(program, started, patience)
        unlimited = [("grpc.max_receive_message_length", -1)]
        with grpc.insecure_channel(address, unlimited) as channel:
            yield functools.partial(_asked, program, channel, answer)
            _end(channel, started)
    finally:
        started.kill()
        started.wait()
        if started.stdout:
            started.stdout.close()


def _end(channel: grpc.Channel, started: "subprocess.Popen[bytes]") -> None:
    """As Terraform ends it, so that it takes its socket away; whoever has no ear for that is killed."""
    with suppress(grpc.RpcError, subprocess.TimeoutExpired):
        channel.unary_unary("/plugin.GRPCController/Shutdown")(b"", timeout=GRACE)
        started.wait(GRACE)


def _address(program: Path, started: "subprocess.Popen[bytes]", patience: float) -> str:
    assert started.stdout is not None
    ready, _, _ = select.select([started.stdout], [], [], patience)
    if not ready:
        raise NoAnswer(f"BINARY={program}: said nothing within {patience:g} s; is it a Terraform provider?")
    line = started.stdout.readline().decode(errors="replace").strip()
    parts = line.split("|")
    if len(parts) < HANDSHAKE_PARTS or not parts[1].isdigit():
        raise NoAnswer(
            f"BINARY={program}: answered {line[:80]!r}, expected a plug-in's handshake; it is no Terraform provider"
        )
    if parts[1] != "5":
        raise NoAnswer(
            f"BINARY={program}: speaks plugin protocol {parts[1]}, known here is 5 (aliyun/alicloud on terraform-plugin-sdk); "
            "leave BINARY out: the schema then follows from the source"
        )
    if parts[4] != "grpc":
        raise NoAnswer(f"BINARY={program}: speaks {parts[4]}, known here is grpc; leave BINARY out")
    return f"unix:{parts[3]}" if parts[2] == "unix" else parts[3]


def _asked(program: Path, channel: grpc.Channel, patience: float, method: str, request: bytes) -> bytes:
    call = channel.unary_unary(f"/tfplugin5.Provider/{method}")
    try:
        answered: bytes = call(request, timeout=patience, wait_for_ready=True)
    except grpc.RpcError as error:
        raise NoAnswer(f"BINARY={program}: gives no answer to {method}: {error.code().name}") from None
    return answered


def decoded(answer: bytes) -> Json:
    """The schema in an answer to GetSchema."""
    fields = wire.decode(answer)
    found: Json = {"provider": _schema(wire.data_of(fields, 1))}
    for number, section in _SECTIONS.items():
        entries = [wire.decode(one) for one in fields.get(number, ()) if isinstance(one, bytes)]
        found[section] = {wire.text_of(one, 1): _schema(wire.data_of(one, 2)) for one in entries}
    return found


def _schema(message: bytes) -> Json:
    fields = wire.decode(message)
    return {"block": _block(wire.data_of(fields, 2)), "version": wire.number_of(fields, 1)}


def _block(message: bytes) -> Json:
    fields = wire.decode(message)
    attributes = dict(_attribute(one) for one in fields.get(2, ()) if isinstance(one, bytes))
    nested = dict(_nested(one) for one in fields.get(3, ()) if isinstance(one, bytes))
    found: Json = {**({"attributes": attributes} if attributes else {}), **({"block_types": nested} if nested else {})}
    return {**found, "deprecated": True} if wire.number_of(fields, 6) else found


def _attribute(message: bytes) -> tuple[str, Json]:
    fields = wire.decode(message)
    flags: Mapping[str, bool] = {flag: True for number, flag in _FLAGS.items() if wire.number_of(fields, number)}
    return wire.text_of(fields, 1), {"type": json.loads(wire.data_of(fields, 2)), **flags}


def _nested(message: bytes) -> tuple[str, Json]:
    fields = wire.decode(message)
    limits = {"min_items": wire.number_of(fields, 4), "max_items": wire.number_of(fields, 5)}
    body = {"block": _block(wire.data_of(fields, 2)), "nesting_mode": _NESTING[wire.number_of(fields, 3)]}
    return wire.text_of(fields, 1), {**body, **{name: number for name, number in limits.items() if number}}
