"""The way back: from Terraform JSON to the files that a host would get. For review, policies and rehearsal; needs no construct.

Reads stacks (cdk.tf.json) and plans (terraform show -json) alike, also such that another program wrote: what is not ours comes
back as its decoded text alone.
"""

import base64
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import yaml

from dicom_cdk.payload import yaml_text
from dicom_cdk.payload.budget import COMMAND_LIMIT, USER_DATA_LIMIT, Part, Usage
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.command import PARAMETER
from dicom_cdk.payload.errors import NotAPayloadError
from dicom_cdk.payload.install import HOME

ARGUMENTS = {
    "user_data": "user data",
    "pre_user_data": "user data",
    "userdata": "user data",
    "command_content": "command",
}
"""Arguments of any type that carry a payload, and what it is."""
_CARRIERS = {"alicloud_instance": "user_data", "alicloud_ecs_command": "command_content"}
KEPT = 128
"""Payloads that are remembered: rules, review and report look into the same ones, some thirty in a stack."""
_STEP = re.compile(r"^# dicom-cdk step (?P<room>[a-z0-9_-]+)/(?P<entry>[a-z0-9_-]+)$", re.MULTILINE)
_PACKED = re.compile(r"<<'BUNDLE'\n(?P<text>[^\n]*)\nBUNDLE\n")
_ARCHIVE = re.compile(rf"^{HOME}/first-boot/(?P<room>[a-z0-9_-]+)-(?P<hash>[0-9a-f]{{12}})\.tar\.xz$")


