"""The language of the rules given as data (provider/suppress.json): values, predicates, and what `get` sees.

Over 200 lines: one language: values, predicates and functions that its data name.
"""

import datetime
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.planning import json_text
from dicom_cdk.offline.planning.texts import MARKER, default_text, value_of
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value, number_text


@dataclass(slots=True)
class View:
    """What a predicate may look at: the proposed value, the prior state, the provider's features.

    `looked_at` is told the name of every attribute that is read.
    """

    fields: dict[str, Field]
    proposed: dict[str, Value]
    prior: dict[str, Value] | None
    features: dict[str, Any] = field(default_factory=dict)
    looked_at: Callable[[str], None] = lambda _: None

    def get(self, name: str) -> Value:
        """The value in the proposal, else the default, else the prior value, else the zero value; unknown text is the marker."""
        found, described = self._find(name)
        if isinstance(found, Unknown):
            return MARKER if described.kind is Kind.STRING else _zero(described)
        return _zero(described) if found is None else _typed(described, found)

    def known(self, name: str) -> bool:
        return not isinstance(self._find(name)[0], Unknown)

    def given(self, name: str) -> bool:
        """Given or in the prior state, known, and not a zero value."""
        return self.known(name) and self.get(name) not in ("", 0, False, [], {})

    def changed(self, name: str) -> bool:
        """Whether the prior value differs from what `get` sees."""
        self.looked_at(name)
        described = self.fields[name]
        before = (self.prior or {}).get(name)
        return bool(self.get(name) != (_zero(described) if before is None else _typed(described, before)))

    def _find(self, name: str) -> tuple[Value, Field]:
        parts = name.split(".")
        self.looked_at(parts[0])
        described = self.fields[parts[0]]
        found = _descend(self.proposed, parts)
        for part in parts[1:]:
            if not part.isdigit():
                assert described.fields is not None
                described = described.fields[part]
        if found is None or (described.nested and found == []):
            text = default_text(described) if described.plain else None
            if text is not None:
                return value_of(described.kind, text), described
            found = _descend(self.prior, parts)
        return _whole(found), described


def _descend(value: Value, parts: list[str]) -> Value:
    for part in parts:
        if isinstance(value, Unknown) or value is None:
            return value
        if part.isdigit() and isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part)
    return value


def _whole(value: Value) -> Value:
    """As the SDK reads it: a collection of plain values with an unknown element is unknown."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return UNKNOWN if any(isinstance(part, Unknown) for part in parts) else value


def _zero(described: Field) -> Value:
    zero: dict[Kind, Value] = {Kind.STRING: "", Kind.BOOL: False, Kind.INT: 0, Kind.FLOAT: 0}
    return zero.get(described.kind, {} if described.kind is Kind.MAP else [])


def _typed(described: Field, value: Value) -> Value:
    if described.kind is Kind.INT and isinstance(value, str):
        return int(float(value))
    return float(value) if described.kind is Kind.FLOAT else value


_WHITE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's strings.TrimSpace takes away; str.strip takes the separators \\x1c to \\x1f too."""


def _trimmed(text: str) -> str:
    return text.strip(_WHITE)


def state_text(function: str, text: str) -> str:
    """The configured text as a `state` rule rewrites it."""
    if function == "trim":
        return _trimmed(text)
    if function == "json_compact":
        return json_text.rewritten(text, [])
    raise ValueError(f"rule names the state function {function!r}; allowed: trim, json_compact")


_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")


def instant(text: str) -> tuple[datetime.datetime, str] | None:
    """A moment in UTC and its fraction of a second, or None where the text is not RFC 3339."""
    match = _INSTANT.fullmatch(text)
    if not match:
        return None
    try:
        moment = datetime.datetime.fromisoformat(match[1] + "T" + match[2] + match[4].replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment.astimezone(datetime.UTC), (match[3] or "").rstrip("0").rstrip(".")


def _short_ip(text: str) -> str:
    address, slash, rest = text.partition("/")
    try:
        if "%" in address:
            raise ValueError(address)  # Go's net.ParseIP knows no zones
        parsed: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address)
    except ValueError:
        return "" if slash else text
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(parsed) + slash + rest


def _no_blanks(text: str) -> str:
    if not text.strip(" "):
        return ""
    return text.translate(str.maketrans("", "", " \t\n"))


_TEXT_FUNCTIONS: dict[str, Callable[[str], Value]] = {
    "lower": str.lower,
    "trim": _trimmed,
    "drop_dot": lambda text: text.removesuffix("."),
    "no_blanks": _no_blanks,
    "comma_parts": lambda text: text.count(",") + 1,
    "comma_first": lambda text: text.split(",")[0],
    "ip_short": _short_ip,
}


@dataclass(slots=True)
class Question:
    """One predicate asked with one entry's texts. `old_looked_at` is called when the old one is read."""

    view: View
    old: str
    new: str
    old_looked_at: Callable[[], None] = lambda: None

    def value(self, expression: Any) -> Value:
        """A value of the language: `$old`, `$new`, `{get}`, or a function of one text."""
        if expression == "$old":
            self.old_looked_at()
            return self.old
        if expression == "$new":
            return self.new
        if not isinstance(expression, dict):
            return expression
        if "get" in expression:
            return self.view.get(expression["get"])
        if "json_text" in expression:
            return json_text.rewritten(self._text(expression["json_text"]), expression.get("drop", []))
        if "strip_chars" in expression:
            return self._text(expression["strip_chars"]).strip(expression["chars"])
        ((name, argument),) = expression.items()
        if name not in _TEXT_FUNCTIONS:
            raise ValueError(f"rule names the function {name!r}; allowed: {', '.join(sorted(_TEXT_FUNCTIONS))}")
        return _TEXT_FUNCTIONS[name](self._text(argument))

    def _text(self, expression: Any) -> str:
        found = self.value(expression)
        return found if isinstance(found, str) else number_text(found)

    def holds(self, when: dict[str, Any]) -> bool:
        """Whether the predicate is true."""
        ((name, argument),) = when.items()
        match name:
            case "all":
                return all(self.holds(part) for part in argument)
            case "any":
                return any(self.holds(part) for part in argument)
            case "not":
                return not self.holds(argument)
            case "in":
                found = self.value(argument[0])
                return any(type(one) is type(found) and one == found for one in argument[1])
            case "eq":
                return bool(self.value(argument[0]) == self.value(argument[1]))
            case "gt":
                return bool(self.value(argument[0]) > argument[1])
            case "starts":
                return self._text(argument[0]).startswith(self._text(argument[1]))
            case "same_json":
                self.old_looked_at()
                return json_text.same(argument, self.old, self.new)
            case "same_instant":
                self.old_looked_at()
                one, other = instant(self.old), instant(self.new)
                return one is not None and one == other
        return self._about_resource(name, argument)

    def _about_resource(self, name: str, argument: Any) -> bool:
        view = self.view
        match name:
            case "set":
                return view.given(argument)
            case "known":
                return view.known(argument)
            case "create":
                return not (view.prior or {}).get("id")
            case "changed":
                return view.changed(argument)
            case "same_members":
                view.looked_at(argument)
                before, after = (view.prior or {}).get(argument) or [], view.get(argument) or []
                return bool(before) and bool(after) and set(before) == set(after)
            case "provider_feature":
                found: Any = view.features
                for part in argument.split("."):
                    found = found[0] if isinstance(found, list) and found else found
                    found = found.get(part) if isinstance(found, dict) else None
                return found is True
        raise ValueError(f"rule asks {name!r}, which this version does not know; update dicom-cdk")
