"""The stacks of a synthesized folder, paired by name."""

from collections.abc import Iterator
from pathlib import Path

from dicom_cdk.plan.stack import FILE, Stack
from dicom_cdk.review.errors import ReviewError

Pair = tuple[str, Stack | None, Stack | None]


def pairs(base: Path, head: Path) -> list[Pair]:
    """Name, stack before, stack after; None on the side that lacks it. Raises ReviewError and NotAStack."""
    before, after = stacks(base), stacks(head)
    if len(before) == len(after) == 1 and set(before) != set(after) and _single(base) and _single(head):
        # Two stack folders, named for their side rather than for their stack.
        ((_, old),), ((name, new),) = before.items(), after.items()
        return [(name, old, new)]
    return [(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def stacks(folder: Path) -> dict[str, Stack]:
    """The stacks of an output folder (with stacks/NAME below) or of one stack's folder. Raises ReviewError and NotAStack."""
    found = {one.name: one for one in (Stack.read(path) for path in _paths(folder))}
    if not found:
        what = "no such folder" if not folder.is_dir() else f"neither {FILE} nor stacks/NAME/{FILE} in it"
        raise ReviewError(f"{folder}: {what}; name a folder that synth wrote, such as cdktf.out")
    return found


def _paths(folder: Path) -> Iterator[Path]:
    if _single(folder):
        yield folder
    else:
        yield from (file.parent for file in sorted(folder.glob(f"stacks/*/{FILE}")))


def _single(folder: Path) -> bool:
    return (folder / FILE).exists()
