#!/bin/sh
# Before the image's own entry point, which takes passwords as plain variables only. That it finds a configuration keeps it from
# loading its first data in the background, once, in a race with the server; load.sh does that under control.
set -eu
. "${DICOM_ROOT:-}/opt/dicom/config.sh"
make_config
LDAP_ROOTPASS=$(password ldap-root)
LDAP_CONFIGPASS=$(password ldap-config)
export LDAP_ROOTPASS LDAP_CONFIGPASS
exec "$R/docker-entrypoint.sh" "$@"
