"""Releases that belong together: archive, LDAP image, SQL of the schema; what a release cannot do (releases/table.py); NGINX."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.releases.path import path
from dicom_cdk.releases.table import RELEASES, Release, belongs, release
from dicom_cdk.settings.errors import Problem, listed, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

OLDEST_NGINX = (1, 21, 4)
"""The guide's. The start needs 1.19.5 (option -e) and the image's templates, a login njs 0.7.0 (WebCrypto), which came with it."""
_TOGETHER = "leave it out: it follows archive.version"


def _release(site: "SiteSettings") -> Release | None:
    return release(site.archive.behaves_like or site.archive.version)


def archive(site: "SiteSettings") -> Iterator[Problem]:
    """The archive's release is one that is known, or says which known one it behaves like; and one that may be taken."""
    version, like = site.archive.version, site.archive.behaves_like
    key, named = ("archive.behaves_like", like) if like is not None else ("archive.version", version)
    known = release(named)
    if known is None:
        same = [each for each in RELEASES if each.startswith(".".join(named.split(".")[:2]) + ".")]
        yield Problem(
            key,
            "is no release of dcm4chee-arc that is known here",
            shown(named),
            listed(same) if same else f"5.25.0 to {list(RELEASES)[-1]}, such as 5.25.2",
            ""
            if like is not None
            else "for one of your own say in archive.behaves_like which of these it behaves like",
        )
    elif known.refused:
        yield Problem(key, f"is not to be taken: {known.refused}", shown(named))
    if like is not None and release(version) is not None:
        yield Problem(
            "archive.behaves_like",
            f"is for a version that is not known here, and {version} is",
            shown(like),
            do="leave it out",
        )


def directory(site: "SiteSettings") -> Iterator[Problem]:
    """The LDAP image, unless it is the site's own: its schema and first configuration are those of one release."""
    known, tag = _release(site), site.directory.image_tag
    own = tag is None or site.registry.images.slapd_dcm4chee is not None or site.archive.behaves_like is not None
    if known is not None and tag is not None and not own and not belongs(tag, known.slapd):
        yield Problem(
            "directory.image_tag",
            f"does not belong to archive {site.archive.version}",
            shown(tag),
            listed(known.slapd),
            _TOGETHER,
        )


def schema(site: "SiteSettings") -> Iterator[Problem]:
    """The image with the SQL, unless it is the site's own or the SQL comes from a bucket."""
    known, sql = _release(site), site.database.schema_sql
    own = (
        sql.source != "image"
        or site.registry.images.postgres_dcm4chee is not None
        or site.archive.behaves_like is not None
    )
    if known is not None and sql.image_tag is not None and not own and not belongs(sql.image_tag, known.postgres):
        yield Problem(
            "database.schema_sql.image_tag",
            f"does not belong to archive {site.archive.version}",
            shown(sql.image_tag),
            listed(known.postgres),
            _TOGETHER,
        )


def signature(site: "SiteSettings") -> Iterator[Problem]:
    """How requests to the object storage are signed: jclouds knows version 4 from 2.5.0 on and ignores the option before."""
    known = _release(site)
    if known is not None and site.storage.signature_version not in known.signatures:
        yield Problem(
            "storage.signature_version",
            f"is not known to archive {site.archive.version}, which would go on signing with version 2",
            shown(site.storage.signature_version),
            "2, or 4 with archive.version 5.26.1 or later",
        )


def upgrade(site: "SiteSettings") -> Iterator[Problem]:
    """The way from the release that the site lives with: there is one, in one go."""
    old = site.archive.upgrade_from
    if old is None or _release(site) is None:
        return
    found = path(old, site.archive.behaves_like or site.archive.version)
    if found.refused:
        yield Problem("archive.upgrade_from", found.refused, shown(old))
    elif not found.steps:
        yield Problem("archive.upgrade_from", "is the release of archive.version itself", shown(old), do="leave it out")


def nginx(site: "SiteSettings") -> Iterator[Problem]:
    """The gateway's base, unless it is the site's own: as old as the guide's at most, and with njs where people log in."""
    tag = site.gateway.nginx_tag
    if site.gateway.image is not None or site.registry.images.nginx is not None:
        return
    number = re.match(r"(\d+)\.(\d+)\.(\d+)", tag)
    if number and tuple(map(int, number.groups())) < OLDEST_NGINX:
        oldest = ".".join(map(str, OLDEST_NGINX))
        yield Problem(
            "gateway.nginx_tag",
            "is older than what the gateway's files were made for, and may not start with them",
            shown(tag),
            f"{oldest} (the guide's) or later",
            "leave it out for the default",
        )
    if site.gateway.login.issuer is not None and "slim" in tag.split("-"):
        yield Problem(
            "gateway.nginx_tag",
            "has no njs, by which gateway.login judges tokens, and would not start",
            shown(tag),
            "a tag without -slim",
        )


VERSION_RULES = (archive, directory, schema, signature, upgrade, nginx)
