#!/usr/bin/env bash
# What the restored service holds: counted, compared, retrieved. The report is this step's output; it ends badly if anything is wrong.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-verify 7100

password=$(secret database)
mkdir -p "$R/run/dicom" "$R/var/local/dicom"
rm -rf "$R"/run/dicom/drill.* "$R"/var/local/dicom/drill.* # of a run that was killed
keys=$(mktemp -d "$R/run/dicom/drill.XXXXXX")
work=$(mktemp -d "$R/var/local/dicom/drill.XXXXXX")
trap 'rm -rf "$keys" "$work"' EXIT
# The password's characters need no escaping: letters and digits.
(umask 077 && printf '*:*:*:*:%s\n' "$(tr -d '\n' <"$password")" >"$keys/pgpass")
PGPASSFILE=$keys/pgpass PGSSLMODE=$(value database_sslmode require) PGCONNECT_TIMEOUT=10
export PGPASSFILE PGSSLMODE PGCONNECT_TIMEOUT
python3 -B "${BASH_SOURCE[0]%/*}/verify.py" "$R/opt/dicom/$DICOM_ROOM/values.json" "$HERE" "$work"
