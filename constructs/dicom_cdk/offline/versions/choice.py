"""Which release a stack means: its constraint on aliyun/alicloud, in Terraform's words, against the releases that are here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dicom_cdk.offline.store import BASE
from dicom_cdk.offline.versions.store import numbers, releases

_ONE = re.compile(r"^\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?\s*$")
_SOURCES = frozenset({"aliyun/alicloud", "hashicorp/alicloud"})


@dataclass(frozen=True)
class Choice:
    """`asked`: the constraint as written, empty for none. `fits`: whether the release satisfies it."""

    release: str
    asked: str = ""
    fits: bool = True

    @property
    def warning(self) -> str:
        """What to tell where the nearest release was taken; empty where it fits."""
        if self.fits:
            return ""
        return (
            f"the stack asks for {self.asked}; of no such release are facts here (there are {', '.join(releases())}). Planned as "
            f"the nearest, {self.release}, would: arguments, defaults and replacements of the one that is asked for may differ. "
            "docs/provider-facts.md tells how facts of another release are made"
        )


def of(document: Mapping[str, Any], there: Iterable[str] | None = None) -> Choice:
    """The newest release that a stack's document allows, else the nearest to it; the base where it says nothing."""
    asked = constraint(document)
    parts = [_ONE.match(part) for part in asked.split(",")] if asked else []
    # What is not understood here is refused by Terraform itself.
    if not parts or not all(parts):
        return Choice(BASE, asked)
    known = sorted(releases() if there is None else there, key=numbers)
    wanted = [_bound(part) for part in parts if part]
    fitting = [one for one in known if all(_satisfies(numbers(one), sign, bound, size) for sign, bound, size in wanted)]
    if fitting:
        return Choice(fitting[-1], asked)
    target = max((bound for sign, bound, _ in wanted if sign != "!="), default=numbers(BASE))
    return Choice(min(reversed(known), key=lambda one: _distance(numbers(one), target)), asked, fits=False)


def constraint(document: Mapping[str, Any]) -> str:
    """What the stack's required_providers say of the provider's version; empty for nothing."""
    return next(_constraints(document), "")


def _constraints(document: Mapping[str, Any]) -> Iterator[str]:
    for name, body in (document.get("terraform", {}).get("required_providers") or {}).items():
        if isinstance(body, str) and name == "alicloud":
            yield body
        elif isinstance(body, dict) and isinstance(body.get("version"), str):
            source = str(body.get("source") or f"hashicorp/{name}").lower()
            if "/".join(source.split("/")[-2:]) in _SOURCES:
                yield body["version"]


def _bound(part: "re.Match[str]") -> tuple[str, tuple[int, ...], int]:
    """Sign, number, and how many of its places were written."""
    written = [int(one) for one in part.groups()[1:] if one is not None]
    return part[1] or "=", tuple([*written, 0, 0][:3]), len(written)


def _satisfies(release: tuple[int, ...], sign: str, bound: tuple[int, ...], size: int) -> bool:
    if sign == "~>":
        # Only the last place that was written may grow.
        fixed = max(size - 1, 1)
        return release >= bound and release[:fixed] == bound[:fixed]
    return {
        "=": release == bound,
        "!=": release != bound,
        ">": release > bound,
        ">=": release >= bound,
        "<": release < bound,
        "<=": release <= bound,
    }[sign]


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(abs(left - right) for left, right in zip(one, other, strict=True))
