"""What changed inside a resource, argument by argument, without a value that could be secret."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dicom_cdk.payload.readable import is_file
from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.redaction.secret_values import REDACTED, clean, hidden, is_secret

LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """One argument: its path, and what is shown of both values; None where there is none."""

    path: str
    before: str | None
    after: str | None


def differences(
    kind: str, before: dict[str, Any], after: dict[str, Any], secret: frozenset[str] = frozenset()
) -> tuple[Difference, ...]:
    """In order of paths. `kind`: the resource type, whose schema marks secrets; "" for what is none. `secret`: further paths."""
    return tuple(_differing(before, after, "", _Places(kind, hidden(kind) | secret)))


def without(found: Sequence[Difference], secrets: frozenset[str]) -> tuple[Difference, ...]:
    """The same without texts that are secret elsewhere: a literal may reach a secret place by for_each, a local or a module."""

    def safe(text: str | None) -> str | None:
        return None if text is None else scrubbed(text, secrets)

    return tuple(Difference(one.path, safe(one.before), safe(one.after)) for one in found)


@dataclass(frozen=True)
class _Places:
    """What is not shown of a type: `secret` paths; and its payloads, which are told by file."""

    kind: str
    secret: frozenset[str]


def shown(value: Any) -> str:
    """A value as one line of text, short, masked where it is or looks like a secret."""
    safe = clean(_decoded(value))
    text = safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False, sort_keys=True)
    text = text.replace("\r", "").replace("\n", "\\n")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} letters)"


def _differing(before: Any, after: Any, path: str, places: _Places) -> Iterator[Difference]:
    if before == after:
        return
    before, after = _decoded(before), _decoded(after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            below = f"{path}.{key}" if path else key
            if key == "//" or before.get(key) == after.get(key) or _by_file(places, below, before, after, key):
                continue
            if re.sub(r"\[\d+\]", "", below) in places.secret or is_secret(key, before) or is_secret(key, after):
                yield Difference(below, _masked(before, key), _masked(after, key))
            else:
                yield from _differing(before.get(key), after.get(key), below, places)
    elif _alike(before, after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{path}[{place}]", places)
    else:
        yield Difference(path, None if before is None else shown(before), None if after is None else shown(after))


def _by_file(places: _Places, path: str, before: dict[str, Any], after: dict[str, Any], key: str) -> bool:
    texts = [one.get(key) for one in (before, after)]
    return bool(places.kind) and all(
        one is None or (isinstance(one, str) and is_file(places.kind, path, one)) for one in texts
    )


def _alike(before: Any, after: Any) -> bool:
    """Two lists of maps, one for one."""
    return (
        isinstance(before, list)
        and isinstance(after, list)
        and len(before) == len(after)
        and all(isinstance(one, dict) for one in (*before, *after))
    )


def _masked(values: dict[str, Any], key: str) -> str | None:
    return REDACTED if key in values else None


def _decoded(value: Any) -> Any:
    """JSON text is compared by what it says."""
    if isinstance(value, str) and value[:1] in "{[" and value[-1:] in "]}":
        try:
            return read_json(value)
        except ValueError:
            return value
    return value
