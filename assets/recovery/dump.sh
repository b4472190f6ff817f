#!/usr/bin/env bash
# The database into the operations bucket, from where it is replicated: parts of 1 GB, their digests, and last of all what names
# them. A dump without SHA256SUMS is one that did not end. Run by dicom-database-dump.timer.
# shellcheck disable=SC2154 # database.sh sets prefix, work, name
export DICOM_ROOM=${DICOM_ROOM:-recovery}
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin recovery-dump 43000
. "${BASH_SOURCE[0]%/*}/database.sh"

key=$prefix$(date -u +%Y%m%dT%H%M%SZ)
export HERE bucket key work
# One part is on the disk at a time; the bucket takes no object above 5 GB in one piece.
client pg_dump -Fc | split -b "${DICOM_PART:-1G}" -d -a 4 --filter='
  set -e
  part=${FILE##*/}
  cat >"$FILE"
  (cd "$work" && sha256sum "$part") >>"$work/SHA256SUMS"
  python3 "$HERE/alicloud.py" oss-put "$FILE" "$bucket" "$key/$part"
  [ "$part" != part-0000 ] || head -c 5 "$FILE" >"$work/magic"
  rm "$FILE"' - "$work/part-"
[ "$(cat "$work/magic" 2>/dev/null)" = PGDMP ] || die "pg_dump wrote no dump of database $name"
put_object "$work/SHA256SUMS" "$key/SHA256SUMS"
printf '%s\n' "$key" >"$work/latest"
put_object "$work/latest" "${prefix}latest"
# Its time is what the numbers of this host are about.
: >"$R/var/local/dicom/database-dump.last"
say "dumped $name to $key in $(wc -l <"$work/SHA256SUMS") parts"
