"""`dicom-cdk drift`: what a plan of unchanged files says, sorted: host steps that the vendor forgot, changes outside, the rest.

Reads `terraform show -json` of a plan against the real cloud. Cloud Assistant forgets invocations after 30 days; the next plan
wants them again, which is harmless and no drift (docs/hosts.md). Values are never said, only addresses and names of arguments.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.plan import summary
from dicom_cdk.plan.stack import hand_out
from dicom_cdk.review.errors import ReviewError

OK, DRIFTED = 0, 1
FORGOTTEN = "alicloud_ecs_invocation"


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
    forgotten = tuple(one["address"] for one in changes if one["type"] == FORGOTTEN and summary.action(one) == "create")
    outside = tuple(f"{one['address']}: {_what(one)}" for one in moved if one["type"] != FORGOTTEN and _what(one))
    wanted = tuple(
        f"{summary.action(one)} {one['address']}{_arguments(one)}"
        for one in changes
        if summary.action(one) not in (None, "read") and one["address"] not in forgotten
    )
    return Drift(forgotten, outside, wanted)


def run(file: Path, *, format: str, output: Path | None) -> int:
    """Report; 1 where anything but forgotten steps differs. Raises ReviewError, CannotWrite."""
    try:
        plan = json.loads(file.read_text())
    except OSError as error:
        raise ReviewError(f"{file}: {error.strerror}; name a plan, written by terraform show -json PLAN") from None
    except ValueError:
        raise ReviewError(f"{file}: not JSON; write it by terraform show -json PLAN") from None
    try:
        found = drift(plan if isinstance(plan, dict) else {})
    except ReviewError as error:
        raise ReviewError(f"{file}: {error}") from None
    except (KeyError, TypeError) as error:
        raise ReviewError(f"{file}: not a plan as Terraform writes it: {error}") from None
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
            lines += [f"- {entry}" if markdown else f"  {entry}" for entry in entries]
            lines += [""] if markdown else []
    if not found.real:
        lines.append("No drift." if not found.forgotten else "No drift besides.")
    return "\n".join(lines).rstrip("\n") + "\n"


def _what(one: dict[str, Any]) -> str:
    action = summary.action(one)
    if action == "destroy":
        return "deleted"
    before, after = one["change"].get("before"), one["change"].get("after")
    if action != "update" or not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    return ", ".join(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


def _arguments(one: dict[str, Any]) -> str:
    names = _what(one) if summary.action(one) == "update" else ""
    return f": {names}" if names else ""
