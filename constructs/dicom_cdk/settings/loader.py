"""Reads site files: the only way from YAML to SiteSettings.

Every error of every file is reported at once (SettingsError). Nothing here imports pydantic unless all is right: a refused
setting is answered as fast as the YAML can be read. For the same reason patterns are compiled by the first text that they are asked
of, in all of this room: most of them by none.
"""

from collections.abc import Callable, Iterable
from os import environ, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dicom_cdk.settings.certificates import read_certificates
from dicom_cdk.settings.check import FILE, check, given
from dicom_cdk.settings.errors import Located, Problem, SettingsError, shown
from dicom_cdk.settings.extends import read_extended
from dicom_cdk.settings.rules import BETWEEN_SITES, RULES
from dicom_cdk.settings.tree import Entries, place
from dicom_cdk.settings.view import Unusable, as_site

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

SUFFIXES = (".yaml", ".yml")


class SchemaOutOfDate(Exception):
    """The models refuse what the schema made from them allows: a bug of ours, never of a site."""


class _Candidate(NamedTuple):
    """A site file that could be read: its tree over its bases and its checked values."""

    file: str
    root: Entries
    values: dict[str, Any]
    certificates: dict[str, str]


def load_site(path: Path | str) -> "SiteSettings":
    """The settings of one site file. Raises SettingsError with every problem of the file and its bases."""
    return load_sites([path])[0]


def load_sites(sources: Path | str | Iterable[Path | str]) -> list["SiteSettings"]:
    """The settings of site files and of all site files of folders, sorted by name.

    In a folder, ``*.yaml`` and ``*.yml`` are sites, except those beginning with ``_`` (bases only). Two sites may not share a name,
    nor anything that exists once in the world or in an account. Raises SettingsError with every problem of every file.
    """
    problems: list[Located] = []
    report = problems.append
    files = _files([sources] if isinstance(sources, str | Path) else sources, report)
    candidates = [found for path, file in files if (found := _read(path, file, report))]
    _judge_together(candidates, report)
    if problems:
        order = {file: index for index, (_, file) in enumerate(files)}
        raise SettingsError(sorted(problems, key=lambda each: (order.get(each.file, -1), each.file, each.line)))
    return sorted((_model(candidate) for candidate in candidates), key=lambda site: site.name)


def _files(sources: Iterable[Path | str], report: Callable[[Located], None]) -> list[tuple[Path, str]]:
    """Paths and how errors call them; a file named twice is taken once."""
    found: dict[Path, str] = {}
    for source in sources:
        path = Path(source)
        try:
            folder, real = path.is_dir(), path.resolve()
        except (OSError, RuntimeError):
            # A name that is too long, or a link to itself: told when it is read.
            folder, real = False, path
        if not folder:
            found.setdefault(real, fspath(source))
            continue
        inside = sorted(
            each for each in path.iterdir() if each.suffix in SUFFIXES and not each.name.startswith(("_", "."))
        )
        if not inside:
            problem = Problem(
                (),
                "holds no site file",
                allowed="files *.yaml that do not begin with _",
                do="copy examples/minimal.yaml there and change it",
            )
            report(Located(fspath(source), 0, problem))
        for each in inside:
            found.setdefault(each.resolve(), fspath(each))
    return [(Path(file), file) for file in found.values()]


def _read(path: Path, file: str, report: Callable[[Located], None]) -> _Candidate | None:
    root = read_extended(path, file, report)
    if root is None:
        return None
    values = check(root, report)
    site = as_site(values)
    for rule in RULES:
        try:
            for problem in rule(site):
                report(_located(root, problem))
        except Unusable:
            continue
    return _Candidate(file, root, values, read_certificates(root, values, report))


def _located(root: Entries, problem: Problem) -> Located:
    file, line, written = place(root, problem.path)
    if not written and problem.got and problem.got != shown(None):
        problem = problem.but_got(f"{problem.got} (the default)")
    return Located(file, line, problem)


def _judge_together(candidates: list[_Candidate], report: Callable[[Located], None]) -> None:
    sites = [(candidate, as_site(candidate.values)) for candidate in candidates]
    for key, of in BETWEEN_SITES:
        first: dict[object, _Candidate] = {}
        for candidate, site in sites:
            try:
                value = of(site)
            except Unusable:
                continue
            if value is None:
                continue
            if (other := first.setdefault(value, candidate)) is candidate:
                continue
            there = place(other.root, tuple(key.split(".")))
            problem = Problem(
                key,
                "is taken by another site",
                shown(value[-1] if isinstance(value, tuple) else value),
                "one of its own",
                f"the other is in {there[0]}:{there[1]}",
            )
            report(_located(candidate.root, problem))


def _model(candidate: _Candidate) -> "SiteSettings":
    # Plugins of other packages have no business here, and looking for them reads every installed package's metadata.
    environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from dicom_cdk.settings.site import SiteSettings

    try:
        return SiteSettings.model_validate(given(candidate.root)).with_certificates(candidate.certificates)
    except ValueError as error:
        raise SchemaOutOfDate(f"{FILE} does not belong to the settings models; run: make docs") from error
