"""The facts about the four providers: schema, overlay and rules, each type decoded when it is first asked for.

The files are one line of sorted JSON each: a type's text is found by its key and only that part is decoded, since decoding all of
them costs more than a whole plan.

Over 200 lines: one store of all that is known of a type, from the files that hold it.
"""

import functools
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dicom_cdk import shipped

Json: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["managed", "data", "ephemeral"]

ADDRESSES = {
    "alicloud": "aliyun/alicloud",
    "random": "hashicorp/random",
    "tls": "hashicorp/tls",
    "time": "hashicorp/time",
    "null": "hashicorp/null",
    "local": "hashicorp/local",
}
"""Local name to source address without host, of every provider that is served."""

VERSIONS = {
    "alicloud": "1.289.0",
    "random": "3.9.0",
    "tls": "4.2.1",
    "time": "0.14.0",
    "null": "3.2.4",
    "local": "2.5.3",
}
"""The releases the facts were recorded from; null and local are written from their documentation (provider/companions.json)."""

BASE = VERSIONS["alicloud"]
"""The release that provider/ holds whole, and whose verdicts were recorded."""

_SCHEMA_SECTION: dict[Mode, str] = {
    "managed": "resource_schemas",
    "data": "data_source_schemas",
    "ephemeral": "ephemeral_resource_schemas",
}
_OVERLAY_SECTION: dict[Mode, str] = {"managed": "resources", "data": "data_sources"}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """All that is known of one resource type, data source or ephemeral resource.

    `schema`: {block, version} as `terraform providers schema -json` has it. `overlay`: what that leaves out (empty for companions).
    `rules`: suppress, state, set_hash and customize_diff rules.
    """

    provider: str
    mode: Mode
    name: str
    schema: Json
    overlay: Json
    rules: list[Json]


class _Section:
    """The members of one JSON object inside a long text, found by name."""

    def __init__(self, text: str, start: int, end: int, marker: str) -> None:
        self._text, self._start, self._end, self._marker = text, start, end, marker
        self._last = ("", start)

    def member(self, name: str) -> Json | None:
        key = f'"{name}":{{'
        # Members are sorted, and are mostly asked for in that order.
        last, place = self._last
        at = self._text.find(key, place if name > last else self._start, self._end)
        while at >= 0:
            found, _ = _DECODER.raw_decode(self._text, at + len(key) - 1)
            # A nested field may carry a type's name; only a type has the marker key.
            if self._marker in found:
                self._last = (name, at)
                return dict(found)
            at = self._text.find(key, at + 1, self._end)
        return None

    def all(self) -> dict[str, Json]:
        whole: dict[str, Json]
        whole, _ = _DECODER.raw_decode(self._text, self._start)
        return whole


