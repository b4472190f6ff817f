"""A changed release of the archive: the way between the two, and why it is not a change like others.

Read from the images that resources name, so that it works for any program: references to dcm4chee-arc-psql in any argument.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.plan.stack import texts_in
from dicom_cdk.releases.faults import mended
from dicom_cdk.releases.path import Path, path, way
from dicom_cdk.releases.table import plain, release
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.loss.data_loss import Loss

FOLDER = "  the shared folder stays, with all that is in it: what it alone holds is copied into the bucket by the archives that run"
FOLDER_STOPPED = (
    "  the shared folder stays, with all that is in it: what it alone holds is copied into the bucket before the archives stop, or "
    "the walk ends there; series of the last minutes are copied by the new archive, and nothing is purged that the bucket lacks"
)
ARCHIVE_IMAGE = re.compile(r"/dcm4chee-arc-psql:([A-Za-z0-9_][A-Za-z0-9._-]*)")


def upgrades(sides: Sides) -> Mapping[str, Path]:
    """The way that each resource's change of release asks for, by its address now; empty where no release changes."""
    found = {}
    for address, body in sides.new.items():
        before = sides.was(address)
        if before == body:
            continue
        was, now = _release(before), _release(body)
        if was is not None and now is not None and was != now:
            found[address] = path(was, now)
    return found


def told(ways: Mapping[str, Path], *, through_a_folder: bool = False) -> Iterator[str]:
    """The ways in words, each pair of releases once: what is done in which order, or why there is none. `through_a_folder`:
    whether images are received into a folder first.
    """
    for each in dict.fromkeys(ways.values()):
        yield f"{each.old} → {each.new}"
        if each.refused:
            yield f"  no way: {each.refused}"
            if release(each.old) and release(each.new) and len(way(each.old, each.new)) > 2:
                yield f"  by way of: {' → '.join(way(each.old, each.new))}"
        for number, step in enumerate(each.steps, 1):
            marks = [word for word, said in (("stopped", step.stopped), ("only backups lead back", step.final)) if said]
            yield f"  {number}. {step.text}" + (f" ({', '.join(marks)})" if marks else "")
        stopped = [number for number, step in enumerate(each.steps, 1) if step.stopped]
        if stopped:
            yield (
                f"  stopped from step {stopped[0]} to {stopped[-1]}: a minute or two for each archive's start, and what the SQL "
                "takes on this database's tables, which a clone of it tells (docs/upgrades.md)"
            )
        if each.steps and (gone := mended(each.old, each.new)):
            yield f"  mended on the way: {'; '.join(f'{fault.issue} ({fault.mended})' for fault in gone)} (docs/upgrades.md)"
        for fault in mended(each.new, each.old) if each.steps else ():
            yield f"  new on the way: {fault.says} ({fault.issue}, open)"
        if each.steps and through_a_folder:
            yield FOLDER_STOPPED if each.sql else FOLDER


def lost_by_upgrade(ways: Mapping[str, Path]) -> Iterator[Loss]:
    """One for each pair of releases, at the first resource that changes it."""
    for each in dict.fromkeys(ways.values()):
        address = min(one for one, found in ways.items() if found == each)
        if each.rolling and each.ldap:
            what = "the directory as the old release reads it: no script leads back"
        elif each.rolling:
            what = "what one release writes and the other cannot read, if they do not belong together"
        else:
            what = "the database and the directory as the old release reads them: no script leads back"
        yield Loss(address, f"change the archive's release from {each.old} to {each.new} of", what)


def _release(body: Mapping[str, Any] | None) -> str | None:
    found = {plain(tag) for text in texts_in(body) for tag in ARCHIVE_IMAGE.findall(text)}
    return min(found) if len(found) == 1 else None
