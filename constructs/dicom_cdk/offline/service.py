"""The calls of plugin protocol 5 for one provider (facts: offline-plan 2 and 3): bytes of a request in, bytes of an answer out.

Over 200 lines: the calls of one protocol, a method each.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dicom_cdk.offline import dynamic_value, fields, schema_message, wire
from dicom_cdk.offline.answers import Answers
from dicom_cdk.offline.diagnostics import Diagnostic, messages, steps
from dicom_cdk.offline.planning.importing import IMPORTED, still_open
from dicom_cdk.offline.planning.plan import Planned, plan
from dicom_cdk.offline.planning.unproven import Unproven, read_by_rules
from dicom_cdk.offline.reading.surroundings import Surroundings
from dicom_cdk.offline.shapes import complete
from dicom_cdk.offline.store import FactStore, Mode, TypeFacts
from dicom_cdk.offline.validation.nulls import null_elements
from dicom_cdk.offline.validation.walk import Walk, validate
from dicom_cdk.offline.values import Value

if TYPE_CHECKING:
    # Few plans apply, or have a type of another provider; the first answer is not to wait for what they need.
    from dicom_cdk.offline.companions.companion import Companion
    from dicom_cdk.offline.reading.state import Applied

Call = Callable[[wire.Fields], bytes]


@dataclass
class Service:
    """One provider. `types` are the types that are served, None for all; `applies` opens the made-up apply.

    `region`: of what an apply makes. Of several provider blocks a call does not say whose it is; empty takes the last one's.
    """

    provider: str
    store: FactStore
    types: Mapping[Mode, Iterable[str]] | None = None
    answers: Answers = field(default_factory=Answers)
    applies: bool = False
    region: str = ""
    _features: dict[str, Any] = field(default_factory=dict)
    _surroundings: Surroundings = field(default_factory=Surroundings)
    _judged: dict[tuple[Mode, str, bytes], bytes] = field(default_factory=dict)
    """Verdicts on configurations: Terraform asks for each twice in a plan."""

    def calls(self) -> dict[str, Call]:
        """Method of tfplugin5.Provider to what answers it."""
        return {
            "GetSchema": self.get_schema,
            "PrepareProviderConfig": self.prepare_provider_config,
            "ValidateResourceTypeConfig": functools.partial(self.validate, "managed"),
            "ValidateDataSourceConfig": functools.partial(self.validate, "data"),
            "UpgradeResourceState": self.upgrade_resource_state,
            "Configure": self.configure,
            "ReadResource": self.read_resource,
            "PlanResourceChange": self.plan_resource_change,
            "ApplyResourceChange": self.apply_resource_change,
            "ImportResourceState": self.import_resource_state,
            "ReadDataSource": self.read_data_source,
            "ValidateEphemeralResourceConfig": functools.partial(self.validate, "ephemeral"),
            "OpenEphemeralResource": self.open_ephemeral_resource,
            "RenewEphemeralResource": lambda _: b"",
            "CloseEphemeralResource": lambda _: b"",
            "Stop": lambda _: b"",
        }

    def get_schema(self, _: wire.Fields) -> bytes:
        return self._schema

    @functools.cached_property
    def _schema(self) -> bytes:
        if self.types is None:
            return schema_message.whole(self.store, self.provider)
        served: dict[Mode, dict[str, Any]] = {"managed": {}, "data": {}}
        for mode, schemas in served.items():
            for name in sorted(self.types.get(mode, ())):
                facts = self.store.find(mode, name)
                if facts is not None and facts.provider == self.provider:
                    schemas[name] = facts.schema
        return schema_message.answer(self.store, self.provider, served)

    def prepare_provider_config(self, request: wire.Fields) -> bytes:
        found: list[Diagnostic] = []
        config = dynamic_value.of(request, 1)
        if self.provider == "alicloud" and isinstance(config, dict):
            found = Walk(fields.build_provider(self.store), config).whole()
        return wire.field(1, wire.data_of(request, 1)) + messages(2, found)

    def configure(self, request: wire.Fields) -> bytes:
        config = dynamic_value.of(request, 2)
        if isinstance(config, dict):
            self._surroundings.region = self.region or _text(config.get("region")) or self._surroundings.region
            self._surroundings.account = _text(config.get("account_id")) or self._surroundings.account
        switches = config.get("features") if isinstance(config, dict) else None
        if isinstance(switches, list):
            self._features = {key: value for one in switches if isinstance(one, dict) for key, value in one.items()}
        return b""

    def validate(self, mode: Mode, request: wire.Fields) -> bytes:
        key = (mode, wire.text_of(request, 1), wire.data_of(request, 2))
        if key not in self._judged:
            self._judged[key] = self._validate(mode, request)
        return self._judged[key]

    def _validate(self, mode: Mode, request: wire.Fields) -> bytes:
        facts, config = self._facts(mode, wire.text_of(request, 1)), dynamic_value.of(request, 2)
        if facts is None or not isinstance(config, dict):
            return messages(1, _unknown_type(wire.text_of(request, 1)))
        if facts.provider != "alicloud":
            return messages(1, _companion(facts).validate(config))
        return messages(1, validate(self._described(mode, facts.name), config))

    def upgrade_resource_state(self, request: wire.Fields) -> bytes:
        facts = self._facts("managed", wire.text_of(request, 1))
        if facts is None:
            return messages(2, _unknown_type(wire.text_of(request, 1)))
        try:
            given = json.loads(wire.data_of(wire.decode(wire.data_of(request, 3)), 1))
        except ValueError as error:
            return messages(2, [Diagnostic("State cannot be read", f"{facts.name}: the state is not JSON: {error}.")])
        found = complete(facts.schema["block"], given)
        self._remember(found)
        return dynamic_value.field(1, found)

    def read_resource(self, request: wire.Fields) -> bytes:
        return wire.always(1, wire.data_of(request, 2)) + wire.field(3, wire.data_of(request, 3))

    def plan_resource_change(self, request: wire.Fields) -> bytes:
        name = wire.text_of(request, 1)
        facts = self._facts("managed", name)
        if facts is None:
            return messages(4, _unknown_type(name))
        prior, proposed, config = (dynamic_value.of(request, number) for number in (2, 3, 4))
        private = wire.data_of(request, 5)
        imported = private == IMPORTED and prior is not None and proposed is not None
        planned = (
            self._imported(facts, prior, config) if imported else self._planned(facts, prior, proposed, config, private)
        )
        return b"".join(
            (
                dynamic_value.field(1, planned.value),
                wire.repeated(2, map(steps, planned.replace)),
                wire.field(3, private),
                messages(4, planned.diagnostics),
                wire.field(5, facts.provider == "alicloud"),
            )
        )

    def _planned(self, facts: TypeFacts, prior: Value, proposed: Value, config: Value, private: bytes) -> Planned:
        if facts.provider != "alicloud":
            return _companion(facts).plan(prior, proposed, config)
        nulls = null_elements(proposed)
        if nulls:
            return Planned(proposed, diagnostics=nulls)
        unproven = Unproven.read(private, prior, proposed)
        return plan(self._described("managed", facts.name), prior, proposed, self._features, unproven)

    def _imported(self, facts: TypeFacts, prior: Value, config: Value) -> Planned:
        """What the cloud holds is taken as what the configuration says: never a replacement; the id is the imported one."""
        planned = self._planned(facts, None, config, config, b"")
        if not isinstance(planned.value, dict) or any(not one.warning for one in planned.diagnostics):
            return planned
        value = still_open(self._applied(facts, planned.value).value, config)
        if isinstance(prior, dict) and "id" in value:
            value["id"] = prior.get("id")
        return Planned(value, diagnostics=planned.diagnostics)

    def apply_resource_change(self, request: wire.Fields) -> bytes:
        name = wire.text_of(request, 1)
        facts = self._facts("managed", name)
        if facts is None:
            return messages(3, _unknown_type(name))
        prior, planned = wire.data_of(request, 2), dynamic_value.of(request, 3)
        if not self.applies:
            text = (
                f"{name}: the offline provider creates nothing. Apply with the real provider, or rehearse with --apply."
            )
            return wire.always(1, prior) + messages(3, [Diagnostic("Nothing can be applied offline", text)])
        value, private = self._left(facts, dynamic_value.decoded(prior), planned, wire.data_of(request, 5))
        return dynamic_value.field(1, value) + wire.field(2, private) + wire.field(4, facts.provider == "alicloud")

    def _left(self, facts: TypeFacts, prior: Value, planned: Value, private: bytes) -> tuple[Value, bytes]:
        """A resource's state after its apply, and what is kept beside it."""
        applied = self._applied(facts, planned)
        asked = applied.unproven & read_by_rules(facts.rules)
        return applied.value, Unproven.keep(private, prior, applied.value, asked)

    def _applied(self, facts: TypeFacts, planned: Value) -> "Applied":
        from dicom_cdk.offline.reading import state

        if facts.provider != "alicloud":
            return state.by_schema(facts.name, facts.schema["block"], planned)
        rules = self.store.read_back(facts.name)
        applied = state.by_facts(self._described("managed", facts.name), rules, planned, self._surroundings)
        self._remember(applied.value)
        return applied

    def _remember(self, resource: Value) -> None:
        """For the facts that follow from another resource, such as the zone of a vSwitch."""
        if isinstance(resource, dict) and isinstance(resource.get("id"), str):
            self._surroundings.neighbours[resource["id"]] = resource

    def import_resource_state(self, request: wire.Fields) -> bytes:
        name, identity = wire.text_of(request, 1), wire.text_of(request, 2)
        facts = self._facts("managed", name)
        if facts is None:
            return messages(2, _unknown_type(name))
        found = complete(facts.schema["block"], {"id": identity})
        return wire.always(1, wire.field(1, name) + dynamic_value.field(2, found) + wire.field(3, IMPORTED))

    def read_data_source(self, request: wire.Fields) -> bytes:
        name = wire.text_of(request, 1)
        facts = self._facts("data", name)
        config = dynamic_value.of(request, 2)
        if facts is None or not isinstance(config, dict):
            return messages(2, _unknown_type(name))
        known = _companion(facts).read(config) if facts.provider != "alicloud" else None
        if known is not None:
            return dynamic_value.field(1, known)
        answered, found = self.answers.read(name, facts.schema["block"], config)
        return dynamic_value.field(1, answered) + messages(2, found)

    def open_ephemeral_resource(self, request: wire.Fields) -> bytes:
        name, config = wire.text_of(request, 1), dynamic_value.of(request, 2)
        facts = self._facts("ephemeral", name)
        if facts is None or not isinstance(config, dict):
            return messages(1, _unknown_type(name))
        from dicom_cdk.offline import ephemeral

        return dynamic_value.field(3, ephemeral.opened(facts, config))

    def _facts(self, mode: Mode, name: str) -> TypeFacts | None:
        facts = self.store.find(mode, name)
        return facts if facts is not None and facts.provider == self.provider else None

    @functools.cache  # noqa: B019 - a service lives as long as its server
    def _described(self, mode: Mode, name: str) -> fields.ResourceFields:
        facts = self.store.find(mode, name)
        assert facts is not None
        return fields.build(facts)

    def __hash__(self) -> int:
        return id(self)


def answer(call: Call, request: bytes) -> bytes:
    """What a call says to the bytes of a request. Raises MalformedMessageError, MalformedValueError."""
    return call(wire.decode(request))


def _companion(facts: TypeFacts) -> "Companion":
    from dicom_cdk.offline.companions.companion import companion

    return companion(facts)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _unknown_type(name: str) -> list[Diagnostic]:
    return [Diagnostic("Unknown type", f"{name}: this provider has no such type; see `terraform providers schema`.")]
