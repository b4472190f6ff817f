"""Step 11: which paths force replacement."""

from dicom_cdk.offline.diagnostics import Path
from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.planning.difference import COUNT, MAP_COUNT, Entry, EntryPath


def replace_paths(fields: dict[str, Field], entries: dict[EntryPath, Entry]) -> list[Path]:
    """Paths of the entries that force replacement: list steps with index, cut at a set, a map or a count; sorted, no duplicates."""
    found: set[Path] = set()
    for path, entry in entries.items():
        if entry.replace:
            found.add(_cut(fields, path))
    return sorted(found, key=lambda path: [str(step) for step in path])


def _cut(fields: dict[str, Field], path: EntryPath) -> Path:
    level = fields
    steps: list[str | int] = []
    for at, step in enumerate(path):
        if step in (COUNT, MAP_COUNT):
            break
        if isinstance(step, int):
            steps.append(step)
            continue
        if step not in level:
            break
        field = level[step]
        steps.append(step)
        if field.kind in (Kind.SET, Kind.MAP):
            break
        level = field.fields or {}
        if field.fields is None and at + 1 < len(path):
            break
    while steps and isinstance(steps[-1], int):
        steps.pop()
    return tuple(steps)
