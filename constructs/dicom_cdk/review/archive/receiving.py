"""A changed way of images into the bucket: where they are received, and by which entry the archive finds them.

Read from the values of host steps that write a storage entry (`storage_endpoint` among them), so that it works for any program.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dicom_cdk.plan.stack import texts_in
from dicom_cdk.review.archive.tenants import tells_tenants
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.loss.data_loss import Loss

_VALUE = re.compile(r'"(receive|storage_endpoint|storage_id|folder_uri)" = "([^"$]*)"')
WORDS = {
    ("direct", "cache"): (
        "1. the folder is made, mounted on the archive's host and marked as this site's; stores go on meanwhile",
        "1. the folder is made, mounted on the archive's host and marked as this site's",
        "3. DICOMweb's instances start anew with the folder mounted: the archive of one that cannot mount it does not start",
        "way back: storage.receive: drain, never direct at once",
    ),
    ("cache", "drain"): (
        "1. new images go into the bucket directly",
        "2. what is in the folder goes on to the bucket and leaves the folder; it stays mounted and readable",
        "3. when dicom-health on the archive's host says that no export waits and none failed: storage.receive: direct",
    ),
    ("drain", "direct"): (
        "only when dicom-health on the archive's host says that no export waits and none failed",
        "the folder is destroyed with all that is in it",
        "rejection notes were in the folder only, and go: what is rejected stays rejected",
    ),
    ("drain", "cache"): ("new images go into the folder first again",),
    ("cache", "direct"): ("never in one change: set storage.receive to drain, and to direct when nothing waits any more",),
    ("direct", "drain"): ("nothing to drain: a folder is made that nothing goes into",),
}  # fmt: skip
"""What happens, in order, by the way before and after."""


@dataclass(frozen=True)
class Way:
    """What one step writes. `receive`: direct where the step says nothing of a folder."""

    receive: str = "direct"
    storage_endpoint: str = ""
    storage_id: str = ""
    folder_uri: str = ""


def ways(sides: Sides) -> Iterator[tuple[str, Way, Way]]:
    """Address, way before and way after of each step whose way changes."""
    for address, body in sides.new.items():
        before = sides.was(address)
        if before == body:
            continue
        was, now = _way(before), _way(body)
        if was is not None and now is not None and was != now:
            yield address, was, now


def through_a_folder(sides: Sides) -> bool:
    """Whether images go, or went, through a folder before they are in the bucket."""
    found = [_way(body) for side in (sides.old, sides.new) for body in side.values()]
    return any(one is not None and one.receive != "direct" for one in found)


def told(sides: Sides) -> Iterator[str]:
    """What has to be done when, in words."""
    for _, was, now in ways(sides):
        if was.receive != now.receive:
            yield f"{was.receive} → {now.receive}"
            yield from (f"  {line}" for line in WORDS.get((was.receive, now.receive), ()))


def lost_on_the_way(sides: Sides) -> Iterator[Loss]:
    """Ways that leave images where no archive looks any more."""
    for address, was, now in ways(sides):
        if (was.receive, now.receive) == ("cache", "direct"):
            yield Loss(
                address,
                "receive directly, without a drain, by",
                "images that are in the folder and not in the bucket yet",
            )
        if was.storage_endpoint != now.storage_endpoint and was.storage_id == now.storage_id:
            yield Loss(
                address,
                f"look for images at {now.storage_endpoint or 'another endpoint'} instead of {was.storage_endpoint}, by",
                "every image that lies in the bucket there and was not copied, until the entry names it again",
            )
        if was.storage_id != now.storage_id:
            yield Loss(
                address,
                f"name the storage {now.storage_id} instead of {was.storage_id}, by",
                f"images stored so far: {was.storage_id} stays in the directory, and no step gives it the next key",
            )
        if was.folder_uri and now.folder_uri and was.folder_uri != now.folder_uri:
            yield Loss(address, f"look for the folder at {now.folder_uri}, by", "images that are in the folder only")


def _way(body: object) -> Way | None:
    for text in texts_in(body):
        if tells_tenants(text):
            continue
        found = dict(_VALUE.findall(text))
        if "storage_id" in found and "storage_endpoint" in found:
            return Way(**found)
    return None
