"""The form of a rule over a whole stack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.policy.document import Document

Json = dict[str, Any]
Judge = Callable[[Document], Iterator[tuple[str, str]]]
"""Yields address and problem; a resource of the rule's types that is not named has passed."""


@dataclass(frozen=True)
class StackRule:
    """As a policy has it; in `failing`, exactly the resources whose names start with "bad" fail."""

    id: str
    name: str
    severity: str
    fix: str
    types: tuple[str, ...]
    judge: Judge
    failing: Json
    passing: Json
    reads: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"stack_rules/{self.judge.__module__.rpartition('.')[2]}.py"
