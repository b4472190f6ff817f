"""docs/upgrades.md, made from the tables: which releases belong together, what lies between two, the way to the newest."""

from collections.abc import Iterator
from itertools import pairwise

from dicom_cdk import shipped
from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import SQL_UPDATES, ldap_between, sql_between

NEWEST = next(version for version, known in reversed(RELEASES.items()) if not known.refused)
"""The newest release that may be taken."""
FIRST = "5.25.2"
"""The release of the guide's line that new sites get."""

_HEAD = """\
# Upgrades of the archive

Generated from `constructs/dicom_cdk/releases/` by `make docs`; do not edit. Source: the update scripts of dcm4chee-arc-light and
of its images, read and run one after the other on PostgreSQL 15 and slapd in October 2026; no newer archive was booted on the
result.

`archive.version` is one word, and the tags of the other images follow it. On a new site that is all. On a site that lives a change
of minor changes the schema of the database and the data of the directory: an older archive does not start on the result, no script
leads back, and an archive that runs meanwhile writes rows that the update has passed. `dicom-cdk review` therefore prints the way
for the two versions that it finds, and exits 3 until the allow file names it.

What is done for you today, and what is not: releases that are not known or not to be taken are refused; the way is printed; old
programs that a host has kept are put aside; the schema step stops before any archive starts when the database is of another
release, names both and changes nothing; a directory node takes the schema of its image whenever it starts. The updates of SQL and
of the directory's data are run by hand, as the end of this page says.
"""

_BY_HAND = """\
## By hand

With the scripts of the new images: `postgres-dcm4chee` holds the SQL in `/sql`, `slapd-dcm4chee` has `update-data`.

1. Back up: a manual backup of the RDS instance, and `systemctl start dicom-ldap-backup` on both directory hosts. Note the time.
2. Stop every archive: `docker compose` down of project archive on the host, and the DICOMweb application scaled to zero.
3. For each SQL update in order: `psql -v ON_ERROR_STOP=1 --single-transaction -f update-5.N-psql.sql`; where a release has three
   parts, -1, -2, -3, in this order. Look for its marker before and after: one that is there says that it was run already.
4. Change `archive.version`, synthesize, review, and apply the directory's steps alone (`-target` of both `prepare` steps): each
   node starts with the new image and its schema.
5. On one directory node, for each version in order: `update-data VERSION` with the site's own names in the environment. It exits 0
   even when it failed: a line with `ldap_` in its output is a failure, but for 20 and 68 on a second run.
6. Apply. A query, a store and a retrieve must answer (`dicom-cdk smoke`).

Back: restore database **and** directory from before step 3, and the old version.
"""


def page() -> str:
    """The page's text."""
    return "\n".join([_HEAD, *_releases(), *_updates(), *_ways(), _BY_HAND.rstrip(), ""])


def _releases() -> Iterator[str]:
    yield "## Releases\n"
    yield "| archive | slapd-dcm4chee | postgres-dcm4chee | dcm4che-tools | WildFly, Java | signs | what to know |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for version, known in RELEASES.items():
        what = f"**refused**: {known.refused}" if known.refused else known.faults
        signs = " or ".join(f"V{each}" for each in known.signatures)
        yield (
            f"| {version} | {', '.join(known.slapd)} | {', '.join(known.postgres)} | {known.tools} | {known.wildfly}, {known.java} "
            f"| {signs} | {what} |"
        )
    yield ""


def _updates() -> Iterator[str]:
    yield "## SQL updates\n"
    yield "| update | marker that it was run | what to know |"
    yield "| --- | --- | --- |"
    for each in SQL_UPDATES:
        yield f"| {each.name} | `{each.marker}` | {each.says} |"
    yield ""


def _ways() -> Iterator[str]:
    yield f"## From each release to {NEWEST}\n"
    yield f"{NEWEST} is the newest that may be taken. No update may be left out. A step back is a restore.\n"
    yield "| from | by way of | SQL updates | directory data |"
    yield "| --- | --- | --- | --- |"
    for version, known in RELEASES.items():
        if known.refused or version == NEWEST:
            continue
        over, sql, ldap = way(version, NEWEST)[1:-1], sql_between(version, NEWEST), ldap_between(version, NEWEST)
        yield f"| {version} | {', '.join(over)} | {', '.join(each.name for each in sql)} | {', '.join(ldap)} |"
    yield f"\n## In full, from {FIRST}\n"
    yield "What `dicom-cdk review` prints for these versions; **stopped** says that no archive runs meanwhile.\n"
    for old, new in pairwise(way(FIRST, NEWEST)):
        yield f"{old} → {new}:\n"
        for number, step in enumerate(path(old, new).steps, 1):
            yield f"{number}. {step.text[0].upper()}{step.text[1:]}{' (**stopped**)' if step.stopped else ''}"
        yield ""


if __name__ == "__main__":
    (shipped.path("docs/site.schema.json").parent / "upgrades.md").write_text(page())
