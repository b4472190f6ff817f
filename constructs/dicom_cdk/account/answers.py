"""Reads what is nested in an answer; another shape than the vendor documents is told, never guessed at."""

from collections.abc import Mapping
from typing import Any

from dicom_cdk.account.errors import nonsense

Json = Mapping[str, Any]


def rows(answer: Json, action: str, path: str) -> list[Json]:
    """The objects of a list, by names with dots. A list that is not there is empty. Raises AskError."""
    found = _at(answer, action, path)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise nonsense(action, f"no list of objects in {path}")
    return found


def words(answer: Json, action: str, path: str) -> list[str]:
    """The texts of a list of plain values. Raises AskError."""
    found = _at(answer, action, path)
    if found is None:
        return []
    if not isinstance(found, list) or any(isinstance(one, Mapping | list) for one in found):
        raise nonsense(action, f"no list of plain values in {path}")
    return [str(one) for one in found]


def word(answer: Json, action: str, path: str) -> str:
    """A plain value as text; "" where it is not there. Raises AskError."""
    found = _at(answer, action, path)
    if isinstance(found, Mapping | list):
        raise nonsense(action, f"no plain value in {path}")
    return "" if found is None else str(found)


def number(answer: Json, action: str, path: str) -> float | None:
    """A number; None where it is not there. Raises AskError."""
    found = word(answer, action, path)
    try:
        return float(found) if found else None
    except ValueError:
        raise nonsense(action, f"{found[:40]!r} for the number {path}") from None


def _at(answer: Any, action: str, path: str) -> Any:
    for name in path.split("."):
        if answer is None:
            return None
        if not isinstance(answer, Mapping):
            raise nonsense(action, f"no object around {name} of {path}")
        answer = answer.get(name)
    return answer
