"""The schema that a provider's functions build, as the overlay has it (provider/README.md).

Over 200 lines: one walk over a provider's schemas, whatever is asked of them.
"""

import re
from collections.abc import Iterator
from typing import Any

from provider.derive.checks import Checks, Json
from provider.derive.evaluate import Evaluator
from provider.derive.functions import Hashes
from provider.derive.golang import PACKAGE, Checkout, NotTheProvider
from provider.derive.language import SECOND
from provider.derive.values import Call, Function, Opaque, Struct

FLAGS = {
    "Required": "required",
    "Optional": "optional",
    "Computed": "computed",
    "ForceNew": "force_new",
    "Sensitive": "sensitive",
}
LISTS = {
    "ConflictsWith": "conflicts_with",
    "ExactlyOneOf": "exactly_one_of",
    "AtLeastOneOf": "at_least_one_of",
    "RequiredWith": "required_with",
}
LIMITS = {"MaxItems": "max_items", "MinItems": "min_items"}
FUNCTIONS = {"DiffSuppressFunc": "diff_suppress", "StateFunc": "state_func", "Set": "set_func"}
TOLD = {"Deprecated": "deprecated", "Removed": "removed"}
OPERATIONS = ("Create", "Read", "Update", "Delete", "Default")
SHOWN = 5
QUOTED = re.compile(r"['`\"]([A-Za-z][A-Za-z0-9_.]*)['`\"]")


