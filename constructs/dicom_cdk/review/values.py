"""What changed inside a resource, argument by argument, without a value that could be secret."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.plan.redaction import REDACTED, UNMARKED

PAYLOADS = ("user_data", "command_content")
"""Told by file instead."""
SECRET_NAME = re.compile(
    r"(?:^|_)(?:pass|passwd|password|passphrase|pwd|psk|secrets?|secret_?data|tokens?|private_?key|access_?keys?(?:_?secret)?"
    r"|api_?keys?|credentials?|key_pem)$",
    re.IGNORECASE,
)
"""Names of arguments, variables and environment entries whose values are never said."""
LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """One argument: its path, and what is shown of both values; None where there is none."""

    path: str
    before: str | None
    after: str | None


def differences(kind: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    """In order of paths. `kind`: the resource type, whose schema marks secrets; "" for what is none."""
    return tuple(_differing(before, after, "", _hidden(kind)))


def shown(value: Any) -> str:
    """A value as one line of text, short, masked where it is or looks like a secret."""
    clean = _clean(_decoded(value), "")
    text = clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False, sort_keys=True)
    if findings(text):
        return REDACTED
    text = text.replace("\r", "").replace("\n", "\\n")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} letters)"


def _differing(before: Any, after: Any, path: str, hidden: frozenset[str]) -> Iterator[Difference]:
    if before == after:
        return
    before, after = _decoded(before), _decoded(after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            if key == "//" or (not path and key in PAYLOADS) or before.get(key) == after.get(key):
                continue
            below = f"{path}.{key}" if path else key
            if re.sub(r"\[\d+\]", "", below) in hidden or _is_secret(key, before) or _is_secret(key, after):
                yield Difference(below, _masked(before, key), _masked(after, key))
            else:
                yield from _differing(before.get(key), after.get(key), below, hidden)
    elif _alike(before, after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{path}[{place}]", hidden)
    else:
        yield Difference(path, None if before is None else shown(before), None if after is None else shown(after))


def _is_secret(key: str, beside: dict[str, Any]) -> bool:
    """By the key's name, or as the value of a named entry: ``{name: DB_PASSWORD, value: …}``."""
    if SECRET_NAME.search(key):
        return True
    names = [beside.get(name) for name in ("name", "key", "Name", "Key")]
    return key.lower() == "value" and any(isinstance(name, str) and SECRET_NAME.search(name) for name in names)


def _clean(value: Any, key: str) -> Any:
    if key and SECRET_NAME.search(key):
        return REDACTED
    if isinstance(value, dict):
        return {
            name: REDACTED if _is_secret(name, value) else _clean(_decoded(part), name) for name, part in value.items()
        }
    return [_clean(_decoded(part), "") for part in value] if isinstance(value, list) else value


@cache
def _hidden(kind: str) -> frozenset[str]:
    """Dotted paths of arguments that the provider marks, or should."""
    facts = shipped_store().find("managed", kind) if kind else None
    marked = set(_sensitive(facts.schema.get("block", {}), "")) if facts else set()
    return frozenset({*marked, *UNMARKED.get(kind, ())})


def _sensitive(block: dict[str, Any], path: str) -> Iterator[str]:
    for name, body in (block.get("attributes") or {}).items():
        if body.get("sensitive"):
            yield f"{path}{name}"
    for name, body in (block.get("block_types") or {}).items():
        yield from _sensitive(body.get("block") or {}, f"{path}{name}.")


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
