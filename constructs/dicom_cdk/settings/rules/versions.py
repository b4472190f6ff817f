"""Releases that belong together: archive, LDAP image, SQL of the schema.

Tags are ``5.<minor>.<patch>`` for the archive, ``<openldap>-<minor>.<patch>`` for slapd-dcm4chee and ``<postgresql>-<minor>`` for
postgres-dcm4chee. The minor says which LDAP schema and which tables the archive expects.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

_ARCHIVE = re.compile(r"5\.([0-9]+)\.([0-9]+)(-.+)?")
_SLAPD = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+-([0-9]+)\.([0-9]+)(-.+)?")
_POSTGRES = re.compile(r"[0-9]+(\.[0-9]+)?-([0-9]+)(-.+)?")


def archive(site: "SiteSettings") -> Iterator[Problem]:
    """The archive's release."""
    if archive_minor(site.archive.version) is None:
        yield Problem(
            "archive.version",
            "is no release of dcm4chee-arc",
            shown(site.archive.version),
            "5.<minor>.<patch> such as 5.25.0",
        )


def directory(site: "SiteSettings") -> Iterator[Problem]:
    """The LDAP image, unless it is the site's own."""
    if site.registry.images.slapd_dcm4chee is None:
        yield from matching(
            "directory.image_tag",
            site.directory.image_tag,
            _SLAPD,
            1,
            "<openldap>-{minor}.<patch> such as 2.6.0-{minor}.0",
            site.archive.version,
        )


def schema(site: "SiteSettings") -> Iterator[Problem]:
    """The image with the SQL, unless it is the site's own or the SQL comes from a bucket."""
    if site.database.schema_sql.source == "image" and site.registry.images.postgres_dcm4chee is None:
        yield from matching(
            "database.schema_sql.image_tag",
            site.database.schema_sql.image_tag,
            _POSTGRES,
            2,
            "<postgresql>-{minor} such as 14.1-{minor}",
            site.archive.version,
        )


VERSION_RULES = (archive, directory, schema)


def archive_minor(version: str) -> str | None:
    """``25`` of ``5.25.0``."""
    found = _ARCHIVE.fullmatch(version)
    return found[1] if found else None


def matching(key: str, tag: str, pattern: re.Pattern[str], group: int, allowed: str, version: str) -> Iterator[Problem]:
    """A tag whose minor is the archive's."""
    minor, found = archive_minor(version), pattern.fullmatch(tag)
    if minor is not None and (found is None or found[group] != minor):
        yield Problem(
            key,
            f"does not belong to archive {version}",
            shown(tag),
            allowed.format(minor=minor),
            "change it together with archive.version",
        )
