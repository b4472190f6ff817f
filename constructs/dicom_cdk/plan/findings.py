"""What Terraform says of a stack, as findings: answers of `validate -json`, streams of `plan -json` and `apply -json`."""

import json
import re
from dataclasses import dataclass
from typing import Any

from dicom_cdk.plan.stack import FILE, Stack
from dicom_cdk.plan.terraform import Answer

_BLOCK = re.compile(r'(\w+)((?: "[^"]*")+)')
LONGEST = 600
"""Letters of what a failed program said."""


@dataclass(frozen=True)
class Finding:
    """What Terraform or the provider says: an error, or a warning. `where`: resource address, file and line, or ""."""

    summary: str
    detail: str
    where: str = ""
    warning: bool = False

    @property
    def text(self) -> str:
        """All of it in one line, Terraform's lists and paragraphs too."""
        place = f"{self.where}: " if self.where else ""
        detail = f": {self.detail}" if self.detail else ""
        return re.sub(r"\s*\n\s*", " ", f"{place}{self.summary}{detail}")


class Refused(Exception):
    """Terraform, or the look before it, says no to a stack."""

    def __init__(self, stack: Stack, findings: list[Finding]) -> None:
        super().__init__(stack.name)
        self.stack, self.findings = stack, findings


def diagnostics(answer: Answer) -> list[Finding]:
    """Of `validate -json`."""
    found = answer.json
    return [_finding(one) for one in found.get("diagnostics", [])] if isinstance(found, dict) else []


def stream(answer: Answer) -> list[dict[str, Any]]:
    """What a command says that writes one JSON object a line."""
    found = []
    for line in answer.stdout.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [one for one in found if isinstance(one, dict)]


def spoken(said: list[dict[str, Any]]) -> list[Finding]:
    """Errors and warnings of a stream. Terraform says them twice, and in another order every time."""
    lines = {
        _finding(one["diagnostic"]): (one["diagnostic"].get("range") or {}).get("start", {}).get("line", 0)
        for one in said
        if one.get("type") == "diagnostic"
    }
    return sorted(lines, key=lambda one: (one.warning, lines[one], one.where, one.summary, one.detail))


def errors(said: list[dict[str, Any]], answer: Answer) -> list[Finding]:
    found = [one for one in spoken(said) if not one.warning]
    return found or [Finding(f"terraform {answer.command} failed", reason(answer))]


def failures(answer: Answer) -> list[Finding]:
    """Errors of a failed command that writes one JSON object a line."""
    return errors(stream(answer), answer)


def all_new(said: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The plan as far as a stream tells it, None where anything but a creation or a read is in it: that needs the whole plan."""
    changes = [one["change"] for one in said if one.get("type") == "planned_change"]
    if any(one["action"] not in ("create", "read") or one.get("importing") for one in changes):
        return None
    found = [
        {
            "address": one["resource"]["addr"],
            "type": one["resource"]["resource_type"],
            "change": {"actions": [one["action"]]},
        }
        for one in changes
    ]
    return {"resource_changes": sorted(found, key=lambda one: str(one["address"]))}


def _finding(one: dict[str, Any]) -> Finding:
    where = one.get("address") or ""
    if not where:
        context = (one.get("snippet") or {}).get("context") or ""
        block = _BLOCK.fullmatch(context)
        where = (
            ".".join([block[1], *re.findall(r'"([^"]*)"', block[2])]) if block else context.replace(".resource.", "")
        )
        where = where.removeprefix("resource.")
    found = one.get("range") or {}
    line = found.get("start", {}).get("line")
    # Of a local module: its path from the stack's folder.
    file = f"{found.get('filename') or FILE}:{line}"
    place = f"{where} ({file})" if line and where else where or (file if line else "")
    return Finding(one.get("summary", ""), one.get("detail", ""), place, one.get("severity") == "warning")


def reason(answer: Answer) -> str:
    """Why a command failed that gave no finding."""
    if answer.code < 0:
        return f"it was ended by signal {-answer.code}; run it again"
    return last(answer.stderr or answer.stdout) or f"exit {answer.code} and nothing said"


def last(text: str) -> str:
    """From its first error on, at most LONGEST letters, whole words."""
    lines = [line.strip(" │╷╵") for line in text.splitlines()]
    said = " ".join(line for line in lines if line)
    said = said[max(said.find("Error:"), 0) :]
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rpartition(' ')[0]} …"
