"""Faults that several releases share and that matter to a site of ours: what goes wrong, and which release mends it.

A fault of one release alone stands with it (`table`). Source: issues and source of dcm4chee-arc-light and dcm4che, read in
October 2026.
"""

from typing import NamedTuple

from dicom_cdk.releases.table import RELEASES, release
from dicom_cdk.releases.updates import number


class Fault(NamedTuple):
    """Of every release from `since` on and before `mended`."""

    issue: str
    mended: str
    """The first release without it; empty for one that no known release mends."""
    says: str
    folder: bool = False
    """Whether only images in a folder that several archives share are concerned."""
    since: str = next(iter(RELEASES))
    """The first release with it, of those that are known here."""


FAULTS = (
    Fault(
        "dcm4che#1264",
        "5.29.1",
        "the first request after the directory has ended an idle connection answers 500; the directory here ends them before the "
        "balancer forgets them in silence, and steps ask again",
    ),
    Fault(
        "dcm4chee-arc-light#4226",
        "5.31.1",
        "archives that purge one shared folder at the same time may leave a wrong list of where a study lies",
        folder=True,
    ),
    Fault("dcm4chee-arc-light#4676", "5.34.0", "a retrieve cache and the metadata of WADO-RS may answer wrongly"),
    Fault(
        "dcm4chee-arc-light#4772",
        "5.34.1",
        "an archive that writes its configuration takes back what others have changed in the directory meanwhile; step `check` of "
        "the archive looks for it",
    ),
    Fault(
        "dcm4chee-arc-light#4919",
        "",
        "for a patient who was there twice before, with ids that differ in one issuer field only, storing and ADT end with a "
        "constraint error; merge such patients in the console of the release before",
        since="5.34.0",
    ),
)
"""In the order of the releases that mend them; at the end those that none does."""


def of(version: str) -> tuple[Fault, ...]:
    """Those that a release has; none of a tag that is no known release."""
    if release(version) is None:
        return ()
    now = number(version)
    return tuple(
        each for each in FAULTS if number(each.since) <= now and (not each.mended or now < number(each.mended))
    )


def mended(old: str, new: str) -> tuple[Fault, ...]:
    """Those that `old` has and `new` has not; of `new` and `old` turned round, those that come on the way."""
    left = of(new)
    return tuple(each for each in of(old) if each not in left)
