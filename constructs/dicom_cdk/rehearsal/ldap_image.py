"""What the LDAP container of a rehearsed host sees: the room's folder, the host's secrets, stand-ins for the image's files."""

from pathlib import Path

from dicom_cdk.rehearsal.stand_in_directory import DEVICE, base_entry, first_configuration, schema
from dicom_cdk.releases.updates import LDAP_UPDATES

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
    """Fill the folder `container` for the host whose root is `host`."""
    ldap = container / "etc/openldap"
    for folder in ("schema", "data", "slapd.d"):
        (ldap / folder).mkdir(parents=True)
    for name in ("run/openldap", "usr/lib", "opt", "var/lib/openldap"):
        (container / name).mkdir(parents=True)
    for link, target in {
        "usr/lib/openldap": Path("/usr/lib/ldap"),
        "opt/dicom": host / "opt/dicom/directory/current/container",
        "run/secrets": host / "run/dicom/secrets",
        "var/lib/openldap/openldap-data": host / "var/local/dicom/ldap",
    }.items():
        (container / link).symlink_to(target)
    for name in ("core", "cosine", "inetorgperson"):
        (ldap / f"schema/{name}.ldif").write_text(Path(f"/etc/ldap/schema/{name}.ldif").read_text())
    (ldap / "schema/dicom.ldif").write_text(schema())
    (ldap / "data/init-baseDN.ldif").write_text(base_entry())
    (ldap / "data/default-config.ldif").write_text(first_configuration())
    (ldap / "configure.sh").write_text(LOADER)
    (container / "docker-entrypoint.sh").write_text(START)
    (container / "docker-entrypoint.sh").chmod(0o755)
    for release in LDAP_UPDATES:
        update = ldap / "data" / release
        update.mkdir()
        kind = f"add: dicomPrimaryDeviceType\ndicomPrimaryDeviceType: {release}\n"
        (update / f"update-dev-{release}.ldif").write_text(f"dn: {DEVICE}\nchangetype: modify\n{kind}")
    (container / "usr/bin").mkdir(exist_ok=True)
    (container / "usr/bin/update-data").write_text(UPDATE_DATA)
    (container / "usr/bin/update-data").chmod(0o755)
