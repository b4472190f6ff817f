"""Facts of one release: those of the base, with what is other in it laid over them."""

import functools
from pathlib import Path

from dicom_cdk import shipped
from dicom_cdk.offline.store import BASE, FactStore, Json, Mode, TypeFacts, shipped_store
from dicom_cdk.offline.versions import difference

_SECTION: dict[Mode, str] = {"managed": "resources", "data": "data_sources"}


class VersionStore(FactStore):
    """Facts of the release that a folder's difference describes."""

    def __init__(self, folder: Path, changes: Json) -> None:
        super().__init__(folder)
        self.release: str = changes["version"]
        self._changes = changes
        self._below = shipped_store()

    # What the base has read once is not read again.
    @property
    def _schema_text(self) -> str:
        return self._below._schema_text

    @property
    def _overlay_text(self) -> str:
        return self._below._overlay_text

    @property
    def _rules(self) -> dict[str, list[Json]]:
        return self._below._rules

    @property
    def _read_back(self) -> dict[str, Json]:
        return self._below._read_back

    @functools.cached_property
    def _actions(self) -> Json:
        laid = {**self._below.actions(), **self._changes["actions"]}
        return {name: one for name, one in laid.items() if one is not None}

    def differs(self, mode: Mode, name: str) -> bool:
        """Whether the type is other than in the base."""
        return name in self._changes.get(_SECTION.get(mode, ""), {})

    def stale(self, name: str) -> bool:
        """Whether a rule of the type stands for a function that has another text in this release."""
        return name in self._changes["stale"]

    def provider_block(self, provider: str) -> Json:
        if provider == "alicloud" and "provider" in self._changes:
            found: Json = self._changes["provider"]["schema"]
            return found
        return super().provider_block(provider)

    def provider_fields(self, provider: str) -> Json:
        if provider == "alicloud" and "provider" in self._changes:
            found: Json = self._changes["provider"]["overlay"]
            return found
        return super().provider_fields(provider)

    def names(self, provider: str, mode: Mode) -> list[str]:
        return sorted(self.schemas(provider, mode))

    def schemas(self, provider: str, mode: Mode) -> dict[str, Json]:
        found = super().schemas(provider, mode)
        if provider != "alicloud" or mode not in _SECTION:
            return found
        other = {name: one and one["schema"] for name, one in self._changes[_SECTION[mode]].items()}
        return {name: one for name, one in sorted({**found, **other}.items()) if one}

    def rules_of(self, name: str) -> list[Json]:
        stale = {tuple(one) for one in self._changes["stale"].get(name, ())}
        kept = [rule for rule in super().rules_of(name) if (rule["attr"], rule["kind"]) not in stale]
        changed = self._changes["resources"].get(name)
        return [rule for rule in kept if changed is None or _has(changed["overlay"]["fields"], rule["attr"])]

    def read_back(self, name: str) -> Json:
        other = self._changes["read_back"].get(name, {})
        found = {attr: rule for attr, rule in {**super().read_back(name), **other}.items() if rule is not None}
        changed = self._changes["resources"].get(name)
        if changed is None:
            return found
        return {attr: rule for attr, rule in found.items() if attr == "id" or _has(changed["overlay"]["fields"], attr)}

    def _load(self, mode: Mode, name: str) -> TypeFacts | None:
        changes: Json = self._changes.get(_SECTION.get(mode, ""), {})
        if name not in changes:
            return super()._load(mode, name)
        found = changes[name]
        if found is None:
            return None
        rules = self.rules_of(name) if mode == "managed" else []
        return TypeFacts("alicloud", mode, name, found["schema"], found["overlay"], rules)


def _has(fields: Json, path: str) -> bool:
    """Whether a type still has the attribute; the whole type is meant by an empty path."""
    level, found = fields, True
    for part in path.split(".") if path else ():
        found = part in level
        level = level.get(part, {}).get("block", {})
    return found


@functools.cache
def releases() -> list[str]:
    """All releases whose facts are here, oldest first."""
    folder = shipped.path("provider/schema.json.gz").parent
    return sorted({BASE, *(one.parent.name for one in folder.glob(f"*/{difference.FILE}"))}, key=numbers)


def numbers(release: str) -> tuple[int, ...]:
    """For comparing releases."""
    return tuple(int(part) for part in release.split("."))


@functools.cache
def store_of(release: str) -> FactStore:
    """Facts of one of `releases()`. Raises UnknownRelease."""
    if release == BASE:
        return shipped_store()
    if release not in releases():
        raise UnknownRelease(
            f"no facts of aliyun/alicloud {release} here; there are: {', '.join(releases())} "
            "(docs/provider-facts.md: how to add one)"
        )
    folder = shipped.path("provider/schema.json.gz").parent
    return VersionStore(folder, difference.read(folder / release))


def others() -> list[VersionStore]:
    """The releases beside the base."""
    return [store for one in releases() if isinstance(store := store_of(one), VersionStore)]


class UnknownRelease(Exception):
    """A release of which no facts are here."""
