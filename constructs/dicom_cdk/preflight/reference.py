"""Writes docs/preflight-checks.md: the table of checks, their types, calls and RAM actions (`make docs`)."""

from pathlib import Path

from dicom_cdk.preflight.all_checks import CHECKS
from dicom_cdk.preflight.types import UNASKED

HEAD = """<!-- Generated from the sources by `make docs`; do not edit. -->

# What a preflight asks

Every call reads. A RAM action with `?` has a name that no page of the vendor says: it is the service's prefix and the call's
name. The policy of one stack, narrowed to its names, is printed by `dicom-cdk preflight --policy` and is in every hand-off.

| check | of these types | call | RAM action |
| --- | --- | --- | --- |
"""


def text() -> str:
    """The whole page."""
    lines = []
    for check in CHECKS:
        types = "<br>".join(kind.removeprefix("alicloud_") for kind in check.types) or (
            "whatever is given by id or name" if check.applies else "the account"
        )
        called = "<br>".join(f"{call.service.prefix} {call.action}" for call in check.calls)
        actions = "<br>".join(
            f"{call.ram}{' ?' if call.unsure else ''}" if call.ram else "none" for call in check.calls
        )
        lines.append(f"| {check.name} | {types} | {called} | {actions} |\n")
    reasons: dict[str, list[str]] = {}
    for kind, reason in UNASKED.items():
        reasons.setdefault(reason, []).append(kind.removeprefix("alicloud_"))
    unasked = "".join(f"- {', '.join(sorted(kinds))}: {reason}.\n" for reason, kinds in reasons.items())
    return (
        f"{HEAD}{''.join(lines)}\n## Types that nobody is asked about\n\n{unasked}\n"
        "Other types are told as not judged, by name.\n"
    )


if __name__ == "__main__":
    target = Path("docs/preflight-checks.md")
    target.write_text(text())
    print(target)
