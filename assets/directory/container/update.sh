#!/bin/sh
# update.sh RELEASE again|first, in the container: the image's own update of its data to one release. It ends well whatever happened,
# so its errors are read. `again`: what is there already is no error.
# update.sh "RELEASE…" look: whether the image has them all; changes nothing.
set -eu
R=${DICOM_ROOT:-}
release=$1
DICOM_ERRORS=$(mktemp)
trap 'rm -f "$DICOM_ERRORS" "$DICOM_ERRORS.other"' EXIT
PATH=$R/opt/dicom/bin:$R/usr/bin:$PATH LDAP_ROOTPASS=in-file LDAP_CONFIGPASS=in-file
export PATH DICOM_ERRORS LDAP_ROOTPASS LDAP_CONFIGPASS
command -v update-data >/dev/null || { echo "this image has no update-data, expected as in slapd-dcm4chee 2.6.0-26.0 and later" >&2; exit 1; }
for each in $release; do
  [ -d "$R/etc/openldap/data/$each" ] || { echo "this image has no data of $each; it is older than that release, or another" >&2; exit 1; }
done
[ "$2" != look ] || exit 0
rc=0
update-data "$release" >/dev/null 2>"$DICOM_ERRORS.other" || rc=$?
# 68, 20, 16: it is there, or gone, already. Indented lines explain the one above.
bad=$(grep -v -e '^[[:space:]]' -e '^$' "$DICOM_ERRORS" || true)
[ "$2" = first ] || bad=$(printf '%s\n' "$bad" | grep -v -e '(68)$' -e '(20)$' -e '(16)$' || true)
if [ -n "$bad" ]; then
  echo "the image's data of $release: $(printf '%s\n' "$bad" | wc -l) changes were refused: $(printf '%s\n' "$bad" | sort | uniq -c | sort -rn | head -n 3 | tr '\n' ';')" >&2
  exit 1
fi
said=$(grep -v '^ldap' "$DICOM_ERRORS.other" | tail -n 3)
[ "$rc" = 0 ] || { echo "the image's update-data $release ended with $rc: $said" >&2; exit 1; }
