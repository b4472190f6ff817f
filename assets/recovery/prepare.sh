#!/usr/bin/env bash
# The daily dump: its image is here, the database answers to it, the bucket takes what it writes; then its timer.
# shellcheck disable=SC2154 # database.sh sets image, host, port, prefix, work
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin recovery-prepare 870
. "${BASH_SOURCE[0]%/*}/database.sh"

hour=$(value dump_hour_utc)
bash "$HERE/images.sh" "$image"
until_true 5 "the database at $host:$port" sql -c 'select 1'
: >"$work/writable"
put_object "$work/writable" "${prefix}writable"
for unit in service timer; do
  sed "s/@HOUR@/$hour/" "${BASH_SOURCE[0]%/*}/dump.$unit" |
    put "$R/etc/systemd/system/dicom-database-dump.$unit" 0644 && say "wrote dicom-database-dump.$unit" || true
done
if [ -d "$R/run/systemd/system" ]; then
  systemctl daemon-reload
  systemctl enable --quiet --now dicom-database-dump.timer
fi
say "the database is dumped at $hour:00 UTC"
