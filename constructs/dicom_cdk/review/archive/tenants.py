"""Tenants of the archive: whose images lie where from now on, and where images of before would be out of sight.

Read from the values of a host step that tells `tenants`, so that it works for any program.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dicom_cdk.plan.stack import texts_in
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.loss.data_loss import Loss

_LIST = re.compile(r'"tenants" = \[([^\]]*)\]')
_ONE = re.compile(r"\{([^{}]*)\}")
_VALUE = re.compile(r'"(\w+)" = "([^"$]*)"')


@dataclass(frozen=True)
class Place:
    """Where one tenant's images lie. `address`: of the step that says so."""

    address: str
    bucket: str
    prefix: str
    storage_id: str

    @property
    def words(self) -> str:
        return self.bucket + (f"/{self.prefix}" if self.prefix else "")


def tells_tenants(text: str) -> bool:
    """Whether a step's values are of tenants."""
    return _LIST.search(text) is not None


def told(sides: Sides) -> Iterator[str]:
    """What changes for whom, in words."""
    before, after = _places(sides.old), _places(sides.new)
    if before == after:
        return
    for title in sorted(after.keys() - before.keys()):
        yield f"{title}: what comes in at this AE title lies in {after[title].words}, and is found at it alone"
        yield "  images that came in elsewhere before stay where they are, and are not found at it"
    if after and not before:
        yield "images that came in before the first tenant carry no mark: every tenant finds them"
    for title in sorted(before.keys() - after.keys()):
        yield f"{title}: it answers no more; its images stay in {before[title].words}, found at the site's own AE titles"


def lost_on_the_way(sides: Sides) -> Iterator[Loss]:
    """Places that no storage leads to any more, or that get no further key."""
    before, after = _places(sides.old), _places(sides.new)
    for title, was in sorted(before.items()):
        now = after.get(title)
        if now is None:
            yield Loss(
                was.address,
                f"no longer name the tenant {title}, by",
                f"images in {was.words}: their storage stays in the directory, and no step gives it the next key",
            )
        elif now.words != was.words:
            yield Loss(
                now.address,
                f"look for images of {title} in {now.words} instead of {was.words}, by",
                "every image that lies there and was not copied under the same name, until the list names it again",
            )
        elif now.storage_id != was.storage_id:
            yield Loss(
                now.address,
                f"name the storage of {title} {now.storage_id} instead of {was.storage_id}, by",
                f"images stored so far: {was.storage_id} stays in the directory, and no step gives it the next key",
            )


def _places(side: Mapping[str, object]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for address, body in side.items():
        for text in texts_in(body):
            for listed in _LIST.findall(text):
                for one in _ONE.findall(listed):
                    values = dict(_VALUE.findall(one))
                    if "ae_title" in values and "storage_id" in values:
                        found[values["ae_title"]] = Place(
                            address, values.get("bucket", ""), values.get("prefix", ""), values["storage_id"]
                        )
    return found
