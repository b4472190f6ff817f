"""Secret texts taken out of what others wrote, who may have quoted them.

A large stack has thousands of secrets and ten thousands of texts: each text is gone through once, however many are looked for.
"""

from collections.abc import Iterable

from dicom_cdk.plan.redaction.secret_values import REDACTED, SHORTEST

FEW = 64
"""Secrets that are looked for one by one."""
KEPT = 4
"""Sets of secrets, equal ones counted, whose texts are remembered."""
HEADS = (64, 16, SHORTEST)
"""Letters by which a secret is found first, as many as it has: scripts begin alike."""


def scrubbed(text: str, secrets: frozenset[str]) -> str:
    """`text` without any of `secrets`, which others may have quoted; of those within each other the longest first."""
    return _sought(secrets).left_of(text)


class _Sought:
    def __init__(self, secrets: frozenset[str]) -> None:
        self._ordered = sorted(secrets, key=_longest_first)
        self._heads: dict[int, dict[str, dict[int, set[str]]]] = {}
        for one in self._ordered if len(self._ordered) > FEW else ():
            head = next((letters for letters in HEADS if len(one) >= letters), len(one))
            begun = self._heads.setdefault(head, {}).setdefault(one[:head], {})
            begun.setdefault(len(one), set()).add(one)
        self._windows = {head: _windows(begun, head // 2) for head, begun in self._heads.items() if head > SHORTEST}
        self._known: dict[str, str] = {}

    def left_of(self, text: str) -> str:
        """A plan says the same texts again and again."""
        left = self._known.get(text)
        if left is None:
            left = text
            for secret in self._in(text):
                left = left.replace(secret, REDACTED)
            self._known[text] = left
        return left

    def _in(self, text: str) -> list[str]:
        if len(self._ordered) <= FEW:
            return [one for one in self._ordered if one in text]
        found = {
            part
            for head, begun in self._heads.items()
            for at in self._places(text, head)
            if (by_length := begun.get(text[at : at + head]))
            for length, those in by_length.items()
            if (part := text[at : at + length]) in those
        }
        return sorted(found, key=_longest_first)

    def _places(self, text: str, head: int) -> Iterable[int]:
        """Where a head may begin. Whatever is as long as two windows holds one that begins at a multiple of their length."""
        if head not in self._windows:
            return range(len(text) - head + 1)
        windows, size = self._windows[head], head // 2
        return (
            at - offset
            for at in range(0, len(text) - size + 1, size)
            for offset in windows.get(text[at : at + size], ())
            if at >= offset
        )


def _windows(heads: Iterable[str], size: int) -> dict[str, set[int]]:
    """Each part of `size` letters that begins in the first half of a head → where in it."""
    found: dict[str, set[int]] = {}
    for head in heads:
        for offset in range(size):
            found.setdefault(head[offset : offset + size], set()).add(offset)
    return found


def _longest_first(secret: str) -> tuple[int, str]:
    return -len(secret), secret


_RECENT: list[tuple[frozenset[str], _Sought]] = []
"""What was looked for last, newest first."""


def _sought(secrets: frozenset[str]) -> _Sought:
    """Found by the very set, since two equal ones of a thousand secrets would be compared again for each of ten thousand texts."""
    for known, sought in _RECENT:
        if known is secrets:
            return sought
    sought = next((sought for known, sought in _RECENT if known == secrets), None) or _Sought(secrets)
    _RECENT[:] = [(secrets, sought), *_RECENT[: KEPT - 1]]
    return sought
