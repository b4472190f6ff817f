"""What a document itself says of its variables and locals, for who evaluates what names them."""

from collections.abc import Mapping
from typing import Any

from dicom_cdk.plan.reading.expressions import Names, evaluated

Json = dict[str, Any]
MOST = 1_000
"""Values within one value that come into it by references."""
LARGEST = 1_000_000
"""Values that anybody writes into one place."""
DEEPEST = 20
"""Names that lead to names; what lies deeper is not followed to its end."""


def stated(document: Json) -> dict[tuple[str, str], Any]:
    """What variables (by their defaults) and locals are written as."""
    found: dict[tuple[str, str], Any] = {}
    for name, body in (document.get("variable") or {}).items():
        if isinstance(body, dict) and "default" in body:
            found["var", name] = body["default"]
    for name, value in (document.get("locals") or {}).items() if isinstance(document.get("locals"), dict) else ():
        found["local", name] = value
    return found


class Decided(Names):
    """Variables and locals by their names, each evaluated once. `given`: those that others decided already."""

    def __init__(
        self, written: Mapping[tuple[str, str], Any], given: Mapping[tuple[str, str], Any] | None = None
    ) -> None:
        super().__init__(given or {})
        self._written = written
        self._depth = 0

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key not in self and key in self._written:
            written, reference = self._written[key[0], key[1]], f"${{{key[0]}.{key[1]}}}"
            if self._depth >= DEEPEST:
                return reference
            # What refers to itself stays a reference, as what grows with every step does.
            self[key] = reference
            self._depth += 1
            found = evaluated(written, self)
            self._depth -= 1
            # A long list of literals is as long as somebody wrote it.
            most = MOST + _parts(written, LARGEST)
            if _parts(found, most) <= most:
                self[key] = found
        return super().get(key, default)


def _parts(value: Any, most: int) -> int:
    """How many values a value consists of, as far as `most`."""
    found, waiting = 0, [value]
    while waiting and found <= most:
        one = waiting.pop()
        found += 1
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return found
