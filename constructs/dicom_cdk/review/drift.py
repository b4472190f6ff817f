"""`dicom-cdk drift`: what a plan of unchanged files says, sorted: host steps that the vendor forgot, changes outside, the rest.

Reads `terraform show -json` of a plan against the real cloud. Cloud Assistant forgets invocations after 30 days; the next plan
wants them again, which is harmless and no drift (docs/hosts.md). The provider keeps planned nulls when it applies and fills in zero
values when it reads: null, "", 0, false, [] and {} are the same here, at any depth. Values are never said, only addresses and names
of arguments.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.markdown import plain, visible
from dicom_cdk.offline.store import Mode, shipped_store
from dicom_cdk.plan import summary
from dicom_cdk.plan.reading import plan_shape
from dicom_cdk.plan.reading.written_json import read_document, read_json
from dicom_cdk.plan.stack import hand_out
from dicom_cdk.review.errors import ReviewError
from dicom_cdk.text_files import text_of

OK, DRIFTED = 0, 1
FORGOTTEN = "alicloud_ecs_invocation"
EMPTY: tuple[Any, ...] = (None, "", 0, False, [], {})
"""What the provider writes for nothing."""


@dataclass(frozen=True)
class Drift:
    """`forgotten`: steps that would run again; `outside`: changed or deleted by others; `wanted`: other changes planned."""

    forgotten: tuple[str, ...]
    outside: tuple[str, ...]
    wanted: tuple[str, ...]

    @property
    def real(self) -> bool:
        return bool(self.outside or self.wanted)


def drift(plan: dict[str, Any]) -> Drift:
    """Of a plan as JSON. Raises ReviewError for another document."""
    changes, moved = plan.get("resource_changes"), plan.get("resource_drift", [])
    if not isinstance(changes, list) or not isinstance(moved, list) or "format_version" not in plan:
        raise ReviewError(
            "not a plan: got a document without resource_changes; give the output of terraform show -json PLAN"
        )
    if wrong := plan_shape.misfit(plan):
        raise ReviewError(f"not a plan as Terraform writes it: {wrong}; give the output of terraform show -json PLAN")
    forgotten = tuple(one["address"] for one in changes if one["type"] == FORGOTTEN and summary.action(one) == "create")
    outside = tuple(
        f"{one['address']}: {what}" for one in moved if one["type"] != FORGOTTEN and (what := _outside(one))
    )
    wanted = tuple(
        f"{summary.action(one)} {one['address']}{_because(one)}{_arguments(one)}"
        for one in changes
        if summary.action(one) not in (None, "read") and one["address"] not in forgotten
    )
    return Drift(forgotten, outside, wanted)


def run(file: Path, *, format: str, output: Path | None) -> int:
    """Report; 1 where anything but forgotten steps differs. Raises ReviewError, CannotWrite."""
    try:
        plan = read_document(text_of(file))
    except OSError as error:
        raise ReviewError(f"{file}: {error.strerror}; name a plan, written by terraform show -json PLAN") from None
    except ValueError as error:
        raise ReviewError(f"{file}: not JSON: {error}; write it by terraform show -json PLAN") from None
    try:
        found = drift(plan if isinstance(plan, dict) else {})
    except ReviewError as error:
        raise ReviewError(f"{file}: {error}") from None
    text = (
        json.dumps(found.__dict__, indent=2) + "\n" if format == "json" else _text(found, markdown=format == "markdown")
    )
    hand_out(text, output)
    return DRIFTED if found.real else OK


def _text(found: Drift, *, markdown: bool) -> str:
    lines = []
    for title, entries in (
        ("Changed outside Terraform", found.outside),
        ("Terraform would change", found.wanted),
        ("Forgotten by the vendor, would run again (harmless)", found.forgotten),
    ):
        if entries:
            lines += [f"### {title} ({len(entries)})" if markdown else f"{title} ({len(entries)})", ""][
                : 2 if markdown else 1
            ]
            lines += [f"- {plain(entry)}" if markdown else f"  {visible(entry)}" for entry in entries]
            lines += [""] if markdown else []
    if not found.real:
        lines.append("No drift." if not found.forgotten else "No drift besides.")
    return "\n".join(lines).rstrip("\n") + "\n"


def _outside(one: dict[str, Any]) -> str:
    """What others changed; "" where only nothing was written in another way."""
    if summary.action(one) == "destroy":
        return "deleted"
    return ", ".join(_other(one))


def _other(one: dict[str, Any], *, as_written: bool = False) -> list[str]:
    """Arguments of an update that differ."""
    sides = _sides(one)
    if sides is None:
        return []
    if not as_written:
        mode: Mode = "data" if one.get("mode") == "data" else "managed"
        facts = shipped_store().find(mode, one["type"])
        block = facts.schema.get("block", {}) if facts else {}
        sides = _settled(sides[0], block), _settled(sides[1], block)
    return sorted(name for name in {*sides[0], *sides[1]} if sides[0].get(name) != sides[1].get(name))


def _sides(one: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both values of an update."""
    before, after = one["change"].get("before"), one["change"].get("after")
    if summary.action(one) != "update" or not isinstance(before, dict) or not isinstance(after, dict):
        return None
    return before, after


