#!/usr/bin/env bash
# The drill's database from a dump of the site's, by what restores it after a region was lost. Which one it was, verify.sh tells.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-from-dump 43100

key=$(value dump)
prefix=$(value prefix)
told=$R/opt/dicom/$DICOM_ROOM/restored
# A database that holds it already is not filled again.
if [ -s "$told" ] && { [ "$key" = "${prefix}latest" ] || [ "$key" = "$(cat "$told")" ]; }; then
  say "unchanged: $(cat "$told") is in the database"
  exit 0
fi
if [ "$key" = "${prefix}latest" ]; then
  python3 "$HERE/alicloud.py" oss-get "$(value bucket)" "$key" "$told.new"
  key=$(cat "$told.new")
  rm "$told.new"
fi
bash "$HERE/images.sh" "$(value image)"
DICOM_STEP='' bash "${BASH_SOURCE[0]%/*}/restore.sh" "$key"
printf '%s\n' "$key" >"$told"
