#!/usr/bin/env bash
# Sends the 16 sample images of dcm4che-tools to the archive over DICOM and looks whether they arrived.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-test-data 1140

tools=$(value tools_image)
ae_title=$(value ae_title)
study=1.113654.3.13.1026

arrived() {
  local count
  count=$(curl -fsS -m 30 -H 'Accept: application/dicom+json' \
    "${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}/dcm4chee-arc/aets/$ae_title/rs/studies?StudyInstanceUID=$study&includefield=00201208" |
    python3 -c 'import json, sys; text = sys.stdin.read(); print(json.loads(text)[0]["00201208"]["Value"][0] if text.strip("[] \n") else 0)') || return 1
  echo "$count of 16 images of study $study"
  [ "$count" -ge 16 ]
}

if there=$(arrived); then
  say "nothing to send: $there are there"
  exit 0
fi
bash "$HERE/images.sh" "$tools"
docker run --rm --network dcm4chee_default "$tools" storescu "-c$ae_title@arc:11112" /opt/dcm4che/etc/testdata/dicom >/dev/null
until_true 5 "the images that were sent" arrived
say "test data: $(arrived) arrived"
