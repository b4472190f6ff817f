"""What validation and planning say: one finding at one attribute path."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dicom_cdk.offline import wire

Path: TypeAlias = tuple[str | int, ...]
"""Attribute names, map keys and list indexes from the top of a resource down."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """`kind` is a short class for tests and machines (such as `bad_value`); it does not go over the wire."""

    summary: str
    detail: str
    path: Path = ()
    warning: bool = False
    kind: str = "other"

    def message(self) -> bytes:
        """The protocol's Diagnostic."""
        return b"".join(
            (
                wire.always(1, 2 if self.warning else 1),
                wire.field(2, self.summary),
                wire.field(3, self.detail),
                wire.always(4, steps(self.path)) if self.path else b"",
            )
        )


def steps(path: Path) -> bytes:
    """The protocol's AttributePath."""
    # An index of 0 has to be written: the step is a oneof.
    return wire.repeated(1, (wire.always(3, step) if isinstance(step, int) else wire.always(1, step) for step in path))


def messages(number: int, found: Iterable[Diagnostic]) -> bytes:
    """The diagnostics as repeated field `number`."""
    return wire.repeated(number, (one.message() for one in found))


def dotted(path: Path) -> str:
    """`a.0.b`, for text."""
    return ".".join(str(step) for step in path)
