#!/bin/sh
# In a container of its own, the server stopped: a new database from the LDIF on stdin; the present one moves to previous/.
set -eu
. "${DICOM_ROOT:-}/opt/dicom/config.sh"
new=$DATA/.new
rm -rf "$new"
mkdir -p "$new" "$DATA/previous"
make_config "$new"
slapadd -q -w -n 1 -F "$CONF"
[ ! -e "$DATA/data.mdb" ] || mv -f "$DATA/data.mdb" "$DATA/previous/data.mdb"
rm -f "$DATA/lock.mdb"
mv "$new/data.mdb" "$DATA/data.mdb"
rm -rf "$new"
chown -R "${LDAP_USER_ID:-1021}:${LDAP_GROUP_ID:-1021}" "$DATA"
