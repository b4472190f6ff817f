"""The guard: what holds data is neither destroyed nor replaced unless somebody says so, by address and with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from dicom_cdk.payload import yaml_text
from dicom_cdk.review.errors import ReviewError
from dicom_cdk.text_files import text_of

SHORTEST_REASON = 10


@dataclass(frozen=True)
class Loss:
    """What would be lost. `reason`: why it is allowed, "" where nobody allowed it; `came_from`: the address before, of what is
    moved in the same change."""

    address: str
    action: str
    what: str
    reason: str = ""
    came_from: str = ""

    @property
    def told(self) -> str:
        """In words, without the reason."""
        moved = f", moved from {self.came_from}" if self.came_from else ""
        return f"{self.action} {self.address}{moved}: {self.what}"


def load_allowed(file: Path) -> dict[str, str]:
    """Address → reason. Raises ReviewError for another form."""
    try:
        entries = yaml_text.document(text_of(file, marked=True))
    except OSError as error:
        raise ReviewError(f"{file}: {error.strerror}; name an allow file") from None
    except (yaml.YAMLError, ValueError) as error:
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
