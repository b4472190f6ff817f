"""Functions and operators of Terraform that need nothing but their arguments, as far as ranges, names and texts are made by them.

Over 200 lines: one table. Sets are sorted lists of distinct elements.
"""

import base64
import ipaddress
import json
import math
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from dicom_cdk.plan.reading.expressions.conversions import (
    LARGEST,
    Open,
    Wrong,
    boolean,
    holds_open,
    json_text,
    limited,
    listed,
    mapped,
    number,
    scalar,
    text,
    whole,
)
from dicom_cdk.plan.reading.expressions.formats import formatted, formatted_each
from dicom_cdk.plan.reading.expressions.networks import host, subnet, subnets
from dicom_cdk.plan.reading.written_json import is_open


def called(name: str, function: Callable[..., Any], given: list[Any]) -> Any:
    """Raises Open where the function looks into an argument that nobody knows, and Wrong."""
    if name not in PASS_ON and any(holds_open(one) for one in given):
        raise Open
    if name in TOP and any(map(is_open, given)):
        raise Open
    return applied(function, given)


def applied(function: Callable[..., Any], given: list[Any]) -> Any:
    """Raises Wrong for what the function refuses, and Open."""
    try:
        return limited(function(*given))
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, StopIteration):
        raise Wrong from None


def _coalesce(*given: Any) -> Any:
    for one in given:
        if is_open(one):
            raise Open
        if one not in (None, ""):
            return text(one) if scalar(one) and _mixed(given) else one
    raise Wrong


def _mixed(values: Iterable[Any]) -> bool:
    """Whether scalars become texts to be of one type."""
    kinds = {
        bool if isinstance(one, bool) else str if isinstance(one, str) else float for one in values if one is not None
    }
    return len(kinds) > 1


def _of_one_type(value: Any) -> list[Any]:
    found = listed(value)
    if not all(one is None or scalar(one) for one in found) or not _mixed(found):
        return found
    return [None if one is None else text(one) for one in found]


def _flat(value: Any) -> list[Any]:
    return [part for one in listed(value) for part in (_flat(one) if isinstance(one, list) else [one])]


def distinct(value: Any) -> list[Any]:
    """Each element once, in its order."""
    found: dict[str, Any] = {}
    for one in _of_one_type(value):
        found.setdefault(json.dumps(one, sort_keys=True), one)
    return list(found.values())


def _set(value: Any) -> list[Any]:
    found = distinct(value)
    return sorted(found) if all(map(scalar, found)) else sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


def _lookup(found: Any, key: Any, *default: Any) -> Any:
    if text(key) in mapped(found):
        return found[text(key)]
    if not default:
        raise Wrong
    return default[0]


def _element(found: Any, index: Any) -> Any:
    return listed(found)[whole(index) % len(found)]


def _range(*given: Any) -> list[int]:
    first, last, *step = (0, *map(whole, given)) if len(given) == 1 else map(whole, given)
    found = range(first, last, *(step or [1 if last >= first else -1]))
    if len(found) > 1024:
        raise Wrong
    return list(found)


def _replace(found: Any, old: Any, new: Any) -> str:
    if re.fullmatch(r"/.*/", text(old), re.DOTALL):
        # Patterns of Go are not those of Python.
        raise Open
    if len(text(found)) * len(text(new)) > LARGEST:
        raise Open
    return text(found).replace(text(old), text(new))


