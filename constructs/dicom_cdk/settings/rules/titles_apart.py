"""AE titles that tell storing from querying: both, each its own, for listed devices."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

RESERVED = ("AS_RECEIVED", "WORKLIST")
"""AE titles of the archive's own device, beside those that begin with IOCM_."""


def own_titles(site: "SiteSettings") -> set[str]:
    """AE titles of the archive that a site names or that every archive has, case left aside."""
    archive = site.archive
    named = (archive.ae_title, archive.worklist_ae_title, archive.store_ae_title, archive.query_ae_title)
    return {title.casefold() for title in (*named, *(site.gateway.ae_titles or ()), *RESERVED) if title}


def titles_apart(site: "SiteSettings") -> Iterator[Problem]:
    """One without the other leaves half open; without a list nobody knows who calls."""
    archive = site.archive
    given = {"store_ae_title": archive.store_ae_title, "query_ae_title": archive.query_ae_title}
    if set(given.values()) == {None}:
        return
    taken = dict.fromkeys(RESERVED, "the archive's own") | dict.fromkeys(
        site.gateway.ae_titles or (), "one of gateway.ae_titles"
    )
    taken |= {archive.ae_title: "archive.ae_title", archive.worklist_ae_title or "WORKLIST": "the worklist's"}
    others = {title.casefold(): whose for title, whose in taken.items()}
    for key, title in given.items():
        path = f"archive.{key}"
        if title is None:
            other = next(name for name in given if name != key)
            yield Problem(
                path, f"is missing beside archive.{other}: one of them tells half", shown(title), "both, or neither"
            )
            continue
        whose = "the archive's own" if title.casefold().startswith("iocm_") else others.get(title.casefold())
        if whose is not None:
            yield Problem(path, f"is {whose} already", shown(title), "an AE title of its own, such as STORE or QUERY")
        others[title.casefold()] = f"archive.{key}"
    if site.modalities is None:
        yield Problem(
            "archive.store_ae_title", "has no effect without modalities: who calls is not known then",
            shown(archive.store_ae_title), "none", "list the devices, or take both titles out",
        )  # fmt: skip
    if site.storage.tenants:
        yield Problem(
            "archive.store_ae_title", "and storage.tenants: a tenant's devices call its AE title for everything",
            shown(archive.store_ae_title), "one of them",
        )  # fmt: skip


TITLE_RULES = (titles_apart,)
