"""Entries of a directory: read from LDIF, written as LDIF, found by their DN however it is escaped."""

import base64
import re

APART = "\x1f"
MARK = "dicom-cdk: "
"""Begins the description of a device that is ours."""
BYTES = "surrogateescape"
"""What is no text goes back as it came."""
Values = dict[str, list[str]]
Entries = dict[str, tuple[str, Values]]


def escaped(value: str) -> str:
    """A value inside a DN (RFC 4514)."""
    text = re.sub(r'([",+<>;\\=])', r"\\\1", value)
    return f"\\{text}" if text[:1] in "# " else text


def plain(dn: str) -> str:
    """One form of a DN, its parts between APART: servers and consoles escape as they like. Of other values only for comparison."""
    return re.sub(r"\\([0-9A-Fa-f]{2}|.)|,\s*", part, dn).casefold()


def part(found: re.Match) -> str:
    if found[1] is None:
        return APART
    return chr(int(found[1], 16)) if len(found[1]) == 2 else found[1]


def read(text: str) -> Entries:
    found: Entries = {}
    for block in text.split("\n\n"):
        values: Values = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            shown = base64.b64decode(value[1:]).decode(errors=BYTES) if value.startswith(":") else value.strip()
            values.setdefault(name, []).append(shown)
        if "dn" in values:
            dn = values.pop("dn")[0]
            found[plain(dn)] = (dn, values)
    return found


def line(name: str, value: str) -> str:
    if value.isascii() and value.isprintable() and value[:1] not in " :<" and value[-1:] != " ":
        return f"{name}: {value}\n"
    return f"{name}:: {base64.b64encode(value.encode(errors=BYTES)).decode()}\n"
