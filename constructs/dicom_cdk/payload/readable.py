"""Files that hosts get, as a reader sees them: decoded, by carrier, with what looks like a secret masked."""

from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.payload import unpack
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.payload.secrets_scan import findings


def files(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """(address, file) → text, unmasked; content that cannot be decoded is a file named for it."""
    found = {}
    for kind, argument in (("alicloud_instance", "user_data"), ("alicloud_ecs_command", "command_content")):
        for name, body in (document.get("resource", {}).get(kind) or {}).items():
            if isinstance(body, dict) and isinstance(body.get(argument), str):
                for file, text in _decoded(kind, name, argument, body[argument]):
                    found[f"{kind}.{name}", file] = text
    return found


def masked(text: str) -> list[str]:
    """Its lines, those that look like a secret replaced."""
    lines = text.splitlines()
    for found in findings(text):
        lines[found.line - 1] = f"(redacted: looks like {found.kind})"
    return lines


def _decoded(kind: str, name: str, argument: str, content: str) -> Iterator[tuple[str, str]]:
    try:
        payloads = unpack.payloads({"resource": {kind: {name: {argument: content}}}})
    except PayloadError as error:
        yield f"{argument} (cannot be decoded)", f"{error}\n{content}"
        return
    for payload in payloads:
        if not payload.bundles:
            yield argument, payload.text
        for path, data in payload.files.items():
            yield path, data.decode(errors="replace")
        for bundle in payload.bundles:
            for file in bundle.files:
                yield f"{bundle.room}/{file.path}", file.content.decode(errors="replace")
