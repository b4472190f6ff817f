"""What a plan says of imports, as far as that can be known offline."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.addresses import plain
from dicom_cdk.plan.findings import Finding
from dicom_cdk.plan.redaction.secret_values import ids

Json = dict[str, Any]
ASKED = ("replace_by_request", "replace_by_triggers")
"""Why Terraform makes anew what it has just imported, whatever the account holds."""
TWICE = "One object at two addresses"
SECRET = "A secret as an id"


def settled(plan: Json) -> Json:
    """A plan with imports as they can be known offline: what the cloud holds is taken as what the configuration says, so that
    nothing changes but what somebody asked for. Whether that is so, only a plan with the account tells."""
    changes = plan.get("resource_changes")
    if not isinstance(changes, list):
        return plan
    return {**plan, "resource_changes": [_settled(one) for one in changes]}


def _settled(one: Json) -> Json:
    change = one["change"]
    if not change.get("importing"):
        return one
    same = {f"before{part}": change[f"after{part}"] for part in ("", "_sensitive") if f"after{part}" in change}
    if one.get("action_reason") in ASKED:
        return {**one, "change": {**change, **same}}
    left = {key: value for key, value in change.items() if key != "replace_paths"}
    return {
        **{key: value for key, value in one.items() if key != "action_reason"},
        "change": {**left, **same, "actions": ["no-op"]},
    }


def twice(plan: Json) -> Iterator[Finding]:
    """What is said of every object that is imported and has another address too, which Terraform does not see.

    `plan`: with its configuration, which says where a provider block leads.
    """
    for coming, others in _known(plan):
        staying = [one["address"] for one in others if not _leaves(one)]
        going = [one["address"] for one in others if one["change"]["actions"] == ["delete"]]
        name = f"{coming[0]['type']} {coming[0]['change']['importing']['id']}"
        addresses = sorted([*(one["address"] for one in coming), *staying])
        if len(addresses) > 1:
            text = f"{name} is {' and '.join(addresses)}: each would change and destroy what the other says; keep one of them"
            yield Finding(TWICE, text, warning=True)
        for address in going:
            text = (
                f"{name} is destroyed as {address} and imported as {addresses[0]}; write `moved` instead of `import`, or `removed` "
                f"with destroy = false for {address}"
            )
            yield Finding(TWICE, text, warning=True)


def secret_ids(document: Json) -> Iterator[Finding]:
    """What is said of every import by an id that is the secret, and that the files of the stack say."""
    for address, said in ids(document).items():
        if said:
            text = (
                f"{address} is imported by its value: whoever reads the stack's files, or Terraform's own plan, knows it; hand "
                "the id over by a variable without a default (TF_VAR_…), and make another one once it is imported"
            )
            yield Finding(SECRET, text, warning=True)


def again(plan: Json) -> dict[str, str]:
    """Address that leaves the state → the one under which the same object is imported."""
    return {
        one["address"]: coming[0]["address"]
        for coming, others in _known(plan)
        for one in others
        if "forget" in one["change"]["actions"]
    }


def _leaves(one: Json) -> bool:
    return one["change"]["actions"] == ["delete"] or "forget" in one["change"]["actions"]


def _known(plan: Json) -> Iterator[tuple[list[Json], list[Json]]]:
    """By object of the account: changes that import it, and others of what has its id and chooses the same provider block."""
    blocks = dict(_provider_blocks(plan.get("configuration", {}).get("root_module", {})))
    coming: dict[tuple[str, str, str], list[Json]] = {}
    others: dict[tuple[str, str], list[Json]] = {}
    for one in plan.get("resource_changes", []):
        change = one["change"]
        known = (change.get("importing") or change.get("before") or {}).get("id")
        # Random values and the like are no objects of an account.
        if isinstance(known, str) and one["type"].startswith("alicloud_"):
            if change.get("importing"):
                coming.setdefault((one["type"], known, blocks.get(plain(one["address"]), "")), []).append(one)
            else:
                others.setdefault((one["type"], known), []).append(one)
    for (kind, known, block), same in coming.items():
        # What goes is configured no more: which block it chose is not told.
        rest = others.get((kind, known), [])
        yield same, [one for one in rest if blocks.get(plain(one["address"]), block) == block]


def _provider_blocks(module: Json, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Address without indexes → the provider block that it chooses."""
    for one in module.get("resources", []):
        yield f"{prefix}{one['address']}", one.get("provider_config_key", "")
    for name, call in module.get("module_calls", {}).items():
        yield from _provider_blocks(call.get("module", {}), f"{prefix}module.{name}.")
