"""What the carriers take: limits, checks, and the report of `synth -v` (design 6; facts: provider 3.1, 3.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dicom_cdk.payload.errors import TooLargeError

KIB = 1024
USER_DATA_LIMIT = 16 * KIB
"""Bytes of a user data document before encoding; one vendor page allows 32 KB, another 16 KB: the smaller holds."""
COMMAND_LIMIT = 18 * KIB
"""Bytes of a command's content after base64, together with its parameters."""
BUNDLE_LIMIT = 12 * KIB
"""Bytes of a packed bundle."""
TOKEN_BYTES = 64
"""Room kept for a value that is known only at apply: an address, an id, a name."""


@dataclass(frozen=True)
class Part:
    """A named share of a carrier, in bytes of the carrier's own measure."""

    name: str
    size: int


@dataclass(frozen=True)
class Usage:
    """How full one carrier is. `where` is a room, step or address; sizes are bytes."""

    where: str
    carrier: str
    limit: int
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes used in all."""
        return sum(part.size for part in self.parts)

    def line(self) -> str:
        """One line for people: where, carrier, used of limit, share, parts."""
        parts = ", ".join(f"{part.name} {part.size}" for part in self.parts)
        share = 100 * self.size / self.limit
        return f"{self.where}: {self.carrier} {self.size} of {self.limit} bytes ({share:.0f} %): {parts}"

    def check(self) -> "Usage":
        """Itself, or TooLargeError that names where, the parts and what to do."""
        if self.size > self.limit:
            parts = ", ".join(f"{part.name} {part.size}" for part in sorted(self.parts, key=lambda part: -part.size))
            raise TooLargeError(
                f"{self.where}: {self.carrier} has {self.size} bytes, allowed {self.limit}: {parts}; "
                "shorten the largest part, or move it to an image or the bucket"
            )
        return self


def report(usages: Iterable[Usage]) -> Sequence[str]:
    """One line per carrier, fullest first."""
    return [usage.line() for usage in sorted(usages, key=lambda usage: (-usage.size / usage.limit, usage.where))]
