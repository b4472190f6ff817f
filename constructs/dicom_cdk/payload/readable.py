"""Files that hosts get, as a reader sees them: decoded, by carrier, with what looks like a secret masked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dicom_cdk.payload import unpack
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.payload.secrets_scan import findings, options

TEXTS = {
    "alicloud_oos_template": "content",
    "alicloud_oos_execution": "template_content",
    "alicloud_ecs_image_component": "content",
    "alicloud_ros_stack": "template_body",
    "alicloud_ros_stack_group": "template_body",
    "alicloud_ros_change_set": "template_body",
    "alicloud_ros_template": "template_body",
}
"""Type → argument with a text of many lines that the vendor's services run."""
HEADS = ("#", "Content-Type:", "MIME-Version:", "[bat]", "[powershell]", "<powershell>")
"""How user data starts that a host runs: scripts, cloud-config, several of them in one, and what Windows takes."""
Carrier = tuple[str, str, Mapping[str, Any]]
"""Address, type and arguments of a resource."""


def files(carriers: Iterable[Carrier]) -> dict[tuple[str, str], str]:
    """(address, file) → text, unmasked; content that cannot be decoded is a file named for it."""
    return {
        (address, file): text
        for address, kind, body in carriers
        for path, content in carried(kind, body)
        for file, text in _decoded(address, path, content)
    }


def carried(kind: str, body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and content of each argument that is told as a file."""
    if isinstance(body, list):
        for place, part in enumerate(body):
            yield from carried(kind, part, f"{path}[{place}]" if len(body) > 1 else path)
        return
    for name, value in body.items() if isinstance(body, Mapping) else ():
        below = f"{path}.{name}" if path else name
        if isinstance(value, str) and is_file(kind, below, value):
            yield below, value
        elif isinstance(value, Mapping | list) and name != "//":
            yield from carried(kind, value, below)


def is_file(kind: str, path: str, content: str) -> bool:
    """Whether an argument of a type is told as a file. User data that no host runs may be anything, a secret too."""
    carrier = unpack.ARGUMENTS.get(path.rpartition(".")[2])
    if carrier != "user data":
        return carrier is not None or TEXTS.get(kind) == path
    text = unpack.text_of(content)
    return text is None or "${" in text or text.lstrip("\ufeff").startswith(HEADS)


def masked(text: str) -> list[str]:
    """Its lines, those that look like a secret replaced."""
    lines = text.splitlines()
    for found in findings(text):
        lines[found.line - 1] = f"(redacted: looks like {found.kind})"
    for line in options(text):
        lines[line - 1] = "(redacted: looks like a secret in an option)"
    return lines


def _decoded(address: str, path: str, content: str) -> Iterator[tuple[str, str]]:
    argument = path.rpartition(".")[2]
    if argument not in unpack.ARGUMENTS or "${" in content:
        # Of another kind, or Terraform fills it in later: as it is written.
        yield path, content
        return
    try:
        payload = unpack.payload_of(address, argument, content)
    except PayloadError as error:
        yield f"{path} (cannot be decoded)", f"{error}\n{content}"
        return
    if not payload.bundles:
        yield path, payload.text
    for name, data in payload.files.items():
        yield name, data.decode(errors="replace")
    for bundle in payload.bundles:
        for file in bundle.files:
            yield f"{bundle.room}/{file.path}", file.content.decode(errors="replace")
