#!/usr/bin/env bash
# After a walk: the new archive has what the old one had. A query, some images of before, and a store must answer; then what the image
# before left may go.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-walked 840

from=$(value upgrade_from)
to=$(value upgrade_to)
ae_title=$(value ae_title)
before=$R/var/local/dicom/wildfly.before
python3 "${BASH_SOURCE[0]%/*}/walked.py" "$before/asked-$from-$to.json" "$ae_title" ||
  die "the archive of $to does not answer as that of $from did; the lines above say what. Nothing was deleted: the folders and dumps of before are in $before"
mkdir -p "$before"
printf '%s\n' "$to" | put "$before/may-go" 0644 || true
say "$before may go: the next run of archive's \`up\` deletes it"
