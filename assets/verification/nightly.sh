#!/usr/bin/env bash
# Some studies are read back and compared with their checksums every night; none while this step runs.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin verification 60

studies=$(value studies)
title=$(value ae_title)
# Plain cron: it goes on when no step runs. Four hours at most, before the day's work.
put "$R/etc/cron.d/dicom-verification" 0644 <<CRON && say "$studies studies of $title are read back every night" || true
PATH=/usr/sbin:/usr/bin:/sbin:/bin
41 1 * * * root timeout 14400 flock -n $R/run/dicom-verification.lock python3 $R/opt/dicom/verification/current/sample.py $R/opt/dicom/verification/values.json $R/var/local/dicom/verification.json
CRON
