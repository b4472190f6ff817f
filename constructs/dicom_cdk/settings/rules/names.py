"""Names within the vendor's limits, after everything has been put before and behind them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.name_forms import BUCKET_LONGEST, bucket_name, different, display_name, tag_problems

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

OPERATIONS = "-ops"
"""What room storage puts behind the bucket's name for its second bucket."""
BOOTSTRAP = "-bootstrap"
"""What is put behind a site's name for the stack that is applied once before."""
DRILL = "-drill"
"""What is put behind a site's name for the restore drill."""
DRILL_THERE = "-drill-recovery"
"""And for that in the other region."""
_SECOND_BUCKET = f"room storage makes a second bucket with {OPERATIONS} behind the name"
REGISTRY_LONGEST = 30


def site_name(site: "SiteSettings") -> Iterator[Problem]:
    """Two stacks would have one name if a site were called like the bootstrap stack or the drill of another."""
    for ending, stacks in ((BOOTSTRAP, "bootstrap stacks"), (DRILL, "restore drills"), (DRILL_THERE, "restore drills")):
        if site.name.endswith(ending):
            yield Problem("name", f"ends with {ending}, as only {stacks} do", shown(site.name), "another ending")


def bucket(site: "SiteSettings") -> Iterator[Problem]:
    """The bucket, and the operations bucket beside it."""
    if (name := site.storage.bucket) is not None:
        yield from bucket_name(
            "storage.bucket",
            name,
            longest=BUCKET_LONGEST - len(OPERATIONS),
            because=_SECOND_BUCKET,
        )
        if name.endswith(OPERATIONS):
            yield Problem(
                "storage.bucket",
                f"ends with {OPERATIONS}, as only the operations bucket beside a bucket does",
                shown(name),
                "another ending",
            )


def buckets(site: "SiteSettings") -> Iterator[Problem]:
    """The image bucket is this stack's own: neither the state nor the SQL can be in it before there is a stack."""
    images = site.storage.bucket or f"{site.name}-{site.account_id}"
    others = {"state.bucket": site.state.bucket, "database.schema_sql.bucket": site.database.schema_sql.bucket}
    for key, name in others.items():
        if name in (images, f"{images}{OPERATIONS}"):
            yield Problem(key, "is a bucket that room storage makes", shown(name), "a bucket that is there before")


def schema_bucket(site: "SiteSettings") -> Iterator[Problem]:
    """The bucket that holds the schema."""
    if (name := site.database.schema_sql.bucket) is not None:
        yield from bucket_name("database.schema_sql.bucket", name)


def state_bucket(site: "SiteSettings") -> Iterator[Problem]:
    """The bucket that holds the state."""
    if (name := site.state.bucket) is not None:
        yield from bucket_name("state.bucket", name)


def log_project(site: "SiteSettings") -> Iterator[Problem]:
    """The log project has a bucket's rules."""
    if (name := site.logs.project) is not None:
        yield from bucket_name("logs.project", name)


def registry(site: "SiteSettings") -> Iterator[Problem]:
    """The registry's instance, given or made from the site's name."""
    given = site.registry.instance_name
    if given is not None:
        yield from bucket_name("registry.instance_name", given, longest=REGISTRY_LONGEST)
    elif site.registry.instance_id is None:
        made = f"{site.name}-{site.account_id}"
        if len(made) > REGISTRY_LONGEST:
            most = REGISTRY_LONGEST - len(site.account_id) - 1
            yield Problem(
                "name",
                f"makes the registry's name <name>-<account_id> too long ({len(made)} characters)",
                shown(site.name),
                f"{most} characters for the name of a site, {REGISTRY_LONGEST} for that of a registry",
                "shorten it or set registry.instance_name",
            )


def hosts(site: "SiteSettings") -> Iterator[Problem]:
    """Names of the hosts, and that they differ."""
    names = {
        "directory.name_l": site.directory.name_l,
        "directory.name_g": site.directory.name_g,
        "archive.name": site.archive.name,
    }
    for key, name in names.items():
        yield from display_name(key, name, longest_bytes=128)
    yield from different(names)


def database(site: "SiteSettings") -> Iterator[Problem]:
    """The database instance's name."""
    if (name := site.database.instance_name) is not None:
        yield from display_name("database.instance_name", name, longest_bytes=255)


def networks(site: "SiteSettings") -> Iterator[Problem]:
    """Names of VPC and vSwitches."""
    for key, name in {
        "network.vpc_name": site.network.vpc_name,
        "network.vswitch_l.name": site.network.vswitch_l.name,
        "network.vswitch_g.name": site.network.vswitch_g.name,
    }.items():
        if name is not None:
            yield from display_name(key, name, longest_bytes=128)


def balancers(site: "SiteSettings") -> Iterator[Problem]:
    """Names of the two balancers."""
    names = {
        "directory.balancer_name": site.directory.balancer_name,
        "dicomweb.balancer_name": site.dicomweb.balancer_name,
    }
    for key, name in names.items():
        if not re.fullmatch(r"[A-Za-z0-9./_-]+", name):
            yield Problem(
                key, "has a wrong form", shown(name), "letters, digits, hyphens, slashes, dots and underscores"
            )
    yield from different(names)


def database_names(site: "SiteSettings") -> Iterator[Problem]:
    """Names that PostgreSQL or the vendor keeps for itself."""
    for key, name, taken in (
        ("database.name", site.database.name, ("postgres", "template0", "template1")),
        ("database.user", site.database.user, ("postgres", "aurora", "replicator", "root", "admin")),
    ):
        if name in taken or name.startswith("pg_"):
            yield Problem(
                key,
                "is kept by PostgreSQL or the vendor",
                shown(name),
                "another name, such as pacsdb for the database, pacs for the account",
            )


def tags(site: "SiteSettings") -> Iterator[Problem]:
    """Tags of all resources."""
    yield from tag_problems(site.tags)


NAME_RULES = (
    site_name,
    bucket,
    buckets,
    schema_bucket,
    state_bucket,
    log_project,
    registry,
    hosts,
    database,
    networks,
    balancers,
    database_names,
    tags,
)
