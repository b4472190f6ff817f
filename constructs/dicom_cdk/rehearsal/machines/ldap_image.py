"""What the LDAP container of a rehearsed host sees: the room's folder, the host's secrets, stand-ins for the image's files."""

from pathlib import Path

from dicom_cdk.rehearsal.archive.stand_in_directory import base_entry, first_configuration
from dicom_cdk.rehearsal.archive.stand_in_releases import NEWEST, first_of, release_of, schema_of, update
from dicom_cdk.releases.updates import LDAP_UPDATES, number

PLACES = ("etc/openldap/schema", "etc/openldap/data", "usr/bin")
"""Folders of a container that are its image's."""

# The image's start script, as far as it matters: cn=config is there, so it starts the server and nothing else.
START = """\
#!/bin/sh
[ -f "$DICOM_ROOT/etc/openldap/slapd.d/cn=config.ldif" ] || exit 9
exec slapd -d none -h "$LDAP_URLS" -F "$DICOM_ROOT/etc/openldap/slapd.d"
"""
# The image's loader, in its shape: password as an argument, no look at errors.
LOADER = """\
#!/bin/sh
cd "$DICOM_ROOT/etc/openldap/data"
ldapadd -xw $LDAP_ROOTPASS -D cn=admin,${LDAP_BASE_DN} -H "$LDAP_URLS" -f init-baseDN.ldif
if [ "$SKIP_INIT_CONFIG" != "true" ]; then
  ldapadd -xw $LDAP_ROOTPASS -D cn=admin,${LDAP_BASE_DN} -H "$LDAP_URLS" -f default-config.ldif
fi
"""
# In the shape of the image's own: files by part and release, a pipe into ldapmodify, no look at errors.
UPDATE_DATA = """\
#!/bin/sh
for part in dev DCM4CHEE; do
  file="$DICOM_ROOT/etc/openldap/data/$1/update-$part-$1.ldif"
  [ -f "$file" ] || continue
  sed "s%dicomAETitle=DCM4CHEE%dicomAETitle=${AE_TITLE}%" "$file" |
    ldapmodify -xw ${LDAP_ROOTPASS} -D cn=admin,${LDAP_BASE_DN} -H "$LDAP_URLS"
done
true
"""


def make(container: Path, host: Path) -> None:
    """Fill the folder `container` for the host whose root is `host`. Its image has every release's data and schema, and the first
    configuration of the oldest, until one of `carry` is started.
    """
    ldap = container / "etc/openldap"
    for folder in (
        ldap / "slapd.d",
        container / "run/openldap",
        container / "usr/lib",
        container / "opt",
        container / "var/lib/openldap",
    ):
        folder.mkdir(parents=True)
    for link, target in {
        "usr/lib/openldap": Path("/usr/lib/ldap"),
        "opt/dicom": host / "opt/dicom/directory/current/container",
        "run/secrets": host / "run/dicom/secrets",
        "var/lib/openldap/openldap-data": host / "var/local/dicom/ldap",
        "image": _tree(container, "any", first_configuration(), NEWEST),
        **{place: container / "image" / place for place in PLACES},
    }.items():
        (container / link).symlink_to(target)
    (ldap / "configure.sh").write_text(LOADER)
    (container / "docker-entrypoint.sh").write_text(START)
    (container / "docker-entrypoint.sh").chmod(0o755)


def carry(container: Path, tag: str) -> None:
    """The host of `container` can start slapd-dcm4chee of `tag`, with schema, first data and updates of its release."""
    if release := release_of(tag):
        _tree(container, tag, first_of(release), release)


def _tree(container: Path, tag: str, first: str, release: str) -> Path:
    """Files of an image, beside the container's folder."""
    tree = container.parent / "ldap-images" / tag
    if tree.exists():
        return tree
    for folder in PLACES:
        (tree / folder).mkdir(parents=True)
    ldap = tree / "etc/openldap"
    for name in ("core", "cosine", "inetorgperson"):
        (ldap / f"schema/{name}.ldif").write_text(Path(f"/etc/ldap/schema/{name}.ldif").read_text())
    (ldap / "schema/dicom.ldif").write_text(schema_of(release))
    (ldap / "data/init-baseDN.ldif").write_text(base_entry())
    (ldap / "data/default-config.ldif").write_text(first)
    for each in LDAP_UPDATES:
        if number(each) <= number(release):
            (ldap / "data" / each).mkdir()
            (ldap / f"data/{each}/update-dev-{each}.ldif").write_text(update(each))
    (tree / "usr/bin/update-data").write_text(UPDATE_DATA)
    (tree / "usr/bin/update-data").chmod(0o755)
    return tree
