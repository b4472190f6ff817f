"""What a plan says of imports, as far as that can be known offline."""

from typing import Any

Json = dict[str, Any]
ASKED = ("replace_by_request", "replace_by_triggers")
"""Why Terraform makes anew what it has just imported, whatever the account holds."""


def settled(plan: Json) -> Json:
    """A plan with imports as they can be known offline: what the cloud holds is taken as what the configuration says, so that
    nothing changes but what somebody asked for. Whether that is so, only a plan with the account tells."""
    changes = plan.get("resource_changes")
    if not isinstance(changes, list):
        return plan
    return {**plan, "resource_changes": [_settled(one) for one in changes]}


def _settled(one: Json) -> Json:
    change = one["change"]
    if not change.get("importing") or one.get("action_reason") in ASKED:
        return one
    same = {f"before{part}": change[f"after{part}"] for part in ("", "_sensitive") if f"after{part}" in change}
    left = {key: value for key, value in change.items() if key != "replace_paths"}
    return {
        **{key: value for key, value in one.items() if key != "action_reason"},
        "change": {**left, **same, "actions": ["no-op"]},
    }
