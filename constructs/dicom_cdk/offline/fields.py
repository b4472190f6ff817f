"""One type's fields as the provider's own SDK sees them: schema, overlay and rules in one tree, built once per type."""

import enum
import functools
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.store import FactStore, Json, TypeFacts


class Kind(enum.Enum):
    """The SDK's value types."""

    STRING = "TypeString"
    INT = "TypeInt"
    FLOAT = "TypeFloat"
    BOOL = "TypeBool"
    LIST = "TypeList"
    SET = "TypeSet"
    MAP = "TypeMap"


PLAIN = frozenset({Kind.STRING, Kind.INT, Kind.FLOAT, Kind.BOOL})
ZERO_TEXT = {Kind.STRING: "", Kind.INT: "0", Kind.FLOAT: "0", Kind.BOOL: "false"}


@dataclass(slots=True)
class Field:
    """One field. `attr` is its dotted path without indexes; `fields` are those of its block, `elem` its plain element.

    `nested`: Terraform sees a nested block; otherwise an attribute. `when`, `state_fn`, `set_hash` come from the rules.
    """

    name: str
    attr: str
    kind: Kind
    required: bool = False
    optional: bool = False
    computed: bool = False
    force_new: bool = False
    default: Any = None
    env_default: tuple[str, ...] = ()
    max_items: int = 0
    min_items: int = 0
    conflicts_with: tuple[str, ...] = ()
    exactly_one_of: tuple[str, ...] = ()
    at_least_one_of: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()
    removed: bool = False
    deprecated: bool = False
    replaced_by: str = ""
    checks: tuple[Json, ...] = ()
    fields: "dict[str, Field] | None" = None
    elem: "Field | None" = None
    nested: bool = False
    when: Json | None = None
    state_fn: str = ""
    set_hash: Json | None = None
    plain: bool = field(init=False)
    """A text, a number or a bool."""
    maps: bool = False
    """A map, a list of maps, or a block with one in it."""

    def __post_init__(self) -> None:
        self.plain = self.kind in PLAIN


@dataclass(slots=True)
class ResourceFields:
    """All fields of a type, `id` included. `unproven`: names of behaviour the overlay mentions and no rule describes."""

    facts: TypeFacts
    fields: dict[str, Field]
    customize: list[Json] = field(default_factory=list)
    timeouts: frozenset[str] = frozenset()
    unproven: tuple[str, ...] = ()


_FLAGS = frozenset({"required", "optional", "computed", "force_new", "removed", "deprecated"})
_NAMES = frozenset({"conflicts_with", "exactly_one_of", "at_least_one_of", "required_with", "env_default"})


def _build(name: str, facts: Json, attr: str, block: Json) -> Field:
    built = Field(name, attr, Kind(facts["type"]), nested=name in block.get("block_types", {}))
    for flag in _FLAGS & facts.keys():
        setattr(built, flag, bool(facts[flag]))
    for names in _NAMES & facts.keys():
        setattr(built, names, tuple(facts[names]))
    built.default = facts.get("default")
    built.max_items = facts.get("max_items", 0)
    built.min_items = facts.get("min_items", 0)
    built.replaced_by = facts.get("replaced_by") or ""
    built.checks = tuple(facts.get("validate", ()))
    if "block" in facts and built.kind is not Kind.MAP:
        inner = block.get("block_types", {}).get(name, {}).get("block", {})
        built.fields = {key: _build(key, part, f"{attr}.{key}", inner) for key, part in sorted(facts["block"].items())}
        built.maps = any(part.maps for part in built.fields.values())
    elif not built.plain:
        built.elem = _build(name, facts.get("elem") or {"type": "TypeString"}, attr, {})
        built.maps = built.kind is Kind.MAP or built.elem.maps
    return built


def _apply_rules(fields: dict[str, Field], rules: list[Json]) -> list[Json]:
    """Hang each rule on its field; gives the steps of customize_diff."""
    steps: list[Json] = []
    for rule in rules:
        if rule["kind"] == "customize_diff":
            steps.extend(rule["steps"])
            continue
        level, found = fields, None
        for part in rule["attr"].split("."):
            found = level[part]
            level = found.fields or {}
        assert found is not None
        if rule["kind"] == "suppress":
            found.when = rule["when"]
        elif rule["kind"] == "state":
            found.state_fn = rule["fn"]
        else:
            found.set_hash = rule
    return steps


def _unproven(facts: Json, fields: dict[str, Field], prefix: str = "") -> list[str]:
    missing = []
    for name, part in facts.items():
        built = fields[name]
        for mark, known in (
            ("diff_suppress", built.when),
            ("state_func", built.state_fn),
            ("set_func", built.set_hash),
        ):
            if part.get(mark) and not known:
                missing.append(f"{mark} of {prefix}{name}")
        if built.fields is not None and "block" in part:
            missing.extend(_unproven(part["block"], built.fields, f"{prefix}{name}."))
    return missing


def build(facts: TypeFacts) -> ResourceFields:
    """The field tree of a type of alicloud."""
    block = facts.schema["block"]
    fields = {name: _build(name, part, name, block) for name, part in sorted(facts.overlay.get("fields", {}).items())}
    fields.setdefault("id", Field("id", "id", Kind.STRING, optional="id" not in fields, computed=True))
    steps = _apply_rules(fields, facts.rules)
    timeouts = block.get("block_types", {}).get("timeouts", {}).get("block", {}).get("attributes", {})
    if "timeouts" in fields:  # a type may have a field of its own by that name
        timeouts = {}
    missing = _unproven(facts.overlay.get("fields", {}), fields)
    if facts.overlay.get("customize_diff") and not steps:
        missing.append("customize_diff")
    return ResourceFields(facts, fields, steps, frozenset(timeouts), tuple(missing))


@functools.cache
def build_provider(store: FactStore) -> dict[str, Field]:
    """The fields of the alicloud provider's own configuration, which Terraform asks about several times a plan."""
    block = store.provider_block("alicloud")["block"]
    return {name: _build(name, part, name, block) for name, part in sorted(store.provider_fields("alicloud").items())}
