"""What a site is allowed to choose but should know: said by every synthesis, refused by none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.releases import faults
from dicom_cdk.releases.table import release, worklist_apart
from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def archive_faults(site: "SiteSettings") -> Iterator[Problem]:
    """A release that is known not to do all that a DICOM service promises."""
    known = release(site.archive.behaves_like or site.archive.version)
    if known is not None and known.faults:
        yield Problem("archive.version", f"{shown(site.archive.version)}: {known.faults}")
    if site.storage.receive == "direct":
        return
    for fault in faults.of(site.archive.behaves_like or site.archive.version):
        if fault.folder:
            yield Problem(
                "storage.receive",
                f"{shown(site.storage.receive)} with archive {site.archive.version}: {fault.says} ({fault.issue}); "
                f"{fault.mended} and later do not",
            )


def worklist_stays(site: "SiteSettings") -> Iterator[Problem]:
    """A walk leaves the worklist where it was; a site that says no more that it walked is taken for one of the new release."""
    archive = site.archive
    old, new = archive.upgrade_from, archive.behaves_like or archive.version
    if old is None or archive.worklist_ae_title is not None or release(old) is None:
        return
    if worklist_apart(new) and not worklist_apart(old):
        yield Problem(
            "archive.upgrade_from",
            f"{shown(old)}: worklist and UPS stay on {archive.ae_title}, where a new site of {new} has them on WORKLIST; set "
            f"archive.worklist_ae_title: {archive.ae_title} before upgrade_from is taken out",
        )


def past_the_filter(site: "SiteSettings") -> Iterator[Problem]:
    """Whoever reaches the archive's own HTTP port is its administrator, without a login."""
    if site.network.unfiltered_cidrs:
        listed, port = ", ".join(site.network.unfiltered_cidrs), f"{site.dicomweb.balancer_ip}:8080"
        yield Problem(
            "network.unfiltered_cidrs",
            f"{listed}: every machine there reads the bucket's AccessKey, deletes studies and stops the archive at {port}, "
            "without a login; move its DICOMweb clients to output dicomweb_url, then take the network off the list",
        )


def operators_networks(site: "SiteSettings") -> Iterator[Problem]:
    """A setting of before that reads as if it opened something."""
    if site.network.operator_cidrs is not None:
        yield Problem(
            "network.operator_cidrs",
            "opens nothing any more: the archive's console, which knows no login, is on the loopback of its host; operators "
            "forward its port with their own RAM user (docs/hosts.md, the console); take the setting out",
        )


def retention_lock(site: "SiteSettings") -> Iterator[Problem]:
    """A lock that is void tomorrow, or one that nobody can take back."""
    recovery, storage = site.recovery, site.storage
    if recovery.region is not None and recovery.lock_days is not None:
        yield _locked("recovery", recovery.lock, recovery.lock_days, "a copied object", "the buckets of the copies")
    if storage.lock_days is not None:
        yield _locked("storage", storage.lock, storage.lock_days, "an image", "the buckets of images")


def _locked(room: str, lock: str, days: int, what: str, buckets: str) -> Problem:
    if lock == "trial":
        return Problem(
            f"{room}.lock",
            "a lock that is not final is void 24 hours after it was made, and the next plan makes it again; "
            f"set {room}.lock: final once you are sure of {room}.lock_days",
        )
    return Problem(
        f"{room}.lock",
        f"final: for {days} days nobody deletes {what}, not for a patient who asks for it, not to save "
        f"cost, not with the account's root user; {buckets} cannot be destroyed before",
    )


def without_tls(site: "SiteSettings") -> Iterator[Problem]:
    """Devices that send patients' images in clear text, and nobody says why."""
    silent = [one.ae_title for one in site.modalities or () if not one.tls and one.reason is None]
    partners = [one.application for one in site.hl7 or () if not one.tls and one.reason is None]
    if partners:
        yield Problem(
            "hl7",
            f"{', '.join(sorted(partners))}: no TLS and no reason; names travel in clear text; use port 12575, or say why not",
        )
    if silent:
        yield Problem(
            "modalities",
            f"{_some(sorted(silent))}: no TLS and no reason; "
            "images travel in clear text; let them use port 2762, or give the reason",
        )


def stores_and_queries(site: "SiteSettings") -> Iterator[Problem]:
    """What `may` says and one AE title does not hold to."""
    store, find = {"store"}, {"query", "retrieve"}
    listed = [(one.ae_title, set(one.may)) for one in site.modalities or ()]
    could = sorted(title for title, may in listed if bool(may & store) != bool(may & find))
    if could and site.archive.store_ae_title is None and not site.storage.tenants:
        yield Problem(
            "modalities",
            f"{_some(could)}: may store or query, not both, and could do both: one AE title of the archive does not tell them "
            "apart by caller; set archive.store_ae_title and archive.query_ae_title (docs/modalities.md)",
        )


def _some(titles: list[str]) -> str:
    return ", ".join(titles[:5]) + (f" and {len(titles) - 5} more" if len(titles) > 5 else "")


WARNINGS = (
    archive_faults,
    worklist_stays,
    past_the_filter,
    operators_networks,
    retention_lock,
    without_tls,
    stores_and_queries,
)


def warnings(site: "SiteSettings") -> list[str]:
    """One line each, in a fixed order; empty for a site without any."""
    return [str(problem) for warn in WARNINGS for problem in warn(site)]
