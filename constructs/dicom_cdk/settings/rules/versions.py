"""Releases that belong together: archive, LDAP image, SQL of the schema; what a release cannot do (settings/releases.py)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, listed, shown
from dicom_cdk.settings.releases import RELEASES, belongs, release

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

_TOGETHER = "change it together with archive.version"


def archive(site: "SiteSettings") -> Iterator[Problem]:
    """The archive's release: an image of the site's own is one of them too."""
    version = site.archive.version
    if release(version) is None:
        same = [each for each in RELEASES if each.startswith(".".join(version.split(".")[:2]) + ".")]
        yield Problem(
            "archive.version",
            "is no release of dcm4chee-arc",
            shown(version),
            listed(same) if same else f"5.25.0 to {list(RELEASES)[-1]}, such as 5.25.2",
        )


def directory(site: "SiteSettings") -> Iterator[Problem]:
    """The LDAP image, unless it is the site's own: its schema and first configuration are those of one release."""
    known = release(site.archive.version)
    tag = site.directory.image_tag
    if known is not None and site.registry.images.slapd_dcm4chee is None and not belongs(tag, known.slapd):
        yield Problem(
            "directory.image_tag",
            f"does not belong to archive {site.archive.version}",
            shown(tag),
            listed(known.slapd),
            _TOGETHER,
        )


def schema(site: "SiteSettings") -> Iterator[Problem]:
    """The image with the SQL, unless it is the site's own or the SQL comes from a bucket."""
    known, sql = release(site.archive.version), site.database.schema_sql
    own = sql.source != "image" or site.registry.images.postgres_dcm4chee is not None
    if known is not None and not own and not belongs(sql.image_tag, known.postgres):
        yield Problem(
            "database.schema_sql.image_tag",
            f"does not belong to archive {site.archive.version}",
            shown(sql.image_tag),
            listed(known.postgres),
            _TOGETHER,
        )


def signature(site: "SiteSettings") -> Iterator[Problem]:
    """How requests to the object storage are signed: jclouds knows version 4 from 2.5.0 on and ignores the option before."""
    known = release(site.archive.version)
    if known is not None and site.storage.signature_version not in known.signatures:
        yield Problem(
            "storage.signature_version",
            f"is not known to archive {site.archive.version}, which would go on signing with version 2",
            shown(site.storage.signature_version),
            "2, or 4 with archive.version 5.26.1 or later",
        )


VERSION_RULES = (archive, directory, schema, signature)
