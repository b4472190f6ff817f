"""What a document itself says of its variables and locals, put where they are named."""

import json
import re
from collections.abc import Mapping
from typing import Any

from dicom_cdk.plan.reading import expressions

Json = dict[str, Any]
_SET = re.compile(r"\$\{toset\((?P<kind>var|local)\.(?P<name>[A-Za-z0-9_-]+)\)\}")
_FILLED = re.compile(
    r"\$\{(?P<kind>var|local)\.(?P<name>[A-Za-z0-9_-]+)(?P<steps>(?:\.[\w-]+|\[(?:\d+|\"[^\"\\$]*\")\])*)\}"
)
STEP = re.compile(r"\.(?P<name>[\w-]+)|\[(?:(?P<index>\d+)|\"(?P<key>[^\"\\$]*)\")\]")
"""One step into a value: `.name`, `[0]`, `["key"]`."""
_TEMPLATE = re.compile(r"[$%]\{[^}]*\b(?:var|local)\.")
_INSIDE = re.compile(r"(?<![\w.\"-])(?P<kind>var|local)\.(?P<name>[A-Za-z0-9_-]+)")
REMEMBERED = 4
"""Steps from one local to the next behind which nothing is remembered: what lies deeper is not followed to its end."""
MOST = 1_000
"""Values within one value that come into it by references."""
LARGEST = 1_000_000
"""Values that anybody writes into one place."""
LONGEST = 10_000
"""Letters of one value that is written out inside an expression."""
OPEN = object()
"""What nobody but Terraform knows."""


class Stated(dict[tuple[str, str], Any]):
    """What names stand for; `known`: lists and maps whose references were followed already, by reference."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Any] = {}


def stated(document: Json) -> Stated:
    """What variables (by their defaults) and locals stand for."""
    found = Stated()
    for name, body in (document.get("variable") or {}).items():
        if isinstance(body, dict) and "default" in body:
            found["var", name] = body["default"]
    for name, value in (document.get("locals") or {}).items() if isinstance(document.get("locals"), dict) else ():
        found["local", name] = value
    return found


def filled(value: Any, values: Mapping[tuple[str, str], Any], depth: int = 0) -> Any:
    """`value` with variables and locals replaced by what they stand for, `values` being of `stated`; others stay references."""
    if not values:
        return value
    if isinstance(value, dict):
        return {key: filled(part, values, depth) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, values, depth) for part in value]
    if not isinstance(value, str) or "${" not in value or depth > 8:
        return value
    whole = _FILLED.fullmatch(value)
    if whole:
        found = _meant(whole, values, depth)
        return value if found is OPEN else found
    members = _SET.fullmatch(value)
    if members and isinstance(listed := values.get((members["kind"], members["name"])), list):
        return f"${{toset({json.dumps(listed, ensure_ascii=False)})}}"

    def text(match: re.Match[str]) -> str:
        given = _meant(match, values, depth)
        return str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else match[0]

    return _FILLED.sub(text, value)


class Decided(dict[tuple[Any, ...], Any]):
    """Variables and locals by their names, each evaluated once, for who evaluates what names them."""

    def __init__(self, values: Mapping[tuple[str, str], Any]) -> None:
        super().__init__()
        self._written = values

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key not in self and key in self._written:
            written = self._written[key[0], key[1]]
            # What refers to itself stays a reference, as what grows with every step does.
            self[key] = f"${{{key[0]}.{key[1]}}}"
            most = MOST + _parts(written, LARGEST)
            found = expressions.evaluated(written, self)
            if _parts(found, most) <= most:
                self[key] = found
        return super().get(key, default)


def stepped(value: Any, step: re.Match[str]) -> Any:
    """What one step of STEP leads to; OPEN where it leads nowhere."""
    name = step["name"] if step["key"] is None else step["key"]
    if isinstance(value, dict) and name is not None:
        return value.get(name, OPEN)
    index = step["index"] or (name if name and name.isdigit() else None)
    return value[int(index)] if isinstance(value, list) and index is not None and int(index) < len(value) else OPEN


def _meant(match: re.Match[str], values: Mapping[tuple[str, str], Any], depth: int) -> Any:
    found = values.get((match["kind"], match["name"]), OPEN)
    for step in STEP.finditer(match["steps"]):
        # A local that is another one: its own value is stepped into.
        found = stepped(filled(found, values, depth + 1), step)
    if isinstance(found, str) and not _FILLED.fullmatch(found) and match[0] != match.string:
        # A part of a text: texts within texts would double with every step.
        return found
    return OPEN if found is OPEN else _small(found, match[0], values, depth)


def _small(found: Any, reference: str, values: Mapping[tuple[str, str], Any], depth: int) -> Any:
    """`found` with its references followed; lists of lists that grow with every step stay a reference once they are large."""
    known = (
        values.known if isinstance(values, Stated) and isinstance(found, list | dict) and depth <= REMEMBERED else {}
    )
    if reference not in known:
        whole = filled(found, values, depth + 1)
        # A long list of literals is as long as somebody wrote it.
        most = MOST + _parts(found, LARGEST)
        known[reference] = whole if _parts(whole, most) <= most else OPEN
    return known[reference]


def _parts(value: Any, most: int) -> int:
    """How many values a value consists of, as far as `most`."""
    found, waiting = 0, [value]
    while waiting and found <= most:
        one = waiting.pop()
        found += 1
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return found


def inlined(value: Any, values: Mapping[tuple[str, str], Any]) -> Any:
    """`value` with what larger expressions name written out, for who looks for literals and references in them."""
    if not values:
        return value
    if isinstance(value, dict):
        return {key: inlined(part, values) for key, part in value.items()}
    if isinstance(value, list):
        return [inlined(part, values) for part in value]
    if not isinstance(value, str) or not _TEMPLATE.search(value):
        return value

    def literal(match: re.Match[str]) -> str:
        known = values.known if isinstance(values, Stated) else {}
        if (key := f"in {match[0]}") not in known:
            found = filled(f"${{{match[0]}}}", values)
            shown = match[0] if found == f"${{{match[0]}}}" else expressions.written(found)
            known[key] = shown if len(shown) <= LONGEST else match[0]
        return str(known[key])

    return _INSIDE.sub(literal, value)
