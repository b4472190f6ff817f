#!/usr/bin/env bash
# The site's database password, which its clone has too, among this host's secrets: in memory, gone with a reboot.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-password 290

file=$R/etc/dicom/secrets.json
python3 - "$file" "$(value held_as)" <<'PY' >"$file.new"
import json, sys
print(json.dumps({**json.load(open(sys.argv[1])), "database": sys.argv[2]}, indent=1, sort_keys=True))
PY
mv -f "$file.new" "$file"
python3 "$HERE/alicloud.py" secrets missing
