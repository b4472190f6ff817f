"""What a stack says besides resources: provider, state, variables, data sources; and when that alone could lose everything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.plan import module_files, modules
from dicom_cdk.plan.addresses import kind
from dicom_cdk.plan.secret_values import hidden, is_marked, is_secret
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.stated import filled, stated
from dicom_cdk.review import state_place
from dicom_cdk.review.data_facts import lost_with
from dicom_cdk.review.data_loss import Loss
from dicom_cdk.review.provider_places import places
from dicom_cdk.review.sides import Json, Sides
from dicom_cdk.review.values import Difference, differences, shown


@dataclass(frozen=True)
class Block:
    """A provider block by its name from the stack's root, and what says where it leads."""

    name: str
    place: Json = field(default_factory=dict)


NOWHERE = Block("")


def settings(sides: Sides) -> tuple[Difference, ...]:
    """Everything besides resources, outputs and provider versions; and resources that got another provider block."""
    if sides.before is None or sides.after is None:
        return ()
    rerouted = (Difference(f"{address}.provider", _shown(old), _shown(new)) for address, old, new in _rerouted(sides))
    handed = (Difference(f"{address}.providers", _shown(old), _shown(new)) for address, old, new in _handed_over(sides))
    secret = _secret(sides.before) | _secret(sides.after)
    return (*differences("", _said(sides.before), _said(sides.after), secret), *rerouted, *handed)


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
    old, new = _places(sides.before), _places(sides.after)
    for name in sorted(old):
        if name in new and old[name] != new[name]:
            yield Loss(f"provider.{name}", "point elsewhere with", "sight of everything in the old place")
    for address, _, _ in _handed_over(sides):
        yield Loss(address, "point elsewhere", "sight of everything in it in the old place")
    for address, _, _ in _rerouted(sides):
        if what := lost_with(kind(address)):
            yield Loss(address, "point elsewhere", f"{what}: it is sought in another place")


def _rerouted(sides: Sides) -> Iterator[tuple[str, Block, Block]]:
    """Resources on both sides that choose another provider block which leads elsewhere: address, and the block on either side."""
    assert sides.before is not None
    assert sides.after is not None
    old, new = _blocks(sides.before), _blocks(sides.after)
    for address, body in sides.new.items():
        was = sides.was(address)
        if was is None:
            continue
        before = sides.came_from.get(address, address)
        one, other = (_module(before), _local(before, was)), (_module(address), _local(address, body))
        blocks = old.get(one[0], {}).get(one[1], NOWHERE), new.get(other[0], {}).get(other[1], NOWHERE)
        if one != other and _leads_elsewhere(*blocks):
            yield address, *blocks


def _handed_over(sides: Sides) -> Iterator[tuple[str, Block, Block]]:
    """Modules on both sides that get another provider block which leads elsewhere; what they hand on is not said again."""
    assert sides.before is not None
    assert sides.after is not None
    before, after = _blocks(sides.before), _blocks(sides.after)
    told: list[tuple[str, tuple[str, str]]] = []
    for address in sorted({*before} & {*after} - {""}):
        for name in sorted({*before[address]} & {*after[address]}):
            one, other = before[address][name], after[address][name]
            said = any(address.startswith(f"{above}.") and pair == (one.name, other.name) for above, pair in told)
            if _leads_elsewhere(one, other) and not said:
                told.append((address, (one.name, other.name)))
                yield address, one, other


def _leads_elsewhere(one: Block, other: Block) -> bool:
    return one.name != other.name and one.place != other.place


def _blocks(stack: Stack) -> dict[str, dict[str, Block]]:
    """Module's address, "" for the stack → its own name of a provider → the block that this is."""
    found = {"": {name: Block(name, place) for name, place in places(stack.document).items()}}
    values = stated(stack.document)
    for call in modules.calls(stack):
        above = found.get(call.address.rpartition(".module.")[0] if ".module." in call.address else "", {})
        passed = call.arguments.get("providers")
        handed = {
            key: above.get(_bare(value), Block(_bare(value)))
            for key, value in (passed if isinstance(passed, dict) else {}).items()
        }
        inherited = {} if handed else {name: one for name, one in above.items() if "." not in name}
        given = filled(call.arguments, values) if call.address.count("module.") == 1 else {}
        own = places(module_files.document(call.folder), given) if call.folder is not None else {}
        found[call.address] = {
            **inherited, **handed, **{name: Block(f"{call.address}.{name}", place) for name, place in own.items()},
        }  # fmt: skip
    return found


def _module(address: str) -> str:
    """The module that a resource is in, "" for the stack."""
    return address.removesuffix(modules.own(address)).rstrip(".")


def _local(address: str, body: Json) -> str:
    """The provider block of a resource as its module names it: its own choice, or its type's."""
    chosen = body.get("provider")
    name = _bare(chosen) if chosen else kind(address).partition("_")[0]
    module = _module(address)
    return name.removeprefix(f"{module}.") if module else name


def _bare(reference: Any) -> str:
    return str(reference).removeprefix("${").removesuffix("}")


def _places(stack: Stack) -> dict[str, Json]:
    """Name of each provider block, such as alicloud, alicloud.hz or module.a.alicloud → what says where it leads."""
    return {one.name: one.place for blocks in _blocks(stack).values() for one in blocks.values()}


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