class FactStore:
    """Facts of a folder, schema.json.gz and what stands beside it. Safe for use by many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._types: dict[tuple[Mode, str], TypeFacts | None] = {}

    def find(self, mode: Mode, name: str) -> TypeFacts | None:
        """The facts of a type, None for one that no provider has."""
        key = (mode, name)
        if key not in self._types:
            self._types[key] = self._load(mode, name)
        return self._types[key]

    def provider_block(self, provider: str) -> Json:
        """{block, version} of the provider's own configuration."""
        schema, start, _ = self._provider_span(provider)
        at = schema.index('"provider":{', start)
        found, _ = _DECODER.raw_decode(schema, at + len('"provider":'))
        return dict(found)

    def provider_fields(self, provider: str) -> Json:
        """Overlay of the provider's own configuration, {} where there is none."""
        if provider != "alicloud":
            return {}
        text = self._overlay_text
        found, _ = _DECODER.raw_decode(
            text, text.rindex('"provider":{', 0, text.index('"provider_version":"')) + len('"provider":')
        )
        return dict(found)

    def names(self, provider: str, mode: Mode) -> list[str]:
        """Every type of a provider, sorted."""
        section = self._schema_section(provider, mode)
        return sorted(section.all()) if section else []

    def schemas(self, provider: str, mode: Mode) -> dict[str, Json]:
        """{block, version} of every type of a provider, sorted by name: for all of them a tenth of the time of asking for each."""
        section = self._schema_section(provider, mode)
        return dict(sorted(section.all().items())) if section else {}

    def rules_of(self, name: str) -> list[Json]:
        """The rules given as data for a resource type."""
        return self._rules.get(name, [])

    def read_back(self, name: str) -> Json:
        """Attribute (dotted, without indexes) to what Create and Read leave in the state, of a resource type."""
        found: Json = self._read_back.get(name, {})
        return found

    def actions(self) -> Json:
        """actions.json: the cloud API actions that types need (provider/README.md)."""
        return self._actions

    def covered(self) -> frozenset[str]:
        """Resource types with at least one rule given as data."""
        return frozenset(self._rules)

    def _load(self, mode: Mode, name: str) -> TypeFacts | None:
        provider = name.partition("_")[0]
        if provider not in ADDRESSES:
            return None
        section = self._schema_section(provider, mode)
        schema = section.member(name) if section else None
        if schema is None:
            return None
        overlay: Json = {}
        if provider == "alicloud":
            overlay = self._overlay_section(mode).member(name) or {}
        return TypeFacts(provider, mode, name, schema, overlay, self.rules_of(name) if mode == "managed" else [])

    @functools.cached_property
    def _schema_text(self) -> str:
        # One text: a provider's part is found by its address, whichever file it is in.
        more = (self._folder / "companions.json").read_text(encoding="utf-8")
        return _unpacked(self._folder / "schema.json.gz") + more

    @functools.cached_property
    def _overlay_text(self) -> str:
        return _unpacked(self._folder / "overlay.json.gz")

    @functools.cached_property
    def _rules(self) -> dict[str, list[Json]]:
        by_type: dict[str, list[Json]] = {}
        for rule in json.loads((self._folder / "suppress.json").read_text(encoding="utf-8")):
            by_type.setdefault(rule["type"], []).append(rule)
        return by_type

    @functools.cached_property
    def _read_back(self) -> dict[str, Json]:
        found: dict[str, Json] = json.loads((self._folder / "read-back.json").read_text(encoding="utf-8"))
        return found

    @functools.cached_property
    def _actions(self) -> Json:
        found: Json = json.loads((self._folder / "actions.json").read_text(encoding="utf-8"))
        return found

    def _provider_span(self, provider: str) -> tuple[str, int, int]:
        text, start = self._schema_text, self._starts[provider]
        if start < 0:
            raise ValueError(f"{self._folder / 'schema.json.gz'}: no schema of {ADDRESSES[provider]}")
        following = [at for at in self._starts.values() if at > start]
        return text, start, min(following, default=len(text))

    @functools.cached_property
    def _starts(self) -> dict[str, int]:
        """Where each provider's part begins, -1 for none."""
        return {name: self._schema_text.find(f'/{address}":{{') for name, address in ADDRESSES.items()}

    @functools.cache  # noqa: B019 - one store lives as long as the process
    def _schema_section(self, provider: str, mode: Mode) -> _Section | None:
        text, start, end = self._provider_span(provider)
        spans = {
            section: text.find(f'"{section}":{{', start, end) for section in (*_SCHEMA_SECTION.values(), "provider")
        }
        at = spans[_SCHEMA_SECTION[mode]]
        if at < 0:
            return None
        stop = min((other for other in spans.values() if other > at), default=end)
        return _Section(text, at + len(_SCHEMA_SECTION[mode]) + 3, stop, "block")

    @functools.cache  # noqa: B019
    def _overlay_section(self, mode: Mode) -> _Section:
        text = self._overlay_text
        # Top keys are sorted; a field may be called `resources` or `provider` too, so look only behind the key before it.
        data = text.index('"data_sources":{')
        resources = text.index('"resources":{', text.index('"provider_version":"', data))
        start, stop = (data, resources) if mode == "data" else (resources, len(text))
        return _Section(text, start + len(_OVERLAY_SECTION[mode]) + 3, stop, "fields")


def _unpacked(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


@functools.cache
def shipped_store() -> FactStore:
    """The facts that ship with the project."""
    return FactStore(shipped.path("provider/schema.json.gz").parent)
