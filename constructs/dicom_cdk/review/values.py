"""What changed inside a resource, argument by argument, without a value that could be secret."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.plan.secret_values import REDACTED, clean, hidden, is_secret

PAYLOADS = ("user_data", "command_content")
"""Told by file instead."""
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
    return tuple(_differing(before, after, "", hidden(kind) | secret))


def shown(value: Any) -> str:
    """A value as one line of text, short, masked where it is or looks like a secret."""
    safe = clean(_decoded(value))
    text = safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False, sort_keys=True)
    text = text.replace("\r", "").replace("\n", "\\n")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} letters)"


def _differing(before: Any, after: Any, path: str, secret: frozenset[str]) -> Iterator[Difference]:
    if before == after:
        return
    before, after = _decoded(before), _decoded(after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            if key == "//" or (not path and key in PAYLOADS) or before.get(key) == after.get(key):
                continue
            below = f"{path}.{key}" if path else key
            if re.sub(r"\[\d+\]", "", below) in secret or is_secret(key, before) or is_secret(key, after):
                yield Difference(below, _masked(before, key), _masked(after, key))
            else:
                yield from _differing(before.get(key), after.get(key), below, secret)
    elif _alike(before, after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{path}[{place}]", secret)
    else:
        yield Difference(path, None if before is None else shown(before), None if after is None else shown(after))


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
            return json.loads(value)
        except ValueError:
            return value
    return value
