#!/usr/bin/env bash
# restore.sh [KEY]: this node from a backup, by hand (docs/hosts.md); the present database is kept as previous/.
# Both nodes take the same backup while the other is stopped, else the newer changes of the other come back.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
export DICOM_ROOM=${DICOM_ROOM:-directory}
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-restore 1740
. "${BASH_SOURCE[0]%/*}/pair.sh"

bucket=$(value backup_bucket)
prefix=$(value backup_prefix)
key=${1:-$prefix$node/latest.ldif.gz}
rm -rf "$R"/run/dicom/restore.*
work=$(mktemp -d "$R/run/dicom/restore.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 "$HERE/alicloud.py" oss-get "$bucket" "$key" "$work/ldif.gz"
gunzip "$work/ldif.gz"
grep -q "^dn: $base_dn\$" "$work/ldif" || die "$key holds no entry $base_dn; take another backup"
compose directory stop
if ! compose directory run --rm -T --entrypoint /bin/sh ldap /opt/dicom/fill.sh <"$work/ldif"; then
  compose_up directory
  die "$key could not be loaded, the lines above say why; the node serves again what it held before"
fi
compose_up directory
until_true 2 "this node to answer at $own_url" answers "$own_url"
say "restored $key"
