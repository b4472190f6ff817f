"""What chooses another provider block than before, or chooses one that leads elsewhere now: it is sought in another place."""

from collections.abc import Iterator

from dicom_cdk.plan.addresses import kind
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.review.before_after.provider_blocks import Block, bare
from dicom_cdk.review.before_after.sides import Json, Sides

NOWHERE = Block("")


def pointed_elsewhere(sides: Sides) -> Iterator[str]:
    """Names of provider blocks on both sides that lead elsewhere, such as alicloud, alicloud.hz or module.a.alicloud."""
    old, new = (
        {one.name: one.place for known in side.values() for one in known.values()} for side in sides.provider_blocks
    )
    yield from (name for name in sorted(old) if name in new and old[name] != new[name])


def rerouted(sides: Sides) -> Iterator[tuple[str, Block, Block]]:
    """Resources on both sides that choose another provider block which leads elsewhere: address, and the block on either side."""
    old, new = sides.provider_blocks
    for address, body in sides.new.items():
        was = sides.was(address)
        if was is None:
            continue
        before = sides.came_from.get(address, address)
        one, other = (_module(before), _local(before, was)), (_module(address), _local(address, body))
        blocks = old.get(one[0], {}).get(one[1], NOWHERE), new.get(other[0], {}).get(other[1], NOWHERE)
        if one != other and _leads_elsewhere(*blocks):
            yield address, *blocks


def handed_over(sides: Sides) -> Iterator[tuple[str, Block, Block]]:
    """Modules on both sides that get another provider block which leads elsewhere; what they hand on is not said again."""
    before, after = sides.provider_blocks
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


def _module(address: str) -> str:
    """The module that a resource is in, "" for the stack."""
    return address.removesuffix(modules.own(address)).rstrip(".")


def _local(address: str, body: Json) -> str:
    """The provider block of a resource as its module names it: its own choice, or its type's."""
    chosen = body.get("provider")
    name = bare(chosen) if chosen else kind(address).partition("_")[0]
    module = _module(address)
    return name.removeprefix(f"{module}.") if module else name
