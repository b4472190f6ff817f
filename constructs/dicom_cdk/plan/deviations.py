"""What of an offline plan is not proven: types with behaviour that no rule describes, and types of which no answer was recorded."""

from collections.abc import Iterable

from dicom_cdk import shipped
from dicom_cdk.offline import fields
from dicom_cdk.offline.companions.companion import companion
from dicom_cdk.offline.store import shipped_store


def covered() -> frozenset[str]:
    """Types whose rules are complete and whose answers were compared with the real provider's."""
    lines = shipped.path("provider/types.txt").read_text().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def deviations(types: Iterable[str]) -> dict[str, str]:
    """Resource type to what may differ from the real provider's plan; proven types are left out."""
    known, store, found = covered(), shipped_store(), {}
    for name in sorted(types):
        facts = store.find("managed", name)
        if facts is None or name in known:
            continue
        if facts.provider != "alicloud":
            if not companion(facts).proven:
                found[name] = "planned by its documentation; no answer was recorded"
            continue
        missing = fields.build(facts).unproven
        text = f"not imitated: {', '.join(missing)}" if missing else "nothing known to differ"
        found[name] = f"planned by the general algorithm, unproven; {text}"
    return found
