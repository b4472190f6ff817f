"""The guard: what holds data is neither destroyed nor replaced unless somebody says so, by address and with a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dicom_cdk.review.errors import ReviewError

SHORTENED = {
    "alicloud_log_store": ("retention_period", "logs older than the new period"),
    "alicloud_db_backup_policy": ("backup_retention_period", "backups older than the new period"),
}
"""Type → argument that lets data go when it is lowered, and what goes."""
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Loss:
    """What would be lost. `reason`: why it is allowed, "" where nobody allowed it."""

    address: str
    action: str
    what: str
    reason: str = ""


def lost_in_place(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What an update of a resource lets go: action and what. Values that Terraform fills in are not judged."""
    name, what = SHORTENED.get(kind, ("", ""))
    old, new = (str(side.get(name, "")) for side in (before, after))
    if old.isdigit() and new.isdigit() and int(new) < int(old):
        yield f"lower {name} of", what
    if kind == "alicloud_oss_bucket" and _versioned(before) and not _versioned(after):
        yield "stop versioning of", "later overwritten and deleted objects"


def _versioned(bucket: dict[str, Any]) -> bool:
    found = bucket.get("versioning")
    found = found[0] if isinstance(found, list) and found else found
    return isinstance(found, dict) and found.get("status") == "Enabled"


def load_allowed(file: Path) -> dict[str, str]:
    """Address → reason. Raises ReviewError for another form."""
    try:
        entries = yaml.safe_load(file.read_text())
    except OSError as error:
        raise ReviewError(f"{file}: {error.strerror}; name an allow file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReviewError(f"{file}: not YAML: {' '.join(str(error).split())}") from None
    allowed: dict[str, str] = {}
    if not isinstance(entries, list):
        raise ReviewError(f"{file}: got {type(entries).__name__}, allowed is a list of {{address: ..., reason: ...}}")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or set(entry) != {"address", "reason"}:
            raise ReviewError(f"{file}: entry {number}: allowed are exactly the keys address and reason")
        if len(str(entry["reason"]).strip()) < SHORTEST_REASON:
            raise ReviewError(
                f"{file}: entry {number}: reason is {entry['reason']!r}, allowed are {SHORTEST_REASON} letters or more; "
                "say why the data may go"
            )
        allowed[str(entry["address"])] = str(entry["reason"]).strip()
    return allowed


def refuse_unknown(allowed: dict[str, str], losses: Sequence[Loss], file: Path) -> None:
    """An entry that fits nothing is a mistake: perhaps it means something else that goes. Raises ReviewError."""
    unknown = sorted(set(allowed) - {loss.address for loss in losses})
    if unknown:
        there = ", ".join(sorted(loss.address for loss in losses)) or "nothing that holds data"
        raise ReviewError(
            f"{file}: {', '.join(unknown)} is not lost by this change; lost is: {there}; correct the address"
        )
