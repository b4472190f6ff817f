#!/bin/sh
# In the container: the database as LDIF, while the server runs.
set -eu
exec slapcat -F "${DICOM_ROOT:-}/etc/openldap/slapd.d" -b "$LDAP_BASE_DN"
