"""`extends: base.yaml`: a site on top of a base file. Maps merge key by key, everything else replaces; null means the default."""

import os.path
from collections.abc import Callable
from pathlib import Path

from dicom_cdk.settings.document import read
from dicom_cdk.settings.errors import Located, Problem
from dicom_cdk.settings.tree import Entries, Entry, Scalar, kind

KEY = "extends"


def read_extended(path: Path, file: str, report: Callable[[Located], None]) -> Entries | None:
    """The tree of a file over all its bases. None: the file itself is not readable at all.

    Paths in `extends` are relative to the file that names them. What a base gets wrong is reported with its file and line; a base
    that cannot be read leaves the tree without it.
    """
    return _read(path, file, report, ())


def _read(
    path: Path, file: str, report: Callable[[Located], None], chain: tuple[tuple[Path, str], ...]
) -> Entries | None:
    tree = read(path, file, report)
    if tree is None:
        return None
    extends = tree.entries.get(KEY)
    if extends is None:
        return tree
    rest = Entries(tree.file, tree.line, {key: entry for key, entry in tree.entries.items() if key != KEY})

    def refuse(what: str, got: str, allowed: str, do: str = "") -> Entries:
        report(Located(extends.file, extends.line, Problem(KEY, what, got, allowed, do)))
        return rest

    named = extends.node
    if not isinstance(named, Scalar) or not isinstance(named.value, str) or not named.value:
        return refuse("is not a file name", kind(named), "one file, such as _base.yaml")
    base_file = os.path.normpath(os.path.join(os.path.dirname(file), named.value))  # noqa: PTH118, PTH120 as the caller named it
    base = path.parent / named.value
    here = (*chain, (path.resolve(), file))
    if base.resolve() in (step for step, _ in here):
        loop = " -> ".join([*(name for _, name in here), base_file])
        return refuse("goes in a circle", loop, "bases that do not lead back", "remove one of these lines")
    if not base.is_file():
        return refuse(
            "names a file that is not there", f'"{named.value}" ({base_file})', "a file, relative to this one"
        )
    below = _read(base, base_file, report, here)
    return rest if below is None else _merged(below, rest)


def _merged(below: Entries, above: Entries) -> Entries:
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        lower = entries.get(key)
        if lower is not None and isinstance(lower.node, Entries) and isinstance(entry.node, Entries):
            entry = Entry(entry.file, entry.line, _merged(lower.node, entry.node))
        entries[key] = entry
    return Entries(above.file, above.line, entries)
