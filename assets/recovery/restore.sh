#!/usr/bin/env bash
# restore.sh [KEY]: a dump into this host's database, which must be empty. By hand after a region was lost (docs/recovery.md).
# shellcheck disable=SC2154 # database.sh sets prefix, work, name, host
export DICOM_ROOM=${DICOM_ROOM:-recovery}
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin recovery-restore 43000
. "${BASH_SOURCE[0]%/*}/database.sh"

key=${1:-}
if [ -z "$key" ]; then
  get_object "${prefix}latest" "$work/latest"
  key=$(cat "$work/latest")
fi
[[ $key == "$prefix"* ]] || die "$key is no dump, allowed are keys below $prefix, such as ${prefix}20261129T170000Z"
tables=$(sql -c "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
[ "$tables" = 0 ] || die "database $name at $host has $tables tables, allowed none: a dump is never put over data; make an empty database"
get_object "$key/SHA256SUMS" "$work/SHA256SUMS"

# Each part is judged before any of it reaches the database; all of the dump is one transaction.
parts() {
  local digest part
  while read -r digest part; do
    [[ $part =~ ^part-[0-9]{4}$ ]] || die "$key/SHA256SUMS names $part, allowed are part-0000 and so on"
    get_object "$key/$part" "$work/$part"
    [ "$(sha256sum <"$work/$part")" = "$digest  -" ] || die "$key/$part is not what was dumped: its sha256 differs; take another dump"
    cat "$work/$part"
    rm "$work/$part"
  done <"$work/SHA256SUMS"
}
parts | client pg_restore --no-owner --no-privileges --exit-on-error --single-transaction
say "restored $key: $(sql -c 'select count(*) from study') studies"
