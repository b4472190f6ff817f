"""Prior values that an offline apply made up without a sure fact, and the rules that looked at one.

Which they are travels in the resource's private state, as providers keep what only they know.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.diagnostics import Diagnostic, Path
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import Value

NOT_KNOWN = "Not known offline"
_KEY = "unproven"
_LENGTH = 60


@dataclass
class Unproven:
    """`names` are attributes of the prior state whose value nobody can vouch for."""

    names: frozenset[str] = frozenset()
    _seen: set[str] = field(default_factory=set)
    _doubts: dict[str, tuple[Path, set[str], bool]] = field(default_factory=dict)

    @classmethod
    def read(cls, private: bytes, prior: Value, proposed: Value) -> "Unproven":
        """Of a resource's private state; what the configuration now says itself no longer counts."""
        if not isinstance(prior, dict) or not isinstance(proposed, dict):
            return cls()
        return cls(frozenset(name for name in _names(private) if _at(prior, name) == _at(proposed, name)))

    @staticmethod
    def keep(private: bytes, prior: Value, applied: Value, more: Iterable[str]) -> bytes:
        """The private state after an apply; empty where there is nothing to say."""
        if applied is None:
            return b""
        still = [name for name in _names(private) if prior is not None and _at(prior, name) == _at(applied, name)]
        names = sorted({*still, *more})
        return json.dumps({_KEY: names}, separators=(",", ":")).encode() if names else b""

    def looked_at(self, name: str) -> None:
        """A rule reads the attribute."""
        if any(name == one.partition(".")[0] for one in self.names):
            self._seen.add(name)

    def asked(self, path: Path, ask: Callable[[], bool]) -> bool:
        """The answer of a rule about the difference at `path`; remembers what it looked at."""
        self._seen = set()
        answer = ask()
        if self._seen:
            self._doubts.setdefault(str(path[0]), (path, set(), answer))[1].update(self._seen)
        return answer

    def warnings(self, type_name: str, prior: Value) -> list[Diagnostic]:
        """What is not known, a warning for each attribute that is concerned."""
        found = []
        for attribute, (_, seen, suppressed) in sorted(self._doubts.items()):
            verdict = "is suppressed" if suppressed else "counts"
            detail = (
                f"{attribute}: whether a change of it {verdict}, as planned here, depends on {_list(seen, prior)}, which the "
                f"configuration of {type_name} leaves out and no fact proves; set {', '.join(sorted(seen))} to make it certain, "
                "or see the real provider's plan."
            )
            found.append(Diagnostic(NOT_KNOWN, detail, (attribute,), warning=True, kind="not_known"))
        return found


def _list(names: Iterable[str], prior: Value) -> str:
    return ", ".join(f"{name} (taken as {_shown(_at(prior, name))})" for name in sorted(names))


def _shown(value: Value) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _LENGTH else text[:_LENGTH] + "…"


def _names(private: bytes) -> list[str]:
    try:
        found = json.loads(private or b"{}")
    except ValueError:
        return []
    names = found.get(_KEY) if isinstance(found, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _at(value: Value, name: str) -> Value:
    """By its first step: a block counts as a whole."""
    return value.get(name.partition(".")[0]) if isinstance(value, dict) else None


def read_by_rules(rules: Iterable[Json]) -> frozenset[str]:
    """The attributes that suppressing rules look at, the suppressed ones included."""
    found: set[str] = set()
    for rule in rules:
        if rule["kind"] == "suppress":
            found.add(rule["attr"])
            found.update(_mentioned(rule["when"]))
    return frozenset(found)


def _mentioned(part: Any) -> Iterable[str]:
    if isinstance(part, list):
        for one in part:
            yield from _mentioned(one)
    elif isinstance(part, dict):
        for key, one in part.items():
            if key in ("get", "set", "known", "changed", "same_members") and isinstance(one, str):
                yield one.partition(".")[0]
            else:
                yield from _mentioned(one)