def _settled(value: dict[str, Any], block: dict[str, Any]) -> dict[str, Any]:
    """A resource, or an element of a block, without what says nothing; sets in an order of their own."""
    found = {}
    for name, part in value.items():
        if name in block.get("block_types", {}):
            facts = block["block_types"][name]
            settled = _elements(part, facts["block"], is_set=facts["nesting_mode"] == "set")
        else:
            settled = _plain(part, block.get("attributes", {}).get(name, {}).get("type"))
        if settled not in EMPTY:
            found[name] = settled
    return found


def _elements(value: Any, block: dict[str, Any], *, is_set: bool) -> Any:
    if isinstance(value, dict):
        return _settled(value, block)
    if not isinstance(value, list):
        return value
    parts = [_settled(part, block) if isinstance(part, dict) else None if part in EMPTY else part for part in value]
    if not any(part not in EMPTY for part in parts):
        return []
    return sorted(parts, key=_order) if is_set else parts


def _plain(value: Any, kind: Any) -> Any:
    """An attribute's value; `kind`: its type in the schema, None where that is not known."""
    outer, inner = kind if isinstance(kind, list) else (None, None)
    if isinstance(value, dict):
        kinds: dict[str, Any] = inner if outer == "object" and inner else dict.fromkeys(value, inner)
        named = {name: _plain(part, kinds.get(name)) for name, part in value.items()}
        if outer == "map":
            # A tag without a text is one: somebody made it.
            return {name: None if part in EMPTY else part for name, part in named.items()}
        return {name: part for name, part in named.items() if part not in EMPTY}
    if isinstance(value, list):
        parts = [_plain(part, inner) for part in value]
        found = [None if part in EMPTY else part for part in parts]
        return sorted(found, key=_order) if outer == "set" else found
    return _said(value) if isinstance(value, str) else value


def _said(text: str) -> str:
    """A text of JSON in one form: services give it back with other blanks, and its keys in another order."""
    if text.strip()[:1] in ("{", "["):
        try:
            return _order(read_json(text))
        except ValueError:
            return text
    return text


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _because(one: dict[str, Any]) -> str:
    """What forces a replacement: arguments, or a request, a trigger, a taint."""
    forced = summary.forced_by(one) if summary.action(one) == "replace" else ()
    return f", forced by {', '.join(forced)}" if forced else ""


def _arguments(one: dict[str, Any]) -> str:
    """What a planned update changes: without what is only written in another way, which the provider plans along."""
    names = _other(one) or _other(one, as_written=True)
    return f": {', '.join(names)}" if names else ""
