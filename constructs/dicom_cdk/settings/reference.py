"""Writes docs/settings.md (every key a site may set) and docs/site.schema.json from the models: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dicom_cdk.settings.errors import shown
from dicom_cdk.settings.schema import schema_text, site_schema
from dicom_cdk.settings.wording import describe

DOCS = Path(__file__).resolve().parents[3] / "docs"
REFERENCE, SCHEMA = "settings.md", "site.schema.json"

_HEAD = """<!-- Generated from the settings models by `make docs`; do not edit. -->

# Settings of a site

Every key that a site file may set. All have defaults, except those marked **required**; a site of five lines works (see the
README). "Guide" names the step of the deployment guide that a setting comes from; a dash: the guide leaves it out. Where our
default differs from the guide's value, [deviations.md](deviations.md) says why. Beyond what stands here, rules look at several
keys together (addresses inside their vSwitch, sizes that are sold, names within limits); they answer with what is allowed.

A key that may be `null` takes its default then; so a site takes back what its base file (`extends`) sets.
"""


def reference_text() -> str:
    """The settings reference as Markdown."""
    schema = site_schema()
    tables = "\n".join(_tables(schema, schema["then"], ""))
    return f"{_HEAD}\n{tables}"


def main() -> int:
    """Write both files; says which. Exit code 1 outside a checkout."""
    if not DOCS.is_dir():
        print(f"dicom-cdk: no folder {DOCS.name}/ beside the sources; run this in a checkout", file=sys.stderr)
        return 1
    for name, text in ((SCHEMA, schema_text()), (REFERENCE, reference_text())):
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")
    return 0


def _tables(schema: dict[str, Any], required: dict[str, Any], path: str) -> Iterator[str]:
    """A table of the plain keys of one map, then the same for each map in it."""
    maps, rows = [], []
    needed = [*schema.get("required", ()), *required.get("required", ())]
    for name, part in schema["properties"].items():
        items = part.get("items", {})
        inner = part if "properties" in part else items if "properties" in items else None
        if inner is None:
            rows.append(_row(name, part, name in needed))
        else:
            maps.append((name, part, inner))
    if path:
        yield f"## `{path}`\n"
        if "description" in schema:
            yield f"{schema['description']}\n"
    if rows:
        yield "| key | meaning | default | allowed | guide |\n| --- | --- | --- | --- | --- |"
        yield "\n".join(rows) + "\n"
    for name, part, inner in maps:
        inside = f"{path}.{name}" if path else name
        listed = "[]" if inner is not part else ""
        described = {**inner, "description": part.get("description", "")}
        yield from _tables(described, required.get("properties", {}).get(name, {}), inside + listed)


def _row(name: str, part: dict[str, Any], required: bool) -> str:
    default = "**required**" if required else _default(part)
    allowed = "any keys, each with text" if "additionalProperties" in part else describe(part, name)
    cells = (f"`{name}`", part.get("description", ""), default, allowed, part.get("guide") or "–")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ") for cell in cells) + " |"


def _default(part: dict[str, Any]) -> str:
    if "additionalProperties" in part:
        return "none"
    value = part.get("default")
    if value in (None, []):
        return "none" if value == [] or "default" not in part.get("description", "").lower() else "see meaning"
    return f"`{value}`" if isinstance(value, str) and value else f"`{shown(value)}`"


if __name__ == "__main__":
    raise SystemExit(main())
