#!/bin/sh
# In the container: the image's own loader for base entry and configuration, with bin/ldapadd in the place of ldapadd.
# Entries that are there stay as they are. Left out: its users, whose passwords everybody knows; this archive has no login.
set -eu
R=${DICOM_ROOT:-}
DICOM_ERRORS=$(mktemp)
trap 'rm -f "$DICOM_ERRORS"' EXIT
PATH=$R/opt/dicom/bin:$PATH LDAP_ROOTPASS=in-file LDAP_CONFIGPASS=in-file
SKIP_INIT_CONFIG=false LDAP_INIT_SCHEMA='' LDAP_INIT_USERS='' IMPORT_LDIF=''
export PATH DICOM_ERRORS LDAP_ROOTPASS LDAP_CONFIGPASS SKIP_INIT_CONFIG LDAP_INIT_SCHEMA LDAP_INIT_USERS IMPORT_LDIF
loader=${LDAP_INIT_CMDS:-$R/etc/openldap/configure.sh}
[ -f "$loader" ] || { echo "this image has no loader $loader, expected as in slapd-dcm4chee 2.6.0-25.0" >&2; exit 1; }
rc=0
sh "$loader" >/dev/null 2>"$DICOM_ERRORS.other" || rc=$?
# 68 and 20: it is there already. Indented lines explain the one above.
case $rc in 20 | 68) rc=0 ;; esac
bad=$(grep -v -e '(68)$' -e '(20)$' -e '^[[:space:]]' -e '^$' "$DICOM_ERRORS" | head -n 3 || true)
said=$(tail -n 3 "$DICOM_ERRORS.other")
rm -f "$DICOM_ERRORS.other"
if [ -n "$bad" ] || [ "$rc" != 0 ]; then
  echo "the image's loader ended with $rc: $bad $said" >&2
  exit 1
fi
