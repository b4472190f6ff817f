"""docs/upgrades.md, made from the tables: which releases belong together, what lies between two, the way to the newest."""

# ruff: noqa: E501 -- the row of a Markdown table is one line

from collections.abc import Iterator
from itertools import pairwise

from dicom_cdk import shipped
from dicom_cdk.releases.faults import FAULTS
from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import KEPT_FOLDERS, SQL_UPDATES, ldap_between, sql_between

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

`archive.upgrade_from` names the release that the site lives with, and makes the walk a part of the apply:

| step, in Terraform's order | what it does | stopped in the middle, or run again |
| --- | --- | --- |
| `prepare` of both directory nodes | the new image, one node after the other; a node takes the schema of its image whenever it starts | as always |
| `backup` of both directory nodes | one more backup, beside the daily ones | another backup |
| `backup` of the database | a backup of RDS' own by the host's role, waited for; where RDS refuses it, a dump on the host's encrypted disk, if there is room for it | another backup; a dump only as long as no update is in |
| `drain` | waits until no task is at work in any queue of the archive (`IN PROCESS`), and with a shared folder until the bucket has what only the folder holds: 15 minutes at most, then it ends the apply with the queues' names, and nothing is stopped. Series of the last minute do not hold it up; a bucket that takes nothing does. Asks the old archive how many studies it finds and for ten images, and for ten that only the folder holds | waits again; where no archive runs any more it says so |
| `upgrade` of the database | looks which release the database is of; asks for all scripts, and for patients that are there twice, before it touches anything; stops the archive of its host and the DICOMweb application (SAE's `StopApplication` by the host's role), waits until nobody is connected and names who still is; counts rows; prints the time to restore to; runs each update in a transaction of its own and looks for its marker; counts again | goes on with the first update that is not in; a disk that fills leaves nothing of its update: raise `database.storage_gb` and apply again |
| `update` of the directory | looks whether both nodes have one schema, and whether the image has the data of every release; then the image's own `update-data` for each release, its errors read, each end noted in the base entry | goes on with the first release that is not noted |
| everything else | as on a new site: schema and storage are looked at, the host's archive starts, a query must answer | as always |
| `walked` | the new archive finds no fewer studies, gives the ten images, takes one of nobody (patient id `DICOM-CDK-WALK`, always the same) and gives it back unchanged; then what is of before may go | as always |
| the DICOMweb application, `resume` | Terraform gives the stopped application its new image; the host starts it by its role and waits for all instances | as always |

Where SAE refuses the host (its role, or no way to `sae-vpc.<region>.aliyuncs.com`), the `upgrade` step names the application: stop it in the
console, and start it there when `resume` asks for it. Nothing is lost meanwhile: no update runs while anybody is connected. Not tried in an
account: whether SAE deploys to a stopped application. If the apply ends there with `Application.InvalidStatus`, deploy the new image in the
console to the stopped application, and apply again. Take `upgrade_from` out when the site runs; a later `up` of the archive deletes the old
image's folders and a dump, once `walked` has said that they may go (docs/hosts.md).

Between two releases of one schema (5.34.0 to 5.34.3, 5.25.0 to 5.25.2) nothing stops but one container after the other: the directory's data
is updated if there is any, tasks end as above (`drain`), the host's archive changes and must answer, then the application's instances change while all but one answer
(`min_ready_instances`). DIMSE and HL7 have one host: they wait for its start.

How long every archive stops: `dicom-cdk rehearse upgrades` took 13 s for the nine updates from 5.25.2 to 5.33.1, with three studies, SQL of our own
and on two busy cores; what the real scripts take for a hospital's tables is not known here. With
`--faults --every 20` it went all 55 ways between schemas and was killed at nine places, in 21 minutes on the same cores with eight other
programs; none failed. A clone of the
database (`dicom-cdk drill` makes one) is where they can be timed by hand, as below.

Beside its backup the database is restored to any second within `database.log_backup_retention_days`, into a new instance. What a bring-your-own database of another installation is, the first step says: one of a known release is taken over
with `upgrade_from` naming it, an unknown one refused.

Without `upgrade_from` nothing is updated: the schema step stops before any archive starts when the database is of another release,
names both and changes nothing.
"""

_BY_HAND = """\
## By hand

The same without us, with the scripts of the new images (`postgres-dcm4chee` holds the SQL in `/sql`, `slapd-dcm4chee` has
`update-schema` and `update-data`):

1. Back up the database, and both nodes of the directory. Note the time.
2. Wait until no task is `IN PROCESS` (console, Monitoring): one that is cut off is begun anew, and may copy objects twice.
3. On each directory node `update-schema`: it may run twice and may jump, and each node needs it for itself.
4. Stop every archive.
5. For each SQL update in order: `psql -v ON_ERROR_STOP=1 --single-transaction -f update-5.N-psql.sql`; where a release has three
   parts, -1, -2, -3, in this order. Look for its marker before and after: one that is there says that it was run already.
6. On one directory node, for each release in order: `update-data RELEASE` with the site's own names in the environment. It exits 0
   even when it failed: a line with `ldap_` in its output is a failure, but for 20 and 68 on a second run.
7. Coming from 5.25.0 or 5.25.1 delete the kept `deployments` and `configuration`. Start the new archives; a query, a store and a
   retrieve must answer.

Back, either way: restore database **and** directory from before, and the old version.
"""


def page() -> str:
    """The page's text."""
    return "\n".join([_HEAD, *_releases(), *_faults(), *_updates(), *_ways(), _BY_HAND.rstrip(), ""])


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
    yield "\nPrograms and configuration that a kept volume holds of another image:\n"
    for since, does in KEPT_FOLDERS:
        yield f"- from {'.'.join(map(str, since))}: {does}"
    yield "\nSo `up` puts both folders aside whenever the image is another, and the image brings its own; data and logs stay.\n"


def _faults() -> Iterator[str]:
    yield "## Faults that releases share\n"
    yield "| issue | since | mended by | what goes wrong |"
    yield "| --- | --- | --- | --- |"
    for each in FAULTS:
        yield f"| {each.issue} | {each.since} | {each.mended or 'open'} | {each.says} |"
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
