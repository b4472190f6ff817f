"""What a stack says besides resources: provider, state, variables, data sources; and when that alone could lose everything."""

from collections.abc import Iterator, Sequence
from typing import Any

from dicom_cdk.plan.addresses import kind
from dicom_cdk.plan.secret_values import hidden, is_secret
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import filled, stated
from dicom_cdk.review.data_facts import lost_with
from dicom_cdk.review.data_loss import Loss
from dicom_cdk.review.sides import Json, Sides
from dicom_cdk.review.values import Difference, differences, shown

PLACE = ("region", "account_id", "profile", "assume_role", "assume_role_with_oidc", "ecs_role_name", "endpoints")
"""Arguments of the provider that lead to another account or region."""


def settings(sides: Sides) -> tuple[Difference, ...]:
    """Everything besides resources, outputs and provider versions; and resources that got another provider block."""
    if sides.before is None or sides.after is None:
        return ()
    rerouted = (Difference(f"{address}.provider", _shown(*old), _shown(*new)) for address, old, new in _rerouted(sides))
    handed = (
        Difference(f"{address}.providers", _shown(*old), _shown(*new)) for address, old, new in _handed_over(sides)
    )
    secret = _secret(sides.before) | _secret(sides.after)
    return (*differences("", _said(sides.before), _said(sides.after), secret), *rerouted, *handed)


def _secret(stack: Stack) -> frozenset[str]:
    """Paths of `_said` whose values are never shown: what variables, and arguments of data sources, are marked for."""
    variables = {f"variable.{name}.default" for name in stack.sensitive_variables()}
    asked = {
        f"data.{kind}.{name}.{path}"
        for kind, named in stack.document.get("data", {}).items()
        for name in (named if isinstance(named, dict) else ())
        for path in hidden(kind, "data")
    }
    return frozenset(variables | asked)


def section(sides: Sides, name: str) -> tuple[Difference, ...]:
    """`name`: output, or providers for their versions."""
    if sides.before is None or sides.after is None:
        return ()
    old, new = ((_outputs if name == "output" else _versions)(one) for one in (sides.before, sides.after))
    return tuple(
        Difference(key, shown(old[key]) if key in old else None, shown(new[key]) if key in new else None)
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )


def elsewhere(sides: Sides, changed: Sequence[Difference]) -> Iterator[Loss]:
    """Another region, account or state: Terraform would not find what there is, and make all of it again."""
    for one in changed:
        if one.path.partition(".")[0] == "backend":
            yield Loss("terraform.backend", "move", "the state, unless it is migrated (terraform init -migrate-state)")
    if sides.before is None or sides.after is None:
        return
    old, new = _places(sides.before), _places(sides.after)
    for name in sorted(old):
        if name in new and old[name] != new[name]:
            yield Loss(f"provider.{name}", "point elsewhere with", "sight of everything in the old place")
    for address, _, _ in _handed_over(sides):
        yield Loss(address, "point elsewhere", "sight of everything in it in the old place")
    for address, _, _ in _rerouted(sides):
        if what := lost_with(kind(address)):
            yield Loss(address, "point elsewhere", f"{what}: it is sought in another place")


def _rerouted(sides: Sides) -> Iterator[tuple[str, tuple[str, Json], tuple[str, Json]]]:
    """Resources on both sides whose provider block is another one that leads elsewhere: address, name and place of either."""
    assert sides.before is not None
    assert sides.after is not None
    old, new = _places(sides.before), _places(sides.after)
    for address, body in sides.new.items():
        was = sides.was(address)
        if was is None:
            continue
        one, other = _block_of(address, was), _block_of(address, body)
        if one != other and old.get(one, {}) != new.get(other, {}):
            yield address, (one, old.get(one, {})), (other, new.get(other, {}))


def _handed_over(sides: Sides) -> Iterator[tuple[str, tuple[str, Json], tuple[str, Json]]]:
    """Modules on both sides that get another provider block which leads elsewhere."""
    assert sides.before is not None
    assert sides.after is not None
    old, new = _places(sides.before), _places(sides.after)
    before, after = _handed(sides.before), _handed(sides.after)
    for address in sorted({*before} & {*after}):
        for name in sorted({*before[address], *after[address]}):
            one, other = before[address].get(name, name), after[address].get(name, name)
            if one != other and old.get(one, {}) != new.get(other, {}):
                yield address, (one, old.get(one, {})), (other, new.get(other, {}))


def _handed(stack: Stack) -> dict[str, dict[str, str]]:
    """Each module's address → its own name of a provider → the block that it gets."""
    found = {}
    for name, body in (stack.document.get("module") or {}).items():
        body = body[0] if isinstance(body, list) and body else body
        given = body.get("providers") if isinstance(body, dict) else None
        found[f"module.{name}"] = {
            key: _bare(value) for key, value in (given if isinstance(given, dict) else {}).items()
        }
    return found


def _block_of(address: str, body: Json) -> str:
    """The provider block of a resource: its own choice, or its type's."""
    chosen = body.get("provider")
    return _bare(chosen) if chosen else kind(address).partition("_")[0]


def _bare(reference: Any) -> str:
    return str(reference).removeprefix("${").removesuffix("}")


def _places(stack: Stack) -> dict[str, Json]:
    """Name of each provider block, such as alicloud or alicloud.hz → what says where it leads."""
    found: dict[str, Json] = {}
    values = stated(stack.document)
    for name, blocks in (stack.document.get("provider") or {}).items():
        for block in blocks if isinstance(blocks, list) else [blocks]:
            if isinstance(block, dict):
                alias = f".{block['alias']}" if block.get("alias") else ""
                found[f"{name}{alias}"] = {key: filled(block[key], values) for key in PLACE if key in block}
    return found


def _shown(name: str, place: Json) -> str:
    region = place.get("region")
    return f"{name} ({shown(region)})" if region else name


def _outputs(stack: Stack) -> dict[str, Any]:
    return {
        key: "(sensitive)" if body.get("sensitive") or is_secret(key, {}) else body.get("value")
        for key, body in (stack.document.get("output") or {}).items()
        if isinstance(body, dict)
    }


def _versions(stack: Stack) -> dict[str, Any]:
    return {
        key: body.get("version") if isinstance(body, dict) else body
        for key, body in (stack.document.get("terraform", {}).get("required_providers") or {}).items()
    }


def _said(stack: Stack) -> dict[str, Any]:
    found = {name: stack.document.get(name) or {} for name in ("provider", "variable", "data", "locals")}
    return {**found, "backend": (stack.document.get("terraform") or {}).get("backend") or {}}