@dataclass(frozen=True)
class Payload:
    """What one resource sends to a host."""

    address: str
    """Terraform address, such as alicloud_instance.directory_l_instance."""
    carrier: str
    """"user data" or "command"."""
    text: str
    """The decoded document or launcher."""
    room: str = ""
    """Room of the step; "" for user data and for what is not ours."""
    entry: str = ""
    """Entry script of the step, without .sh; "" as above."""
    bundles: tuple[Bundle, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files that cloud-init writes, by absolute path, decoded; packed bundles are in `bundles` instead."""

    def usage(self) -> Usage:
        """How full the carrier is."""
        packed = [Part(f"bundle {bundle.room}", self._packed_bytes(bundle)) for bundle in self.bundles]
        size = len(self.text.encode())
        whole = size if self.carrier == "user data" else 4 * -(-size // 3)
        rest = Part("launcher and document", whole - sum(part.size for part in packed))
        limit = USER_DATA_LIMIT if self.carrier == "user data" else COMMAND_LIMIT
        return Usage(self.address, self.carrier, limit, (*packed, rest))

    def _packed_bytes(self, bundle: Bundle) -> int:
        if self.carrier == "user data":
            return len(base64.b64encode(bundle.packed))
        return 4 * len(base64.a85encode(bundle.packed)) // 3


def payloads(document: Mapping[str, Any]) -> list[Payload]:
    """All payloads of a stack or plan, in order of addresses. Content that Terraform fills in later is left out.

    Raises NotAPayloadError, with the address, for content that starts as ours and is broken.
    """
    found = []
    for address, kind, arguments in _resources(document):
        content = arguments.get(_CARRIERS[kind])
        if isinstance(content, str) and "${" not in content:
            found.append(payload_of(address, _CARRIERS[kind], content))
    return sorted(found, key=lambda payload: payload.address)


def payload_of(address: str, argument: str, content: str) -> Payload:
    """The payload of one argument, one of `ARGUMENTS`. Raises NotAPayloadError."""
    text = text_of(content)
    if text is None:
        raise NotAPayloadError(f"{address}: {argument} is neither base64 of text nor text; allowed is base64 of UTF-8")
    return command_payload(text, address) if ARGUMENTS[argument] == "command" else user_data_payload(text, address)


def command_payload(text: str, address: str = "command") -> Payload:
    """The payload of a decoded command."""
    step, packed = _STEP.search(text), _PACKED.search(text)
    if step is None:
        return Payload(address, "command", text)
    if packed is None:
        raise NotAPayloadError(f"{address}: a step of {step['room']} without its bundle; synthesize again")
    try:
        bundle = _carried(step["room"], packed["text"])
    except ValueError as error:
        raise NotAPayloadError(f"{address}: bundle of {step['room']}: {error}; synthesize again") from error
    return Payload(address, "command", text, step["room"], step["entry"], (bundle,))


@lru_cache(KEPT)
def _carried(room: str, packed: str) -> Bundle:
    """The bundle of a command. Raises ValueError."""
    return Bundle.unpacked(room, base64.a85decode(packed))


@lru_cache(KEPT)
def user_data_payload(text: str, address: str = "user data") -> Payload:
    """The payload of decoded user data; `files` and `bundles` are filled from a cloud-init document's write_files."""
    if not text.startswith("#cloud-config"):
        return Payload(address, "user data", text)
    try:
        document = yaml_text.document(text)
    except yaml.YAMLError as error:
        raise NotAPayloadError(f"{address}: #cloud-config that is no YAML: {error}") from error
    bundles, files = [], {}
    for entry in (document or {}).get("write_files", []):
        path, content = entry["path"], _written(entry, address)
        packed = _ARCHIVE.match(path)
        if packed is None:
            files[path] = content
            continue
        bundle = Bundle.unpacked(packed["room"], content)
        if bundle.hash12 != packed["hash"]:
            raise NotAPayloadError(f"{address}: {path} holds {bundle.hash12}, its name says {packed['hash']}")
        bundles.append(bundle)
    return Payload(address, "user data", text, bundles=tuple(bundles), files=files)


def usages(document: Mapping[str, Any]) -> list[Usage]:
    """How full every carrier of a stack or plan is, parameters of its invocations included."""
    sent: dict[str, int] = {}
    for block in _blocks(document, "alicloud_ecs_invocation").values():
        command = re.search(r"alicloud_ecs_command\.[\w-]+", str(block.get("command_id", "")))
        values = (block.get("parameters") or {}).get(PARAMETER, "")
        if command:
            # Written as jsonencode(...) of references, about as long as what they stand for.
            sent[command[0]] = max(sent.get(command[0], 0), 4 * len(values) // 3)
    found = []
    for usage in (payload.usage() for payload in payloads(document)):
        values = (Part("values", sent[usage.where]),) if usage.where in sent else ()
        found.append(replace(usage, parts=usage.parts + values))
    return found


def _written(entry: Mapping[str, Any], address: str) -> bytes:
    content, encoding = entry.get("content", ""), entry.get("encoding", "")
    data: bytes = content.encode() if isinstance(content, str) else content
    try:
        if encoding in ("b64", "base64", "gz+b64", "gz+base64", "gzip+b64", "gzip+base64"):
            data = base64.b64decode(data)
        if encoding.startswith("gz"):
            data = gzip.decompress(data)
    except (ValueError, OSError, EOFError) as error:
        raise NotAPayloadError(f"{address}: {entry.get('path')}: broken {encoding}: {error}") from error
    return data


def text_of(content: str) -> str | None:
    """What base64 or a plain text says; None for base64 of what is no text."""
    try:
        return base64.b64decode(content, validate=True).decode()
    except UnicodeDecodeError:
        return None
    except ValueError:
        # No base64; letters beyond ASCII are another error of the library's than a wrong sign.
        return content


def _blocks(document: Mapping[str, Any], kind: str) -> dict[str, Mapping[str, Any]]:
    return {address: block for address, found, block in _all_resources(document) if found == kind}


def _resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    return (resource for resource in _all_resources(document) if resource[1] in _CARRIERS)


def _all_resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for kind, blocks in (document.get("resource") or {}).items():
        for name, block in blocks.items():
            yield f"{kind}.{name}", kind, block[0] if isinstance(block, list) else block
    yield from _planned((document.get("planned_values") or {}).get("root_module") or {})


def _planned(module: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for resource in module.get("resources", []):
        if resource.get("mode", "managed") == "managed":
            yield resource["address"], resource["type"], resource.get("values") or {}
    for child in module.get("child_modules", []):
        yield from _planned(child)
