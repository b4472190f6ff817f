"""The RAM actions that each type needs, operation by operation, from the calls that its functions reach (provider/README.md).

What a call is named in RAM is no fact of the source: actions.json holds the names that were looked up. A call that it does not know
is named by the rule, the product's prefix and the API's name, and is reported.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from provider.derive.abstract import HOLE
from provider.derive.calls import Calls
from provider.derive.golang import Checkout
from provider.derive.values import Function

Json = dict[str, Any]
OPERATIONS = ("create", "read", "update", "delete")


class Actions:
    """Of one checkout. `new`: calls named by the rule to their actions; `unread`: calls that could not be told or named."""

    def __init__(self, checkout: Checkout, known: Json) -> None:
        self._calls = Calls(checkout)
        self._known = _by_call(known["apis"])
        self._prefixes = {product.lower(): prefixes for product, prefixes in known["services"].items()}
        self.new: dict[str, list[str]] = {}
        self._nameless: set[str] = set()

    @property
    def missing(self) -> list[str]:
        """Types of Go that functions use and no file declares, sorted."""
        return sorted(self._calls.missing)

    @property
    def unread(self) -> list[str]:
        """Sorted, each once."""
        told = (f"a call whose product, version or action is not known: {one}" for one in self._calls.unread)
        return sorted({*told, *(f"a call without a name in RAM: {one}" for one in self._nameless)})

    def of(self, types: Iterable[str], operations: Mapping[str, Mapping[str, Function]]) -> Json:
        """Type (`data.NAME` for data sources) to operation to RAM actions, sorted."""
        return {name: self._of_type(operations[name]) for name in sorted(types) if name in operations}

    def _of_type(self, functions: Mapping[str, Function]) -> Json:
        return {
            operation: sorted({name for call in self._calls.of(one.package, one.name) for name in self._named(call)})
            for operation in OPERATIONS
            if (one := functions.get(operation)) is not None
        }

    def _named(self, call: str) -> list[str]:
        key = call.lower()
        if key in self._known:
            return sorted(self._known[key])
        if HOLE in key.partition("/")[0] and HOLE not in key.split(" "):
            # A part of the name is a value at run time: all calls of that form that are known. A whole name is never guessed.
            form = re.compile(".*".join(map(re.escape, key.split(HOLE))))
            found = {name for one, names in self._known.items() if form.fullmatch(one) for name in names}
            if found:
                return sorted(found)
        return self._by_rule(call)

    def _by_rule(self, call: str) -> list[str]:
        words = call.split(" ")
        product = " ".join(words[:2]) if words[1] == "SDK" else words[0]
        api = words[-1].rpartition(".")[2]
        prefixes = self._prefixes.get(product.lower())
        if prefixes is None or not re.fullmatch(r"[A-Z][A-Za-z0-9]+", api):
            self._nameless.add(call)
            return []
        self.new[call] = [f"{prefix}:{api}" for prefix in prefixes]
        return self.new[call]


def _by_call(apis: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """Call, in lower case and without the API's name behind a path, to its actions."""
    found: dict[str, set[str]] = {}
    for action, calls in apis.items():
        for call in calls:
            bare = re.sub(r" \([A-Za-z0-9]+\)$", "", call)
            found.setdefault(bare.lower(), set()).add(action)
    return found
