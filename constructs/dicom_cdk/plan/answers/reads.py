"""What a program reads of its data sources: how many elements, which keys of maps, and where the values go."""

import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline import fields
from dicom_cdk.offline.answer_values import Reads
from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.validation.value_rules import refusals
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.stack import Stack

MOST = 6
"""Elements that a program reads by a number of its own."""
BY_COUNT = 3
_INDEX = re.compile(r"\[(\d{1,2})\]|[A-Za-z_\])]\.(\d{1,2})(?![\w]|\.\d)")
_COUNTED = re.compile(r"count\.index\s*(?:\+\s*(\d))?\s*\]")
_ZONE = re.compile(r"\b(?:cn-[a-z]+(?:-\d)?-[a-z]|(?:ap|us|eu|me|na)-[a-z]+-\d[a-z])\b")
_READ = re.compile(r"data\.(?P<kind>alicloud_\w+)\.[\w-]+(?P<path>(?:\[[^\]]*\]|\.[\w*-]+)+)")
_KEY = re.compile(r"\b(?=(\w+)(?:\.([A-Za-z_]\w*)|\[\\?\"(\w+)\\?\"\]))")
_TRIED = ("1", "20", "100", "made-up", "2024-01-01T00:00:00Z")


def reads(stack: Stack, text: str) -> Reads:
    """Of a stack whose documents are `text`."""
    numbers = [int(one or other) for one, other in _INDEX.findall(text)]
    counted = [BY_COUNT + int(more or 0) for more in _COUNTED.findall(text)]
    least = max([1, *counted, *(at + 1 for at in numbers if at < MOST)])
    keys: dict[str, list[str]] = {}
    for name, key, quoted in _KEY.findall(text):
        keys.setdefault(name, [])
        if (key or quoted) not in keys[name]:
            keys[name].append(key or quoted)
    return Reads(least, {}, keys, dict(_destinations(stack)), tuple(dict.fromkeys(_ZONE.findall(text))))


def _destinations(stack: Stack) -> Iterator[tuple[tuple[str, str], str]]:
    """Data source and attribute → a text that the argument takes which it is handed to, where it takes no made-up one."""
    names = Decided(stated(stack.document))
    for section in ("resource", "data"):
        mode = "managed" if section == "resource" else "data"
        for one in module_resources.resources(stack, section):
            facts = shipped_store().find(mode, one.type)  # type: ignore[arg-type]
            if facts is not None:
                yield from _arguments(fields.build(facts).fields, evaluated(one.body, names))


def _arguments(there: dict[str, Field], body: Any) -> Iterator[tuple[tuple[str, str], str]]:
    for part in body if isinstance(body, list) else [body]:
        for name, value in part.items() if isinstance(part, dict) else ():
            if name == "dynamic":
                for block, said in value.items() if isinstance(value, dict) else ():
                    content = [one.get("content") for one in _listed(said) if isinstance(one, dict)]
                    yield from _arguments(there, {block: [inner for one in content for inner in _listed(one)]})
            elif (field := there.get(name)) is not None:
                if field.fields is not None:
                    yield from _arguments(field.fields, value)
                else:
                    yield from _taken(field.elem or field, value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _taken(field: Field, value: Any) -> Iterator[tuple[tuple[str, str], str]]:
    for text in _listed(value):
        if not isinstance(text, str) or not text.startswith("${"):
            continue
        for found in _READ.finditer(text):
            names = re.findall(r"[A-Za-z_][\w-]*", found["path"])
            made = _made(field)
            if names and made is not None:
                yield (found["kind"], names[-1]), made


def _made(field: Field) -> str | None:
    """A text that the argument takes; None where it takes any."""
    enums = [str(one) for check in field.checks if check["kind"] in ("enum", "int_enum") for one in check["args"]]
    bounds = [str(check["args"][0]) for check in field.checks if check["kind"] in ("int_range", "float_range")]
    numeric = field.kind in (Kind.INT, Kind.FLOAT)
    if not enums and not numeric:
        return None
    tried = [*enums, *bounds, *_TRIED]
    return next((one for one in tried if not any(refusals(check, one) for check in field.checks)), None)
