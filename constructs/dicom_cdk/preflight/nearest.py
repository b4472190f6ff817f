"""Hint: the host type nearest to one that is not sold, of those that are: no fewer cores, no less memory, of a kindred family."""

import re

from dicom_cdk.account.answers import number, rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ECS_TYPES
from dicom_cdk.account.errors import AskError

AT_ONCE = 10
"""Types of one question, by the vendor's limit."""
_PARTS = re.compile(r"ecs\.(?P<family>[a-z]+)(?P<generation>\d*)(?P<rest>[a-z0-9-]*)\.(?P<size>\w+)")


def nearest(ask: Ask, kind: str, sold: list[str]) -> list[str]:
    """At most three, nearest first; none where the vendor does not tell the size of `kind`."""
    kindred = sorted((one for one in sold if _size(one) == _size(kind)), key=lambda one: _distance(kind, one))[
        : AT_ONCE - 1
    ]
    if not kindred:
        return []
    sizes = _sizes(ask, [kind, *kindred])
    cores, memory = sizes.get(kind, (None, None))
    if cores is None or memory is None:
        return []
    fits = []
    for one in kindred:
        other = sizes.get(one, (None, None))
        if other[0] is not None and other[1] is not None and other[0] >= cores and other[1] >= memory:
            fits.append((other[1] - memory, _distance(kind, one), one))
    return [one for *_, one in sorted(fits)][:3]


def _sizes(ask: Ask, kinds: list[str]) -> dict[str, tuple[float | None, float | None]]:
    action = ECS_TYPES.action
    try:
        answer = ask(ECS_TYPES, **{f"InstanceTypes.{place}": one for place, one in enumerate(kinds, 1)})
    except AskError:
        return {}
    return {
        word(one, action, "InstanceTypeId"): (number(one, action, "CpuCoreCount"), number(one, action, "MemorySize"))
        for one in rows(answer, action, "InstanceTypes.InstanceType")
    }


def _size(kind: str) -> str:
    return kind.rpartition(".")[2]


def _distance(kind: str, other: str) -> tuple[bool, int, str]:
    """Another family is further than another generation."""
    one, two = _PARTS.fullmatch(kind), _PARTS.fullmatch(other)
    if not one or not two:
        return True, 0, other
    apart = abs(int(one["generation"] or 0) - int(two["generation"] or 0))
    return one["family"] != two["family"], apart, other
