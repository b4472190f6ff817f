"""Both sides of a change as far as they are known: what nobody wrote and no fact proves is said to be unknown."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.review.loss.in_place import UNKNOWN

Json = dict[str, Any]


def planned(one: Json, written: Json) -> tuple[Json, Json]:
    """Both sides of a planned change; what nobody wrote, and neither a default nor a sure fact says, is not known before."""
    change = one["change"]
    before = dict(change.get("before") or {})
    if written and "dynamic" not in written:
        sure = shipped_store().read_back(one["type"])
        filled = [name for name in _filled_in(one["type"], written) if not _sure(sure.get(name))]
        before |= dict.fromkeys(filled, UNKNOWN)
    return before, _unknown(change.get("after") or {}, change.get("after_unknown") or {})


def _filled_in(type_: str, written: Json) -> Iterator[str]:
    """Arguments that the provider or the cloud decides, since nobody wrote them and they have no default."""
    facts = shipped_store().find("managed", type_)
    for name, said in (facts.overlay.get("fields", {}) if facts else {}).items():
        if name not in written and said.get("computed") and "default" not in said:
            yield name


def _sure(rule: Any) -> bool:
    """Whether a fact of what Read leaves is a constant that is proven (provider/read-back.md)."""
    if isinstance(rule, list):
        return all(_sure(one) for one in rule)
    return isinstance(rule, dict) and "value" in rule and not rule.get("unsure")


def as_written(type_: str, body: Json) -> Json:
    """Arguments as a stack writes them, with defaults; what is filled in elsewhere is not known."""
    facts = shipped_store().find("managed", type_)
    fields = facts.overlay.get("fields", {}) if facts else {}
    defaults = {name: said["default"] for name, said in fields.items() if "default" in said}
    return {**defaults, **dict.fromkeys(_filled_in(type_, body), UNKNOWN), **body}


def _unknown(value: Any, mask: Any) -> Any:
    if mask is True:
        return UNKNOWN
    if isinstance(mask, dict) and isinstance(value, dict):
        return {**value, **{key: _unknown(value.get(key), part) for key, part in mask.items() if part}}
    if isinstance(mask, list) and isinstance(value, list):
        return [_unknown(part, mask[at] if at < len(mask) else None) for at, part in enumerate(value)]
    return value
