"""Updates in place that let data go, judged by the facts of provider/data_loss.toml."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.review.loss.data_facts import Fact, data_facts
from dicom_cdk.review.loss.expiry import sooner_expired

Json = dict[str, Any]
UNKNOWN = object()
"""A value that is known after apply, or was filled in by somebody else."""
FOR_EVER = "for ever"
"""What `absent` of a fact is where no value means no end."""
SAID = {
    "lowered": "lower",
    "lower": "lower",
    "changed": "change",
    "cleared": "switch off",
    "emptied": "take away",
    "set": "switch on",
    "given": "set",
    "earlier": "bring forward",
    "fewer": "shorten",
}


def lost_in_place(kind: str, before: Json, after: Json) -> Iterator[tuple[str, str]]:
    """What an update of a resource lets go: action, up to the address, and what."""
    for fact in data_facts().in_place.get(kind, ()):
        if _loses(fact, before, after):
            yield fact.say or f"{SAID[fact.when]} {fact.path} of", fact.what
    if kind == "alicloud_oss_bucket":
        yield from sooner_expired(before.get("lifecycle_rule"), after.get("lifecycle_rule"))


def lost_when_made(kind: str, after: Json) -> Iterator[tuple[str, str]]:
    """What goes because a resource is made, such as a rule that deletes images."""
    for fact in data_facts().in_place.get(kind, ()):
        if fact.made and _loses(fact, {}, after):
            yield f"make, with {fact.path},", fact.what


def protection_off(kind: str, before: Json, after: Json) -> tuple[str, ...]:
    """Arguments that stopped a destroy by mistake and do so no more, each once."""
    off = (
        fact.path
        for fact in data_facts().protection
        if (_first(fact) in before or _first(fact) in after)
        and (not fact.types or kind in fact.types)
        and _loses(fact, before, after)
    )
    return tuple(dict.fromkeys(off))


def protections(values: Json) -> tuple[str, ...]:
    """Arguments that make the vendor refuse a destroy as the values stand."""
    found = []
    for fact in data_facts().protection:
        if _first(fact) not in values and not fact.absent:
            continue
        said = list(_values(values, fact.path.split(".")))
        on = any(map(_true, said)) or any((_rank(fact, one) or 0) >= len(fact.order) // 2 > 0 for one in said)
        if fact.refuses and on:
            found.append(fact.path)
    return tuple(found)


def _first(fact: Fact) -> str:
    """Few arguments protect: most resources have none of them."""
    return fact.path.partition(".")[0]


def _loses(fact: Fact, before: Json, after: Json) -> bool:
    names = fact.path.split(".")
    old, new = list(_values(before, names, fact.only)), list(_values(after, names, fact.only))
    if fact.key:
        old, new = [_inside(one, fact.key) for one in old], [_inside(one, fact.key) for one in new]
    match fact.when:
        case "lowered":
            return _lowered(fact, old, new)
        case "lower":
            return _lower(fact, old, new)
        case "changed":
            kept = [str(one) for one in old if one not in (None, "", UNKNOWN)]
            return bool(kept) and sorted(kept) != sorted(str(one) for one in new if one not in (None, ""))
        case "cleared":
            return any(map(_true, old)) and not any(one is UNKNOWN or _true(one) for one in new)
        case "emptied":
            return bool(_said(old)) and not _said(new) and UNKNOWN not in new
        case "set":
            return any(map(_true, new)) and not any(map(_true, old))
        case "given":
            return bool(_said(new)) and _said(new) != _said(old)
        case "earlier":
            return any(one < min(_said(old), default="~") for one in _said(new))
        case "fewer":
            return UNKNOWN not in new and bool(_members(old) - _members(new))
    raise ValueError(f"{fact.path}: when is {fact.when}, allowed are {', '.join(SAID)}")


def _said(values: list[Any]) -> list[str]:
    return sorted(str(one) for one in values if one not in (None, "", UNKNOWN))


def _inside(value: Any, key: str) -> Any:
    """The value below a key of a JSON text; None where the text says none."""
    if value is UNKNOWN or not isinstance(value, str):
        return value
    try:
        found = read_json(value)
    except ValueError:
        return None
    return found.get(key) if isinstance(found, dict) else None


def _lowered(fact: Fact, old: list[Any], new: list[Any]) -> bool:
    """Every element beside its own where there are as many, else the longest beside the longest.

    What is not known before is no lowering; a value that goes, and nothing says what then holds, is one.
    """
    was, now = [_length(fact, one, None) for one in old], [_length(fact, one, 0) for one in new]
    if len(was) != len(now):
        size = max(len(was), len(now))
        was, now = (
            [*sorted((one for one in side if one is not None), reverse=True), *([_length(fact, None, rest)] * size)][
                :size
            ]
            for side, rest in ((was, None), (now, 0))
        )
    return any(one is not None and other is not None and other < one for one, other in zip(was, now, strict=True))


def _length(fact: Fact, value: Any, missing: float | None) -> float | None:
    """None for what is not known; `missing`: where there is no value and the table does not say what that means."""
    if value is UNKNOWN:
        return None
    text = fact.absent if value in (None, "") else str(value)
    if text == "":
        return missing
    if text in (FOR_EVER, *fact.forever):
        return float("inf")
    try:
        return float(text)
    except ValueError:
        return None


def _lower(fact: Fact, old: list[Any], new: list[Any]) -> bool:
    was = [rank for one in old or [None] if (rank := _rank(fact, one)) is not None]
    now = [0 if one in (None, "") and not fact.absent else _rank(fact, one) for one in new or [None]]
    known = [rank for rank in now if rank is not None]
    return bool(was and known) and min(known) < min(was)


def _rank(fact: Fact, value: Any) -> int | None:
    text = fact.absent if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)
    folded = [one.lower() for one in fact.order]
    return folded.index(text.lower()) if value is not UNKNOWN and text.lower() in folded else None


def _true(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1", "enable", "enabled")


def _members(values: list[Any]) -> set[str]:
    """Of lists, and of texts with commas: days of a week are written either way."""
    found: set[str] = set()
    for value in values:
        if value is UNKNOWN or value is None:
            continue
        found |= {part.strip() for part in str(value).strip("[]").replace('"', "").split(",") if part.strip()}
    return found


def _values(value: Any, names: list[str], only: Mapping[str, list[str]] = MappingProxyType({})) -> Iterator[Any]:
    """Every value at a path, through lists of blocks. `only`: of those last blocks whose arguments have one of these values."""
    if isinstance(value, list):
        for part in value:
            yield from _values(part, names, only)
    elif not names:
        yield value
    elif isinstance(value, dict):
        if len(names) > 1 or all(value.get(name) in allowed for name, allowed in only.items()):
            yield from _values(value.get(names[0]), names[1:], only)
    elif value is UNKNOWN:
        yield value
