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

from dicom_cdk.plan.expressions.conversions import (
    Open,
    Partly,
    Wrong,
    boolean,
    is_open,
    limited,
    listed,
    mapped,
    number,
    text,
    whole,
)


def called(name: str, function: Callable[..., Any], given: list[Any]) -> Any:
    """Raises Open where the function looks into an argument that nobody knows, and Wrong."""
    if name not in PASS_ON and any(_open(one) for one in given):
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


def _open(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_open, value.values()))
    if isinstance(value, list):
        return any(map(_open, value))
    return is_open(value)


def _coalesce(*given: Any) -> Any:
    for one in given:
        if is_open(one):
            raise Open
        if one not in (None, ""):
            return text(one) if _scalar(one) and _mixed(given) else one
    raise Wrong


def _mixed(values: Iterable[Any]) -> bool:
    """Whether scalars become texts to be of one type."""
    kinds = {
        bool if isinstance(one, bool) else str if isinstance(one, str) else float for one in values if one is not None
    }
    return len(kinds) > 1


def _of_one_type(value: Any) -> list[Any]:
    found = listed(value)
    if not all(one is None or _scalar(one) for one in found) or not _mixed(found):
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
    return sorted(found) if all(map(_scalar, found)) else sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int | float) and not is_open(value)


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


def _format(pattern: Any, *given: Any) -> str:
    at = 0

    def said(found: re.Match[str]) -> str:
        nonlocal at
        if found["verb"] == "%":
            return "%"
        if found["verb"] is None:
            raise Open
        if int(found["width"] or 0) > 1000 or int((found["digits"] or ".0")[1:] or 0) > 1000:
            raise Open
        at = int(found["at"] or at + 1)
        value = given[at - 1 if at else len(given)]
        flags = f"%{found['flags']}{found['width']}"
        if found["verb"] in "dxXob":
            return _whole_number(flags, found["verb"], whole(value))
        if found["verb"] == "t":
            return text(boolean(value))
        if found["verb"] in "feEgG":
            return f"{flags}{found['digits'] or ''}{found['verb']}" % float(number(value))
        if found["verb"] == "q":
            return json.dumps(text(value), ensure_ascii=False)
        shown = "null" if value is None else text(value) if _scalar(value) else _json(value)
        if found["verb"] not in "sv" or (found["verb"] == "s" and not _scalar(value)):
            raise Wrong
        return f"{flags}{found['digits'] or ''}s".replace("%0", "%") % shown

    return _FORMAT.sub(said, text(pattern))


def _whole_number(flags: str, verb: str, value: int) -> str:
    if verb == "b":
        return format(value, "b")
    return f"{flags}{verb}" % value


_FORMAT = re.compile(
    r"%(?P<flags>[-+ 0#]*)(?P<width>\d*)(?P<digits>\.\d+)?(?:\[(?P<at>\d{1,3})\])?(?P<verb>[a-zA-Z%])|%"
)


def _formatlist(pattern: Any, *given: Any) -> list[str]:
    length = max((len(one) for one in given if isinstance(one, list)), default=1)
    rows = [one if isinstance(one, list) else [one] * length for one in given]
    if not rows:
        return [_format(pattern)]
    return [_format(pattern, *row) for row in zip(*rows, strict=True)]


def _replace(found: Any, old: Any, new: Any) -> str:
    if re.fullmatch(r"/.*/", text(old), re.DOTALL):
        # Patterns of Go are not those of Python.
        raise Open
    return text(found).replace(text(old), text(new))


def _json(value: Any) -> str:
    kind = Partly if _open(value) else str
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return kind(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _network(cidr: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text(cidr), strict=False)


def _subnet(cidr: Any, bits: Any, at: Any) -> str:
    within = _network(cidr)
    length = within.prefixlen + whole(bits)
    if not 0 <= whole(at) < 2 ** whole(bits) or length > within.max_prefixlen:
        raise Wrong
    first = int(within.network_address) + (whole(at) << (within.max_prefixlen - length))
    return str(type(within)((first, length)))


def _subnets(cidr: Any, *bits: Any) -> list[str]:
    within, found = _network(cidr), []
    at = int(within.network_address)
    for one in map(whole, bits):
        length = within.prefixlen + one
        if not one >= 1 or length > within.max_prefixlen:
            raise Wrong
        size = 1 << (within.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > int(within.network_address) + within.num_addresses:
            raise Wrong
        found.append(str(type(within)((at, length))))
        at += size
    return found


def _host(cidr: Any, at: Any) -> str:
    within = _network(cidr)
    if not -within.num_addresses <= whole(at) < within.num_addresses:
        raise Wrong
    return str(within[whole(at)])


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
    "cidrhost": _host,
    "cidrnetmask": lambda cidr: str(ipaddress.IPv4Network(text(cidr), strict=False).netmask),
    "cidrsubnet": _subnet,
    "cidrsubnets": _subnets,
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
    "format": _format,
    "formatlist": _formatlist,
    "index": lambda found, one: listed(found).index(one),
    "join": lambda between, *given: text(between).join(text(one) for part in given for one in listed(part)),
    "jsondecode": lambda one: json.loads(text(one)),
    "jsonencode": _json,
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
