"""A plan for people: by room, what is created, changed, replaced and destroyed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline.store import BASE
from dicom_cdk.plan.deviations import deviations
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.planning import Planned
from dicom_cdk.plan.state.importing import again

GUIDE_STEPS = {
    "network": "1", "database": "2", "directory": "3", "registry": "3, 4, 6", "storage": "4", "archive": "4", "dicomweb": "5",
    "gateway": "6",
}  # fmt: skip
"""Room to the step of the deployment guide (README: Step → room → resources)."""
ACTIONS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "destroy",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("read",): "read",
    ("forget",): "forget",
    ("create", "forget"): "forget",
    ("forget", "create"): "forget",
}
TOLD = ("import", "forget", "update", "replace", "destroy")
"""Actions that are listed by address."""
ORDER = ("import", "create", "update", "replace", "destroy", "forget", "read")
NOTES = {
    "import": ", taken as holding what the configuration says: a plan with the account tells whether it does",
    "forget": ", left in the account, managed by nobody",
}
"""What an action means that is not in its word."""
REASONS = {
    "replace_by_request": "-replace", "replace_by_triggers": "replace_triggered_by", "replace_because_tainted": "being tainted",
}  # fmt: skip
"""Why Terraform replaces where no argument forces it."""


def action(change: dict[str, Any]) -> str | None:
    """create, update, replace, destroy, forget, read, or import where that is all; None for no change."""
    found = ACTIONS.get(tuple(change["change"]["actions"]))
    return "import" if found is None and change["change"].get("importing") else found


def forced_by(change: dict[str, Any]) -> tuple[str, ...]:
    """Arguments that force a replacement, else what else does."""
    paths = change["change"].get("replace_paths") or []
    reason = REASONS.get(change.get("action_reason") or "")
    return tuple(".".join(map(str, path)) for path in paths) or ((reason,) if reason else ())


def lines(planned: Planned) -> Iterator[str]:
    """The summary of one stack, a line each."""
    for finding in planned.findings:
        yield f"{'warning' if finding.warning else 'error'}: {finding.text}"
    if planned.plan is None:
        yield f"{planned.stack.name}: refused by {planned.terraform.name} {planned.terraform.version}"
        return
    rooms, comes_back = by_room(planned), again(planned.plan)
    for room, changes in rooms.items():
        step = f" (guide step {GUIDE_STEPS[room]})" if room in GUIDE_STEPS else ""
        yield f"  {room or 'elsewhere'}{step}: {counted(changes)}"
        for one in changes:
            if action(one) in TOLD:
                yield f"    {told(one, comes_back.get(one['address'], ''))}"
    yield total(planned, rooms)
    release = planned.release.release if planned.release else BASE
    if planned.release and (release != BASE or not planned.release.fits):
        asked = f", asked for: {planned.release.asked}" if planned.release.asked else ""
        yield f"note: planned as aliyun/alicloud {release} would{asked}"
    for name, text in deviations(modules.types(planned.stack)["managed"], release).items():
        yield f"note: {name}: {text} (docs/offline-plan.md)"


def told(one: dict[str, Any], comes_back: str = "") -> str:
    """One change in words: what happens to which resource, and why or what that means; `comes_back`: where it is imported again."""
    forced = forced_by(one)
    moved = f", moved from {one['previous_address']}" if one.get("previous_address") else ""
    imported = ", imported" if one["change"].get("importing") and action(one) != "import" else ""
    because = f", forced by {', '.join(forced)}" if forced else ""
    note = f", imported again as {comes_back}" if comes_back else NOTES.get(action(one) or "", "")
    note += ", and another made" if "create" in one["change"]["actions"] and action(one) == "forget" else ""
    return f"{action(one)} {one['address']}{moved}{imported}{note}{because}"


def by_room(planned: Planned) -> dict[str, list[dict[str, Any]]]:
    """Its changes by room, rooms in the guide's order; "" is what stands in none."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in (planned.plan or {}).get("resource_changes", []):
        if action(one):
            path = planned.path(one["address"])
            found[path.split("/")[0] if "/" in path else ""].append(one)
    return {room: found[room] for room in sorted(found, key=place)}


def total(planned: Planned, rooms: dict[str, list[dict[str, Any]]]) -> str:
    """The stack's name and how many changes of which kind; `rooms`: its changes, from by_room."""
    changes = [one for room in rooms.values() for one in room]
    return f"{planned.stack.name}: {counted(changes) if changes else 'no changes'}"


def place(room: str) -> tuple[int, str]:
    """For sorting rooms: in the guide's order, those that it does not know after them."""
    steps = list(GUIDE_STEPS)
    return (steps.index(room) if room in steps else len(steps), room)


def counted(changes: list[dict[str, Any]]) -> str:
    """How many to create, update, replace, destroy, read."""
    count = Counter(action(one) for one in changes)
    return ", ".join(f"{count[name]} to {name}" for name in ORDER if count[name])
