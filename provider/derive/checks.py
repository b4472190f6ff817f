"""A check of values, as Go has it, to the kinds of the overlay (provider/README.md).

What a function written by hand accepts was read once and is data: known-checks.json, by the hash of its text. One whose text
is new is not guessed: it becomes the check `unread`, which accepts everything, and is reported.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provider.derive.functions import Hashes
from provider.derive.values import Call, Function, Opaque

Json = dict[str, Any]
KNOWN: dict[str, list[Json]] = {
    key: one["checks"]
    for key, one in json.loads((Path(__file__).parent / "known-checks.json").read_text(encoding="utf-8")).items()
}
"""Hash of a function's text to the checks that it makes."""

MADE: dict[str, Callable[[tuple[Any, ...]], Json]] = {
    "StringInSlice": lambda given: {"kind": "enum", "args": given[0], **({"ignore_case": True} if given[1] else {})},
    "StringNotInSlice": lambda given: {"kind": "not_enum", "args": given[0]},
    "IntInSlice": lambda given: {"kind": "int_enum", "args": given[0]},
    "IntBetween": lambda given: {"kind": "int_range", "args": [given[0], given[1]]},
    "intBetween": lambda given: {"kind": "int_range", "args": [given[0], given[1]]},
    "IntAtLeast": lambda given: {"kind": "int_min", "args": given[0]},
    "IntAtMost": lambda given: {"kind": "int_max", "args": given[0]},
    "FloatBetween": lambda given: {"kind": "float_range", "args": [given[0], given[1]]},
    "FloatAtLeast": lambda given: {"kind": "float_min", "args": given[0]},
    "IntDivisibleBy": lambda given: {"kind": "int_div", "args": given[0]},
    "StringLenBetween": lambda given: {"kind": "len_range", "args": [given[0], given[1]]},
    "StringLenAtLeast": lambda given: {"kind": "len_min", "args": given[0]},
    "StringMatch": lambda given: {"kind": "regex", "args": given[0]},
    "StringDoesNotMatch": lambda given: {"kind": "not_regex", "args": given[0]},
    "StringDoesNotContainAny": lambda given: {"kind": "no_chars", "args": given[0]},
    "ValidateNullableIntBetween": lambda given: {"kind": "nullable_int_range", "args": [given[0], given[1]]},
    "ValidateRFC3339TimeString": lambda _: {"kind": "func", "name": "rfc3339"},
    "validateAllowedSplitStringValue": lambda given: {"kind": "split_enum", "args": given[0], "sep": given[1]},
    "validateSslVpnPortValue": lambda given: {"kind": "port_not", "args": given[0]},
    "validateStringConvertInt64": lambda _: {"kind": "func", "name": "int64_string"},
    "SingleIP": lambda _: {"kind": "func", "name": "ip_address"},
}
"""What makes a check, by name without its package, and what it makes of its arguments."""
NAMED = {
    "validation.StringIsValidRegExp": "regexp",
    "validation.ValidateRegexp": "regexp",
    "validation.StringIsJSON": "json",
    "validation.ValidateJsonString": "json",
    "validation.StringIsNotEmpty": "not_empty",
    "validation.NoZeroValues": "no_zero_value",
}
"""Checks of the SDK that are used as they are."""
NOT_SKIPPABLE = frozenset(
    {"intBetween", "validateAllowedSplitStringValue", "validateSslVpnPortValue", "validateStringConvertInt64"}
)
"""Of the provider's own makers, those that heed no switch to skip them."""


class Checks:
    """`unread`: texts about checks that are not understood."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        self.unread: list[str] = []

    def of(self, given: Any) -> list[Json]:
        """All must accept."""
        if isinstance(given, Function):
            return self._written(given)
        if isinstance(given, Call):
            return self._made(given)
        if isinstance(given, Opaque) and given.text in NAMED:
            return [{"kind": "func", "name": NAMED[given.text]}]
        return self._not_understood(str(getattr(given, "text", given)), getattr(given, "place", ""))

    def _written(self, given: Function) -> list[Json]:
        known = KNOWN.get(self._hashes.of(given))
        return known if known is not None else self._not_understood(given.name, given.place)

    def _made(self, given: Call) -> list[Json]:
        package, _, name = given.name.rpartition(".")
        if name == "All":
            return [one for each in given.arguments for one in self.of(each)]
        if name == "Any":
            return [{"kind": "any", "args": [one for each in given.arguments for one in self.of(each)]}]
        if name not in MADE or any(isinstance(one, Opaque | Call) for one in given.arguments):
            return self._not_understood(given.name, given.place)
        made = MADE[name](given.arguments)
        return [made if package or name in NOT_SKIPPABLE else {**made, "skippable": True}]

    def _not_understood(self, name: str, place: str) -> list[Json]:
        self.unread.append(f"{place}: the check {name}")
        return []
