"""A provider that plans what is new with all that an apply would leave: one plan then gives the state, and nothing is applied."""

from dataclasses import dataclass, field, replace

from dicom_cdk.offline.planning.plan import Planned
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import TypeFacts
from dicom_cdk.offline.values import Value, holds_unknown

Kept = dict[tuple[str, str], bytes]
"""Type and id of a resource → what the provider keeps beside its state."""


@dataclass
class Settling(Service):
    """A Service with `applies`, less the second walk that an apply takes for the same answers."""

    kept: Kept = field(default_factory=dict)

    def _planned(self, facts: TypeFacts, prior: Value, proposed: Value, config: Value, private: bytes) -> Planned:
        planned = super()._planned(facts, prior, proposed, config, private)
        refused = any(not one.warning for one in planned.diagnostics)
        # What the configuration leaves open is not made up: an apply would know it.
        if prior is not None or planned.value is None or refused or holds_unknown(config):
            return planned
        value, beside = self._left(facts, None, planned.value, b"")
        if beside:
            self.kept[facts.name, str(value.get("id"))] = beside
        return replace(planned, value=value)

    def __hash__(self) -> int:
        return id(self)
