"""What lies between two releases: SQL updates of the schema and LDAP updates of the directory, in order.

Source: the update scripts of dcm4chee-arc-light and of the images postgres-dcm4chee and slapd-dcm4chee; each was read, and run from
5.25 to 5.35 on PostgreSQL 15 and on slapd with the image's own schema and data, in October 2026.
"""

from typing import NamedTuple

from dicom_cdk.releases.table import plain

Number = tuple[int, ...]


def number(version: str) -> Number:
    """``5.31.2`` as (5, 31, 2), a suffix after ``-`` left out; comparable. Raises ValueError for what is no version."""
    return tuple(int(part) for part in plain(version).split("."))


class SqlUpdate(NamedTuple):
    """One ``update-<name>-psql.sql``: it leads from the schema of the release before to that of `name`."""

    name: str
    """``5.26``, or ``5.31.1`` for the one patch release that has a script."""
    marker: str
    """``table.column`` in lower case, or an index's name, that is there exactly when the script was run."""
    says: str = ""
    """What it takes away or may fail on; empty where there is nothing to say."""


SQL_UPDATES = (
    SqlUpdate("5.26", "rel_ups_station_name_code.ups_fk", "table issuer is taken away"),
    SqlUpdate("5.27", "instance_req.pk"),
    SqlUpdate("5.28", "key_value.pk"),
    SqlUpdate("5.29", "key_value2.pk", "table key_value is taken away with its rows, which 5.28 alone wrote"),
    SqlUpdate("5.30", "mwl_item.worklist_label", "column mwl_item.local_aet is taken away"),
    SqlUpdate("5.31", "patient_id.patient_fk", "column patient.patient_id_fk is taken away"),
    SqlUpdate("5.31.1", "idxe6odcfrgswxke8wtlj8bdehet"),
    SqlUpdate("5.32", "study.study_deleting"),
    SqlUpdate("5.33", "series.access_control_id"),
    SqlUpdate(
        "5.34",
        "patient_id.pat_name",
        "fails while two patients have one id, issuer and name; such pairs are merged in the old archive's console before",
    ),
    SqlUpdate("5.35", "study_access_control_id.study_fk"),
)
"""In order. None may be left out: 5.33 on a schema of 5.25 ends well and leaves a schema of no release."""

FIRST_MINOR = 25
"""Minor of the oldest release that is known; its schema is the one without any marker."""

LDAP_UPDATES = (
    "5.26.0", "5.26.1", "5.28.0", "5.29.0", "5.29.1", "5.29.2", "5.30.0", "5.31.0", "5.31.1", "5.31.2", "5.32.0", "5.33.0",
    "5.33.1", "5.34.0", "5.34.1", "5.34.2", "5.34.3", "5.35.0",
)  # fmt: skip
"""Releases whose slapd image brings data that ``update-data`` writes, in order; none may be left out."""

WORKLIST_SINCE = (5, 29, 1)
"""From here on a new directory has worklist and UPS on AE title WORKLIST; an updated one keeps them where they were."""
KEPT_FOLDERS = (
    ((5, 25, 0), "copied once, with no later image's: it would go on running the old programs"),
    ((5, 25, 2), "newer files are copied, programs that the image lacks removed"),
    ((5, 29, 0), "as before, and WildFly's *.xml are overwritten when the release changes"),
)
"""From which release on, what the entry point does with programs and configuration in a kept volume."""
KEEPS_OLD_PROGRAMS_UNTIL = (5, 25, 1)
"""Up to here another image would go on running the old programs (KEPT_FOLDERS)."""
UNIQUE_PATIENTS_SINCE = (5, 34, 0)
"""From here on the database allows no two patients of one id, issuer and name."""
MERGE_AT = "5.33.1"
"""Where to stop on the way beyond `UNIQUE_PATIENTS_SINCE`: the last release that lets such patients be merged."""


def kept_folders(version: str) -> str:
    """What the image of a release does with programs and configuration that another one left. Raises ValueError for no version."""
    return [does for since, does in KEPT_FOLDERS if since <= number(version)][-1]


def _script(update: SqlUpdate) -> Number:
    parts = number(update.name)
    return parts if len(parts) == 3 else (*parts, 0)


def sql_between(old: str, new: str) -> tuple[SqlUpdate, ...]:
    """The SQL updates from release `old` to release `new`, in order; none within a minor but 5.31.1's."""
    return tuple(each for each in SQL_UPDATES if number(old) < _script(each) <= number(new))


def ldap_between(old: str, new: str) -> tuple[str, ...]:
    """The releases whose ``update-data`` lies between, in order."""
    return tuple(each for each in LDAP_UPDATES if number(old) < number(each) <= number(new))
