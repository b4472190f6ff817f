"""Predicates of suppress.json put together, as short as they can be told without thinking."""

from collections.abc import Container, Iterator
from typing import Any

Rule = dict[str, Any]
TRUE: Rule = {"all": []}
FALSE: Rule = {"any": []}


class NotKnown(Exception):
    """A form that is not a known one."""


class Data:
    """The resource's data, by whatever name."""


class Id:
    """The resource's id."""


class Constant:
    def __init__(self, value: Any) -> None:
        self.value = value


CALLS = {"strings.ToLower": "lower", "strings.TrimSpace": "trim"}
FUNCTIONS = frozenset(CALLS.values())


def same(left: Any, right: Any) -> Rule:
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Id) and isinstance(right, Constant) and right.value == "":
        return {"create": True}
    if isinstance(left, Id | Constant | Data) or isinstance(right, Id | Data):
        raise NotKnown
    return {"in": [left, [right.value]]} if isinstance(right, Constant) else {"eq": [left, right]}


def as_predicate(found: Any) -> Rule:
    if isinstance(found, Constant) and isinstance(found.value, bool):
        return TRUE if found.value else FALSE
    if not isinstance(found, dict):
        raise NotKnown
    return {"in": [found, [True]]} if "get" in found else found


def within(rule: Rule, there: Container[str]) -> Rule:
    if "not" in rule:
        return negated(within(rule["not"], there))
    if "all" in rule:
        return both(*(within(one, there) for one in rule["all"]))
    if "any" in rule:
        found = FALSE
        for one in rule["any"]:
            found = either(found, within(one, there))
        return found
    asked = set(_attributes(rule))
    return rule if all(name.partition(".")[0] in there for name in asked) else FALSE


def _attributes(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, one in part.items():
            if key in ("get", "set", "changed") and isinstance(one, str):
                yield one
            else:
                yield from _attributes(one)
    elif isinstance(part, list):
        for one in part:
            yield from _attributes(one)


def negated(one: Rule) -> Rule:
    if one in (TRUE, FALSE):
        return FALSE if one == TRUE else TRUE
    if "not" in one:
        found: Rule = one["not"]
        return found
    return {"not": one}


def both(*parts: Rule) -> Rule:
    flat: list[Rule] = []
    for one in parts:
        flat += [each for each in (one.get("all", [one])) if each not in flat]
    if FALSE in flat:
        return FALSE
    # What equals a text that is not empty is set.
    given = [one["in"][0] for one in flat if "in" in one and all(one["in"][1])]
    named: list[Any] = [one.get("get") or next(iter(one.values()), {}) for one in given if isinstance(one, dict)]
    sure = {one if isinstance(one, str) else one.get("get") for one in named if isinstance(one, str | dict)}
    kept = [one for one in flat if one.get("set") not in sure or "set" not in one]
    return kept[0] if len(kept) == 1 else {"all": kept}


def choice(condition: Rule, then: Rule, otherwise: Rule) -> Rule:
    if then == otherwise:
        return then
    return either(both(condition, then), both(negated(condition), otherwise))


def either(left: Rule, right: Rule) -> Rule:
    if FALSE in (left, right):
        return right if left == FALSE else left
    parts = [each for one in (left, right) for each in (one.get("any", [one]))]
    if TRUE in parts:
        return TRUE
    # `a or (not a and b)` is `a or b`.
    first = parts[0]
    rest = [
        both(*(each for each in one["all"] if each != negated(first))) if "all" in one else one for one in parts[1:]
    ]
    return {"any": [first, *rest]}