def _equal(one: Any, other: Any) -> bool:
    # A number and its text are not equal in Terraform; true is not 1.
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda one: abs(number(one)),
    "alltrue": lambda found: all(map(boolean, listed(found))),
    "anytrue": lambda found: any(map(boolean, listed(found))),
    "base64decode": lambda one: base64.b64decode(text(one), validate=True).decode(),
    "base64encode": lambda one: base64.b64encode(text(one).encode()).decode(),
    "ceil": lambda one: -(-number(one) // 1),
    "chomp": lambda one: text(one).rstrip("\r\n"),
    "cidrhost": host,
    "cidrnetmask": lambda cidr: str(ipaddress.IPv4Network(text(cidr), strict=False).netmask),
    "cidrsubnet": subnet,
    "cidrsubnets": subnets,
    "coalesce": _coalesce,
    "coalescelist": lambda *given: next(one for one in map(listed, given) if one),
    "compact": lambda found: [text(one) for one in listed(found) if one not in (None, "")],
    "concat": lambda *given: [one for part in given for one in listed(part)],
    "contains": lambda found, one: any(_equal(part, one) for part in listed(found)),
    "distinct": distinct,
    "element": _element,
    "endswith": lambda one, end: text(one).endswith(text(end)),
    "flatten": _flat,
    "floor": lambda one: number(one) // 1,
    "format": formatted,
    "formatlist": formatted_each,
    "index": lambda found, one: listed(found).index(one),
    "join": lambda between, *given: text(between).join(text(one) for part in given for one in listed(part)),
    "jsondecode": lambda one: json.loads(text(one)),
    "jsonencode": json_text,
    "keys": lambda found: sorted(mapped(found)),
    "length": len,
    "lookup": _lookup,
    "lower": lambda one: text(one).lower(),
    "max": lambda *given: max(map(number, given)),
    "merge": lambda *given: {key: one for part in given if part is not None for key, one in mapped(part).items()},
    "min": lambda *given: min(map(number, given)),
    "nonsensitive": lambda one: one,
    "one": lambda found: None if not listed(found) else found[0] if len(found) == 1 else 1 / 0,
    "range": _range,
    "replace": _replace,
    "reverse": lambda found: listed(found)[::-1],
    "setintersection": lambda *given: _set([one for one in given[0] if all(one in part for part in given)]),
    "setsubtract": lambda one, other: _set([part for part in listed(one) if part not in listed(other)]),
    "setunion": lambda *given: _set([one for part in given for one in listed(part)]),
    "slice": lambda found, first, last: listed(found)[whole(first) : whole(last)],
    "sort": lambda found: sorted(map(text, listed(found))),
    "split": lambda between, one: text(one).split(text(between)) if text(between) else list(text(one)),
    "startswith": lambda one, start: text(one).startswith(text(start)),
    "strcontains": lambda one, part: text(part) in text(one),
    "substr": lambda one, at, length: (
        text(one)[whole(at) :] if whole(length) < 0 else text(one)[whole(at) :][: whole(length)]
    ),
    "sum": lambda found: sum(map(number, listed(found))),
    "title": lambda one: re.sub(r"(?<![\w\u0080-\U0010ffff])\w", lambda found: found[0].upper(), text(one)),
    "tobool": boolean,
    "tolist": _of_one_type,
    "tomap": mapped,
    "tonumber": number,
    "toset": _set,
    "tostring": lambda one: None if one is None else text(one),
    "trim": lambda one, signs: text(one).strip(text(signs)),
    "trimprefix": lambda one, start: text(one).removeprefix(text(start)),
    "trimspace": lambda one: text(one).strip(),
    "trimsuffix": lambda one, end: text(one).removesuffix(text(end)),
    "upper": lambda one: text(one).upper(),
    "values": lambda found: [one for _, one in sorted(mapped(found).items())],
    "zipmap": lambda names, found: dict(zip(map(text, listed(names)), listed(found), strict=True)),
}
"""What reads files, draws lots, asks the clock or hides what it is given is not among them."""
PASS_ON = {
    *("coalesce", "coalescelist", "concat", "distinct", "element", "flatten", "jsonencode", "keys", "length", "lookup"),
    *("merge", "nonsensitive", "one", "reverse", "setunion", "slice", "tolist", "tomap", "toset", "values", "zipmap"),
}
"""They hand elements on without a look at them."""
TOP = PASS_ON - {"coalesce", "jsonencode"}
"""They need to know the list itself."""
SIGNS: dict[str, Callable[[Any], Any]] = {"!": lambda one: not boolean(one), "-": lambda one: -number(one)}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "!=": lambda one, other: not _equal(one, other),
    "<": lambda one, other: number(one) < number(other),
    ">": lambda one, other: number(one) > number(other),
    "<=": lambda one, other: number(one) <= number(other),
    ">=": lambda one, other: number(one) >= number(other),
    "+": lambda one, other: number(one) + number(other),
    "-": lambda one, other: number(one) - number(other),
    "*": lambda one, other: number(one) * number(other),
    "/": lambda one, other: operator.truediv(number(one), number(other)),
    "%": lambda one, other: math.fmod(number(one), number(other)),
}
