"""Runbook by alarm: what each alarm means, whom it affects, where to look first, how to mend it, whom to call."""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from dicom_cdk import shipped
from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.plan.stack import block
from dicom_cdk.policy.document import Document

TARGET = "docs/runbook.md"
HEAD = "assets/handoff/alarms.md"
"""What stands before the sections of the page."""


@cache
def sections() -> dict[str, dict[str, Any]]:
    """Section → title, meaning, affects, look, mend, escalate."""
    return tomllib.loads(shipped.path("assets/handoff/alarms.toml").read_text())


def markdown(keys: Iterable[str], *, level: int = 2) -> str:
    """The sections of `keys` in the order of the file, each under a heading that is its key, so that `#key` leads there."""
    wanted, mark = set(keys), "#" * level
    text = []
    for key, one in sections().items():
        if key not in wanted:
            continue
        text += [
            f"{mark} {key}\n\n**{one['title']}.** {one['meaning']}\n",
            f"- Affected: {one['affects']}",
            *(f"- Look: {each}" for each in one["look"]),
            *(f"- Mend: {each}" for each in one["mend"]),
            f"- Escalate: {one['escalate']}\n",
        ]
    return "\n".join(text)


def of_stack(document: Document) -> list[str]:
    """Sections that the alarms of a stack name; those that are not in the runbook are left out: another program wrote them."""
    found = {str(block(one.get("tags")).get("runbook")) for one in document.of("alicloud_cms_alarm")}
    for one in document.of("alicloud_log_alert"):
        found |= {str(each.get("value")) for each in _entries(one.get("annotations")) if each.get("key") == "runbook"}
    return [key for key in sections() if key in found]


def _entries(said: Any) -> list[dict[str, Any]]:
    """Blocks, or a text of JSON that says the same; none of what only Terraform knows."""
    try:
        said = read_json(said) if isinstance(said, str) else said
    except ValueError:
        return []
    return [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict)]


def text() -> str:
    """The whole page."""
    return f"{shipped.path(HEAD).read_text()}\n{markdown(sections())}".rstrip("\n") + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(TARGET).write_text(text())
    print(TARGET)
