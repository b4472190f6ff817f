"""The lines of a preflight: as text for people, as JSON for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from dicom_cdk.finding import Finding

VERDICTS = {"ready": "ready: nothing found that would stop an apply", "fails": "not ready: the apply would fail",
            "unasked": "not known: some questions were not answered"}  # fmt: skip


def verdict(found: Sequence[Finding]) -> str:
    """ready, fails or unasked."""
    verdicts = {one.verdict for one in found}
    return "fails" if "lacks" in verdicts else "unasked" if "unasked" in verdicts else "ready"


def as_text(found: Mapping[str, Sequence[Finding]]) -> str:
    """A block a stack, a line a finding; what to do below it, what to paste below that."""
    lines: list[str] = []
    for stack, each in found.items():
        lines.append(f"{stack}:")
        for one in each:
            lines.append(f"  {one.verdict:7} {one.name}{f': {one.said}' if one.said else ''}")
            if one.do and one.verdict != "ok":
                lines.append(f"          {one.do}")
            lines += [f"            {line}" for line in one.paste.splitlines()]
        lines += [f"  {VERDICTS[verdict(each)]}", ""]
    return "\n".join(lines[:-1]) + "\n"


def as_markdown(found: Mapping[str, Sequence[Finding]]) -> str:
    """For a pull request's comment or a job's summary: what stops an apply first, what is well folded."""
    lines = ["### Preflight", ""]
    for stack, each in found.items():
        lines += [f"**{stack}**: {VERDICTS[verdict(each)]}", ""]
        for kind in ("lacks", "unasked", "look"):
            for one in each:
                if one.verdict == kind:
                    lines.append(f"- {kind}: {_plain(one.name)}: {_plain(one.said)}; {_plain(one.do)}")
                    lines += (
                        ["", "  ```yaml", *(f"  {line}" for line in one.paste.splitlines()), "  ```", ""]
                        if one.paste
                        else []
                    )
        well = [f"- {_plain(one.name)}: {_plain(one.said)}" for one in each if one.verdict == "ok"]
        if well:
            lines += [
                "",
                f"<details><summary>{len(well)} answers say that it will work</summary>",
                "",
                *well,
                "",
                "</details>",
            ]
        lines.append("")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "'")


def as_json(found: Mapping[str, Sequence[Finding]]) -> str:
    """By stack: verdict and findings."""
    whole = {
        stack: {"verdict": verdict(each), "findings": [asdict(one) for one in each]} for stack, each in found.items()
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


FORMS: Mapping[str, Callable[[Mapping[str, Sequence[Finding]]], str]] = {
    "text": as_text, "json": as_json, "markdown": as_markdown,
}  # fmt: skip
