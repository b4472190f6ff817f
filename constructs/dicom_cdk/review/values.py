"""What changed inside a resource, argument by argument, without a value that could be secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.plan.redaction import REDACTED, UNMARKED

SECRET = {
    "alicloud_rds_account": ("account_password",),
    "alicloud_instance": ("password",),
    "alicloud_ram_login_profile": ("password",),
}
"""Arguments that the provider does mark; here no plan says so."""
PAYLOADS = ("user_data", "command_content")
"""Told by file instead."""
LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """One argument: its path, and what is shown of both values; None where there is none."""

    path: str
    before: str | None
    after: str | None


def differences(kind: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    """In order of paths."""
    hidden = {*UNMARKED.get(kind, ()), *SECRET.get(kind, ())}
    return tuple(_differing(before, after, "", kind, hidden))


def shown(value: Any) -> str:
    """A value as text, short, masked where it looks like a secret."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if findings(text):
        return REDACTED
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} letters)"


def _differing(before: Any, after: Any, path: str, kind: str, hidden: set[str]) -> Iterator[Difference]:
    if before == after:
        return
    before, after = _decoded(before), _decoded(after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            if key == "//" or (not path and key in PAYLOADS):
                continue
            below = f"{path}.{key}" if path else key
            if not path and key in hidden:
                if before.get(key) != after.get(key):
                    yield Difference(below, _masked(before, key), _masked(after, key))
            else:
                yield from _differing(before.get(key), after.get(key), below, kind, hidden)
    elif _alike(before, after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{path}[{place}]", kind, hidden)
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