class Overlay:
    """What one checkout says. `functions`: kind to name to hash; `unread`: what was not understood, each with its place."""

    def __init__(self, checkout: Checkout) -> None:
        self._evaluator = Evaluator(checkout)
        self._hashes = Hashes(checkout)
        self._checks = Checks(self._hashes)
        self._checkout = checkout
        self.functions: dict[str, dict[str, str]] = {}
        self._unread: list[str] = []

    def facts(self, version: str) -> Json:
        """The overlay of all types and of the provider itself. Raises NotTheProvider."""
        provider = self._evaluator.call(PACKAGE, "Provider")
        if not isinstance(provider, Struct) or not isinstance(provider["ResourcesMap"], dict):
            raise NotTheProvider(f"{self._checkout.root}/{PACKAGE}/provider.go: Provider() gives no map of resources")
        self._whole = provider
        self._refuse_missing({**provider["ResourcesMap"], **(provider["DataSourcesMap"] or {})})
        return {
            "provider": self._fields(provider["Schema"]),
            "provider_version": version,
            "sdk_version": self._checkout.sdk,
            "resources": dict(self._types(provider["ResourcesMap"], managed=True)),
            "data_sources": dict(self._types(provider["DataSourcesMap"] or {}, managed=False)),
        }

    def _refuse_missing(self, types: Json) -> None:
        """A function that no file declares is a hole in the checkout, not an unusual form of Go."""
        missing = [
            name
            for name, one in types.items()
            if isinstance(one, Call) and "." not in one.name and (PACKAGE, one.name) not in self._checkout.functions
        ]
        if missing:
            raise NotTheProvider(
                f"{self._checkout.root}/{PACKAGE}: {len(missing)} of {len(types)} types are not there: "
                f"{', '.join(sorted(missing)[:SHOWN])}; half a checkout? get all of it again"
            )

    @property
    def unread(self) -> list[str]:
        """Sorted, each once."""
        return sorted({*self._unread, *self._checks.unread, *self._evaluator.unread})

    def operations(self) -> dict[str, dict[str, Function]]:
        """Type to operation (create, read, update, delete) to its function; data sources as `data.NAME`."""
        found: dict[str, dict[str, Function]] = {}
        for prefix, section in (("", "ResourcesMap"), ("data.", "DataSourcesMap")):
            for name, one in (self._whole[section] or {}).items():
                if isinstance(one, Struct):
                    found[prefix + name] = {
                        key.lower(): one[key] for key in OPERATIONS[:4] if isinstance(one[key], Function)
                    }
        return found

    def suppressing(self) -> Iterator[tuple[str, str, Function]]:
        """Type, dotted attribute and function of every difference that a function may suppress."""
        for name, one in sorted(self._whole["ResourcesMap"].items()):
            if isinstance(one, Struct):
                yield from ((name, attr, function) for attr, function in _suppressing(one["Schema"], ""))

    def arguments(self, name: str) -> frozenset[str]:
        """The top arguments of a resource type."""
        return frozenset(self._whole["ResourcesMap"][name]["Schema"])

    def hash_of(self, function: Function) -> str:
        """What the function is known by."""
        return self._hashes.of(function)

    def _types(self, types: Json, *, managed: bool) -> Iterator[tuple[str, Json]]:
        for name in sorted(types):
            if isinstance(types[name], Struct):
                yield name, self._type(name, types[name], managed=managed)
            else:
                self._unread.append(f"{getattr(types[name], 'place', '')}: the type {name}")

    def _type(self, name: str, given: Struct, *, managed: bool) -> Json:
        found: Json = {
            "fields": self._fields(given["Schema"]),
            "schema_version": given["SchemaVersion"] or 0,
            "updatable": managed and given["Update"] is not None,
        }
        if given["CustomizeDiff"] is not None:
            found["customize_diff"] = True
            self._remember("customize_diff", name, given["CustomizeDiff"])
        if given["Importer"] is not None:
            found["importable"] = True
        timeouts = given["Timeouts"]
        if isinstance(timeouts, Struct):
            found["timeouts_s"] = {
                one.lower(): _seconds(timeouts[one]) for one in OPERATIONS if timeouts[one] is not None
            }
        found.update(_message(given["DeprecationMessage"], "deprecated", name))
        return found

    def _fields(self, given: Any) -> Json:
        if not isinstance(given, dict):
            self._unread.append(f"{getattr(given, 'place', '')}: fields {getattr(given, 'text', given)}")
            return {}
        found = {}
        for name in sorted(given):
            if isinstance(given[name], Struct):
                found[name] = self._field(given[name], name)
            else:
                self._unread.append(f"{getattr(given[name], 'place', '')}: the field {name}")
        return found

    def _field(self, given: Struct, name: str = "") -> Json:
        found: Json = {"type": given["Type"]}
        found.update({ours: True for theirs, ours in FLAGS.items() if given[theirs] is True})
        for theirs, ours in {**LISTS, **LIMITS}.items():
            if isinstance(given[theirs], Opaque | Call):
                self._not_read(theirs, given)
            elif given[theirs]:
                found[ours] = given[theirs]
        for theirs, ours in TOLD.items():
            found.update(_message(given[theirs], ours, name))
        found.update(self._default(given))
        for theirs, ours in FUNCTIONS.items():
            if given[theirs] is not None:
                found[ours] = True
                found[f"{ours}_name"] = self._remember(ours, "", given[theirs])
        if given["ValidateFunc"] is not None:
            found["validate"] = self._checks.of(given["ValidateFunc"])
        inner = given["Elem"]
        if isinstance(inner, Struct) and inner.type.endswith("Resource"):
            found["block"] = self._fields(inner["Schema"])
        elif isinstance(inner, Struct):
            found["elem"] = self._field(inner)
        elif isinstance(inner, str):
            found["elem"] = {"type": inner}
        elif inner is not None:
            self._unread.append(f"{given.place}: the element {getattr(inner, 'text', inner)}")
        return found

    def _default(self, given: Struct) -> Json:
        if given["Default"] is not None:
            return {"default": given["Default"]} if _plain(given["Default"]) else self._not_read("default", given)
        makes = given["DefaultFunc"]
        if isinstance(makes, Call) and makes.name in ("schema.EnvDefaultFunc", "schema.MultiEnvDefaultFunc"):
            names, value = makes.arguments
            found = {"env_default": list(names) if isinstance(names, list) else [names]}
            return found if value is None else {**found, "default": value}
        return {} if makes is None else self._not_read("default", given)

    def _not_read(self, what: str, given: Struct) -> Json:
        self._unread.append(f"{given.place}: the {what}")
        return {}

    def _remember(self, kind: str, key: str, given: Any) -> str:
        """The name of a function, its hash kept."""
        if isinstance(given, Function):
            self.functions.setdefault(kind, {})[key or given.name] = self._hashes.of(given)
            return given.name
        name = given.text if isinstance(given, Opaque) else str(getattr(given, "name", given))
        self.functions.setdefault(kind, {})[key or name] = name
        return name


def _suppressing(fields: Any, path: str) -> Iterator[tuple[str, Function]]:
    for name, one in sorted(fields.items()) if isinstance(fields, dict) else ():
        if isinstance(one, Struct):
            if isinstance(one["DiffSuppressFunc"], Function):
                yield path + name, one["DiffSuppressFunc"]
            if isinstance(one["Elem"], Struct):
                yield from _suppressing(one["Elem"]["Schema"], f"{path}{name}.")


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) or value == {}


def _seconds(value: Any) -> Any:
    return value // SECOND if isinstance(value, int) else value


def _message(given: Any, kind: str, own: str) -> Json:
    """The message itself is not kept: only the last name in it, beside `own`."""
    if not given:
        return {}
    names = [one for one in QUOTED.findall(given) if one != own] if isinstance(given, str) else []
    return {kind: True, **({"replaced_by": names[-1]} if names else {})}
