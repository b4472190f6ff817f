"""What a stack says besides resources: provider, state, variables, data sources; and when that alone could lose everything."""

from collections.abc import Iterator, Sequence
from typing import Any

from dicom_cdk.plan.addresses import kind
from dicom_cdk.plan.redaction.secret_values import hidden, is_marked, is_secret
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.before_after.provider_blocks import Block
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.before_after.values import Difference, differences, shown
from dicom_cdk.review.loss.data_facts import lost_with
from dicom_cdk.review.loss.data_loss import Loss
from dicom_cdk.review.places import state_place
from dicom_cdk.review.places.rerouting import handed_over, pointed_elsewhere, rerouted


def settings(sides: Sides) -> tuple[Difference, ...]:
    """Everything besides resources, outputs and provider versions; and resources that got another provider block."""
    if sides.before is None or sides.after is None:
        return ()
    chosen = (Difference(f"{one}.provider", _shown(old), _shown(new)) for one, old, new in rerouted(sides))
    handed = (Difference(f"{one}.providers", _shown(old), _shown(new)) for one, old, new in handed_over(sides))
    secret = _secret(sides.before) | _secret(sides.after)
    return (*differences("", _said(sides.before), _said(sides.after), secret), *chosen, *handed)


def _secret(stack: Stack) -> frozenset[str]:
    """Paths of `_said` whose values are never shown: what variables, and arguments of data sources, are marked for."""
    marked = [name for name, body in stack.variables.items() if isinstance(body, dict) and is_marked(body)]
    variables = {f"variable.{name}.default" for name in marked}
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
    yield from state_place.lost(sides, changed)
    if sides.before is None or sides.after is None:
        return
    for name in pointed_elsewhere(sides):
        yield Loss(f"provider.{name}", "point elsewhere with", "sight of everything in the old place")
    for address, _, _ in handed_over(sides):
        yield Loss(address, "point elsewhere", "sight of everything in it in the old place")
    for address, _, _ in rerouted(sides):
        if what := lost_with(kind(address)):
            gone = f"{what}: it is sought in another place"
            yield Loss(address, "point elsewhere", gone, came_from=sides.came_from.get(address, ""))


def _shown(block: Block) -> str:
    region = block.place.get("region")
    return f"{block.name} ({shown(region)})" if region else block.name


def _outputs(stack: Stack) -> dict[str, Any]:
    return {
        key: "(sensitive)" if is_marked(body) or is_secret(key, {}) else body.get("value")
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
    return found | state_place.said(stack)
