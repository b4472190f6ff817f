"""Tenants: each title once, in one place of its own, with hospitals that are nobody else's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Path, Problem, listed, shown
from dicom_cdk.settings.rules.name_forms import BUCKET_LONGEST, bucket_name
from dicom_cdk.settings.rules.names import OPERATIONS
from dicom_cdk.settings.rules.recovery import COPY
from dicom_cdk.settings.rules.titles_apart import own_titles

if TYPE_CHECKING:
    from dicom_cdk.settings.models.tenants import Tenant
    from dicom_cdk.settings.site import SiteSettings

MOST = 20
"""Tenants: what the step is told of them travels in its command."""
TAKEN_PREFIXES = ("access-log", "database-dump", "ldap-backup", "trail")
"""What the bucket of operations keeps; nobody should have to ask which bucket one means."""


def tenant_titles(site: "SiteSettings") -> Iterator[Problem]:
    """Each once, none that is there without it: its storage would be another's."""
    ours = own_titles(site)
    devices = {one.ae_title.casefold() for one in site.modalities or ()}
    seen: dict[str, int] = {}
    for index, tenant in enumerate(site.storage.tenants):
        path: Path = ("storage", "tenants", index, "ae_title")
        title = tenant.ae_title.casefold()
        if title in ours or title.startswith("iocm_"):
            yield Problem(
                path,
                "is an AE title of the archive that stores where the site does",
                shown(tenant.ae_title),
                "a new one, which the archive gets for the tenant alone",
            )
        if title in devices:
            yield Problem(path, "is the AE title of a device in modalities", shown(tenant.ae_title), "one of its own")
        # Names of storages are made of it, where a dot is none.
        first = seen.setdefault(title.replace(".", "-"), index)
        if first != index:
            yield Problem(
                path,
                f"is taken already by storage.tenants[{first}]",
                shown(tenant.ae_title),
                "every AE title once, case and dots left aside",
            )
    if len(site.storage.tenants) > MOST:
        yield Problem("storage.tenants", "is too long", f"{len(site.storage.tenants)} entries", f"at most {MOST}")


def tenant_places(site: "SiteSettings") -> Iterator[Problem]:
    """One of bucket and prefix, nobody else's, and no prefix inside another."""
    images = site.storage.bucket or f"{site.name}-{site.account_id}"
    buckets = {
        images: "storage.bucket",
        f"{images}{OPERATIONS}": "the bucket of operations",
        site.state.bucket: "state.bucket",
        site.database.schema_sql.bucket: "database.schema_sql.bucket",
    }
    prefixes: dict[str, int] = {}
    for index, tenant in enumerate(site.storage.tenants):
        path: Path = ("storage", "tenants", index)
        if (tenant.bucket is None) == (tenant.prefix is None):
            got = "neither" if tenant.bucket is None else f"{shown(tenant.bucket)} and {shown(tenant.prefix)}"
            yield Problem((*path, "bucket"), "and prefix: one of them says where images lie", got, "one of them")
        if tenant.bucket is not None:
            yield from _bucket(path, site, tenant, tenant.bucket, buckets)
            buckets.setdefault(tenant.bucket, f"storage.tenants[{index}]")
        if tenant.prefix is not None:
            yield from _prefix((*path, "prefix"), tenant.prefix, prefixes)
            prefixes.setdefault(tenant.prefix, index)


def _bucket(
    path: Path, site: "SiteSettings", tenant: "Tenant", name: str, taken: "dict[str | None, str]"
) -> Iterator[Problem]:
    longest = BUCKET_LONGEST - (len(COPY) if site.recovery.region is not None else 0)
    for problem in bucket_name("bucket", name, longest=longest):
        yield Problem((*path, "bucket"), problem.what, problem.got, problem.allowed, problem.do)
    if (other := taken.get(name)) is not None:
        yield Problem((*path, "bucket"), f"is {other} already", shown(name), f"one that is {tenant.ae_title}'s alone")


def _prefix(path: Path, prefix: str, others: dict[str, int]) -> Iterator[Problem]:
    if prefix.partition("/")[0] in TAKEN_PREFIXES:
        yield Problem(
            path, "is what the bucket of operations calls its own", shown(prefix), "another name, such as north"
        )
    if prefix.partition("/")[0].isdigit():
        yield Problem(path, "begins as the days do by which the site's own objects lie", shown(prefix), "a word")
    for other, index in others.items():
        if f"{prefix}/".startswith(f"{other}/") or f"{other}/".startswith(f"{prefix}/"):
            yield Problem(
                path,
                f"and that of storage.tenants[{index}] are one inside the other",
                shown(prefix),
                f"one beside {other}",
            )


def tenant_hospitals(site: "SiteSettings") -> Iterator[Problem]:
    """A hospital is one tenant's; one without a tenant calls the site's own AE titles."""
    known = {hospital.name for hospital in site.hospitals}
    whose: dict[str, int] = {}
    for index, tenant in enumerate(site.storage.tenants):
        for number, name in enumerate(tenant.hospitals):
            path: Path = ("storage", "tenants", index, "hospitals", number)
            if name not in known:
                names = listed(sorted(known)) if known else "none: hospitals is empty"
                yield Problem(path, "is no name of hospitals", shown(name), names)
            first = whose.setdefault(name, index)
            if first != index or tenant.hospitals.index(name) != number:
                yield Problem(
                    path, f"is of storage.tenants[{first}] already", shown(name), "every hospital with one tenant"
                )
        if tenant.hospitals and site.modalities is None:
            yield Problem(
                ("storage", "tenants", index, "hospitals"),
                "has no effect without modalities: who calls is not known then",
                shown(list(tenant.hospitals)),
                "none",
                "list their devices, or take hospitals out",
            )


TENANT_RULES = (tenant_titles, tenant_places, tenant_hospitals)
