#!/usr/bin/env bash
# Every minute: how many series wait for the bucket and since when there was none; what ended as FAILED is begun again.
set -eu
R=${DICOM_ROOT:-}
archive=${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}/dcm4chee-arc
state=$R/run/dicom/exports

count() {
  curl -fsS -m 10 "$archive/monitor/export/count?status=$1" 2>/dev/null | tr -dc 0-9
}
failed=$(count FAILED) || failed=''
waiting=$(count SCHEDULED) || waiting=''
running=$(count 'IN%20PROCESS') || running=''
if [ -z "$failed$waiting$running" ]; then exit 0; fi
# What failed and waits has a status of its own from 5.31 on; releases before refuse the word.
retried=$(count 'SCHEDULED%20FOR%20RETRY') || retried=''
waiting=$((${waiting:-0} + ${retried:-0}))
now=$(date +%s)
since=$(sed -n 's/^since=//p' "$state" 2>/dev/null || true)
if [ "$((${waiting:-0} + ${running:-0}))" = 0 ] || [ -z "$since" ]; then since=$now; fi
mkdir -p "${state%/*}"
printf 'failed=%s\nwaiting=%s\nsince=%s\nseen=%s\n' "${failed:-0}" "$((${waiting:-0} + ${running:-0}))" "$since" "$now" >"$state.new"
mv -f "$state.new" "$state"
if [ "${failed:-0}" != 0 ]; then
  curl -fsS -m 10 -o /dev/null -X POST "$archive/monitor/export/reschedule?status=FAILED" || true
fi
