#!/usr/bin/env bash
# The directory as LDIF into the operations bucket, under this node's name. Run by dicom-ldap-backup.timer.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-backup 870

node=$(value node)
bucket=$(value backup_bucket)
prefix=$(value backup_prefix)
rm -rf "$R"/run/dicom/backup.* # of a run that was killed
work=$(mktemp -d "$R/run/dicom/backup.XXXXXX")
trap 'rm -rf "$work"' EXIT
compose directory exec -T ldap sh /opt/dicom/dump.sh >"$work/ldif"
grep -q '^dn:' "$work/ldif" || die "the directory is empty: nothing is put over an earlier backup"
gzip -9n "$work/ldif"
key=$prefix$node/$(date -u +%Y%m%dT%H%M%SZ).ldif.gz
for each in "$key" "$prefix$node/latest.ldif.gz"; do
  python3 "$HERE/alicloud.py" oss-put "$work/ldif.gz" "$bucket" "$each"
done
# Its time is what the numbers of this host are about.
: >"$R/var/local/dicom/ldap-backup.last"
say "backup $key"
