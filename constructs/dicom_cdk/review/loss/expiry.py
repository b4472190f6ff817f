"""Lifecycle rules of a bucket: which objects are deleted that no rule deleted, or not so soon, before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
KINDS = {
    "expiration": "objects",
    "noncurrent_version_expiration": "earlier versions of objects",
    "abort_multipart_upload": "parts of uploads that are not completed",
}
"""Block of a rule → what it deletes."""
DATES = ("date", "created_before_date")


@dataclass(frozen=True)
class Expiry:
    """One way in which a rule deletes. `limit`: days, or a date as text; `narrows`: what a filter leaves out."""

    kind: str
    argument: str
    limit: int | str
    prefix: str
    tags: frozenset[tuple[str, str]]
    larger: float
    smaller: float
    excepted: frozenset[tuple[str, frozenset[tuple[str, str]]]]


def sooner_expired(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """Action, up to the bucket's address, and what goes; for each rule whose objects no rule deleted so soon before."""
    known = list(_expiries(before))
    for one in _expiries(after):
        if not any(_covers(other, one) for other in known):
            yield f"lower lifecycle_rule.{one.kind}.{one.argument} of", _told(one)


def _told(one: Expiry) -> str:
    days = f" day{'' if one.limit == 1 else 's'}" if isinstance(one.limit, int) else ""
    age = {"days": f"older than {one.limit}{days}", "date": f"by the date {one.limit}"}.get(
        one.argument, f"from before {one.limit}"
    )
    below = f" below {one.prefix}" if one.prefix else ""
    tagged = f" with {', '.join(f'{key}={value}' for key, value in sorted(one.tags))}" if one.tags else ""
    return f"{KINDS[one.kind]} {age}{below}{tagged}"


def _expiries(rules: Any) -> Iterator[Expiry]:
    for rule in _blocks(rules):
        if not _on(rule):
            continue
        filters = _blocks(rule.get("filter")) or [{}]
        for kind in KINDS:
            for block in _blocks(rule.get(kind)):
                for argument in ("days", *DATES):
                    limit = block.get(argument)
                    if limit in (None, "", 0, "0"):
                        continue
                    days = int(limit) if argument == "days" and str(limit).isdigit() else _dated(limit)
                    for narrowed in filters:
                        yield Expiry(
                            kind,
                            argument,
                            days,
                            str(rule.get("prefix") or ""),
                            _tags(rule.get("tags")),
                            float(narrowed.get("object_size_greater_than") or 0),
                            float(narrowed.get("object_size_less_than") or "inf"),
                            frozenset(
                                (str(one.get("prefix") or ""), _tag(one)) for one in _blocks(narrowed.get("not"))
                            ),
                        )


def _dated(limit: Any) -> str:
    return str(limit) if isinstance(limit, str | int) else "what is known after apply"


def _covers(wide: Expiry, narrow: Expiry) -> bool:
    """Whether all that `narrow` deletes was deleted by `wide` as soon."""
    if (wide.kind, wide.argument) != (narrow.kind, narrow.argument) or type(wide.limit) is not type(narrow.limit):
        return False
    if isinstance(wide.limit, int) and isinstance(narrow.limit, int):
        soon = wide.limit <= narrow.limit
    elif wide.argument == "date":
        # From that day on, or of what is from before it: the provider's page and the vendor's differ.
        soon = wide.limit == narrow.limit
    else:
        soon = str(wide.limit) >= str(narrow.limit)
    return (
        soon
        and narrow.prefix.startswith(wide.prefix)
        and wide.tags <= narrow.tags
        and wide.larger <= narrow.larger
        and wide.smaller >= narrow.smaller
        and wide.excepted <= narrow.excepted
    )


def _on(rule: Json) -> bool:
    if rule.get("enabled") is not None:
        return str(rule["enabled"]).lower() == "true"
    return str(rule.get("status", "Enabled")).lower() == "enabled"


def _tags(value: Any) -> frozenset[tuple[str, str]]:
    return frozenset((str(key), str(part)) for key, part in value.items()) if isinstance(value, dict) else frozenset()


def _tag(excepted: Json) -> frozenset[tuple[str, str]]:
    return frozenset((str(one.get("key")), str(one.get("value"))) for one in _blocks(excepted.get("tag")))


def _blocks(value: Any) -> list[Json]:
    """Blocks, whether one or several were written."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
