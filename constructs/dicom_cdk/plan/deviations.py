"""What of an offline plan is not proven: types with behaviour that no rule describes, and types of which no answer was recorded.

Run as a program it writes the list of all types, docs/offline-plan-types.md.
"""

from collections.abc import Iterable

from dicom_cdk import shipped
from dicom_cdk.offline import fields
from dicom_cdk.offline.companions.companion import companion
from dicom_cdk.offline.store import ADDRESSES, BASE, shipped_store
from dicom_cdk.offline.versions.store import VersionStore, store_of


def covered() -> frozenset[str]:
    """Types whose rules are complete and whose answers were compared with the real provider's."""
    lines = shipped.path("provider/types.txt").read_text().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def deviations(types: Iterable[str], release: str = BASE) -> dict[str, str]:
    """Resource type to what may differ from the real provider's plan; proven types are left out."""
    known, store, found = covered(), store_of(release), {}
    for name in sorted(types):
        facts = store.find("managed", name)
        # Another release's types count as compared only where it changed neither them nor a function that a rule stands for.
        other = isinstance(store, VersionStore) and store.differs("managed", name)
        stale = isinstance(store, VersionStore) and store.stale(name)
        if facts is None or (name in known and not other and not stale):
            continue
        if facts.provider != "alicloud":
            if not companion(facts).proven:
                found[name] = "planned by its documentation; no answer was recorded"
            continue
        missing = fields.build(facts).unproven
        text = f"not imitated: {', '.join(missing)}" if missing else "nothing known to differ"
        found[name] = f"planned by the general algorithm, unproven; {text}"
    return found


def page() -> str:
    """The list as a page, only types whose plan is known to leave something out."""
    store = shipped_store()
    names = [name for provider in ADDRESSES for name in store.names(provider, "managed")]
    found = deviations(names)
    rows = [f"| `{name}` | {text.partition('; ')[2]} |" for name, text in found.items() if "not imitated" in text]
    others = len(found) - len(rows)
    return "\n".join(
        [
            "# What offline plans do not imitate, by type",
            "",
            "Generated from `provider/` by `make docs`; do not edit. These types carry code in the real provider that no rule",
            "describes: where it matters, an offline plan shows a difference that the real one suppresses, or the other way round.",
            f"A further {others} types have no such code, and no recorded answer either. All other types were compared, see",
            "[offline-plan.md](offline-plan.md).",
            "",
            "| type | not imitated |",
            "| --- | --- |",
            *(row.replace("not imitated: ", "") for row in rows),
            "",
        ]
    )


if __name__ == "__main__":
    (shipped.path("docs/site.schema.json").parent / "offline-plan-types.md").write_text(page())
