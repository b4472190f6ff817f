"""The way from one release to another: whether there is one, and what it consists of.

Order and reasons: the data updates of the directory stop an older archive from starting, an archive that runs while the schema is
updated writes rows that the update has passed, so every archive stops in between (order proven with the real scripts).
"""

from collections.abc import Iterator
from typing import NamedTuple

from dicom_cdk.releases import updates
from dicom_cdk.releases.table import RELEASES, plain, release
from dicom_cdk.releases.updates import SqlUpdate, number

DRAIN_MINUTES = 15
"""How long tasks in the archive's queues are waited for before an archive stops."""


class Step(NamedTuple):
    """One step of the way. `stopped`: no archive runs meanwhile. `final`: only the backups lead back from here."""

    text: str
    stopped: bool = False
    final: bool = False


class Path(NamedTuple):
    """The way from release `old` to `new` in one go. `refused`: why there is none, and what to do; then there are no steps."""

    old: str
    new: str
    sql: tuple[SqlUpdate, ...] = ()
    ldap: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    refused: str = ""

    @property
    def rolling(self) -> bool:
        """Whether archives can be changed one after the other: the schema stays. The directory's data may change before: an
        archive that runs goes on with it until it starts anew.
        """
        return not self.refused and not self.sql


def path(old: str, new: str) -> Path:
    """The way between two tags of the archive's image, suffixes after ``-`` left out."""
    was, now = plain(old), plain(new)
    refused = _refused(was, now)
    if refused:
        return Path(was, now, refused=refused)
    sql, ldap = updates.sql_between(was, now), updates.ldap_between(was, now)
    return Path(was, now, sql, ldap, tuple(_steps(was, now, sql, ldap)) if was != now else ())


def way(old: str, new: str) -> tuple[str, ...]:
    """The releases to stand still at, `old` and `new` among them: each change in between is a `path` that is not refused."""
    first, last = plain(old), plain(new)
    if number(first) < number(updates.MERGE_AT) < updates.UNIQUE_PATIENTS_SINCE <= number(last):
        return (first, updates.MERGE_AT, last)
    return (first, last)


def _refused(old: str, new: str) -> str:
    known = release(new)
    for version in (old, new):
        if release(version) is None:
            return (
                f"{version} is no release that is known, known are {', '.join(RELEASES)}; say which one it behaves like"
            )
    if known is not None and known.refused and old != new:
        return f"{new} is not to be taken: {known.refused}"
    if number(new) < number(old):
        return (
            f"from {old} back to {new}: no script leads back, and {new} does not start on the directory of {old}; "
            "restore database and directory from the backups of before the upgrade"
        )
    stop = way(old, new)
    if len(stop) > 2:
        return (
            f"from {old} to {new} in one go: {stop[1]} comes first, patients of one id, issuer and name are merged in its console, "
            f"since the database allows no two of them from {'.'.join(map(str, updates.UNIQUE_PATIENTS_SINCE))} on"
        )
    return ""


def _steps(old: str, new: str, sql: tuple[SqlUpdate, ...], ldap: tuple[str, ...]) -> Iterator[Step]:
    if not sql:
        if ldap:
            yield Step(f"the schema of {new} goes into both nodes of the directory; the old archives go on")
            yield Step("the directory is backed up")
            yield Step(
                f"directory data of {', '.join(ldap)}, on one node; the old archives go on, one that starts anew may not come up",
                final=True,
            )
        yield _drained()
        yield _folders(old, new, stopped=False)
        yield Step(
            f"the archive's host changes to {new}: DIMSE and HL7 wait for one start, DICOMweb is answered by the others"
        )
        yield Step(f"the DICOMweb tier changes to {new} one instance after the other; the others answer meanwhile")
        return
    if any(each.name == "5.34" for each in sql):
        yield Step("the database is asked for patients of one id, issuer and name: there must be none")
    yield Step(f"the schema of {new} goes into both nodes of the directory; the old archives go on")
    yield Step("database and directory are backed up")
    yield _drained()
    yield Step("every archive stops, the DICOMweb tier with them", stopped=True)
    for each in sql:
        says = f"; {each.says}" if each.says else ""
        yield Step(f"SQL update {each.name}, in a transaction of its own{says}", stopped=True, final=True)
    if ldap:
        yield Step(f"directory data of {', '.join(ldap)}, on one node", stopped=True, final=True)
    yield _folders(old, new, stopped=True)
    yield Step(
        f"the archives start as {new}, the host's first: a query, a store and a retrieve must answer, no study may be missing",
        stopped=True,
    )
    if number(old) < updates.WORKLIST_SINCE <= number(new):
        yield Step("worklist and UPS stay on the archive's own AE title, where a new site would have them on WORKLIST")


def _drained() -> Step:
    return Step(
        f"tasks that are at work in the archive's queues end, for {DRAIN_MINUTES} minutes at most, or nothing is stopped; "
        "those that wait stay in the database, and the new archive goes on with them"
    )


def _folders(old: str, new: str, *, stopped: bool) -> Step:
    why = ": its image would not replace them" if number(old) <= updates.KEEPS_OLD_PROGRAMS_UNTIL else ""
    return Step(
        f"the folders of programs and configuration that {old} left are put aside{why}; {new} brings its own, without what was "
        "changed in them by hand",
        stopped=stopped,
    )
