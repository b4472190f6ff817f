#!/usr/bin/env bash
# The drill's directory from a backup of the site's. Its daily backup, which prepare.sh started, would be one of a drill.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-directory 1790

key=$(value backup_key)
if [ -d "$R/run/systemd/system" ]; then systemctl disable --quiet --now dicom-ldap-backup.timer; fi
rm -f "$R/etc/systemd/system/dicom-ldap-backup.timer"
DICOM_ROOM=directory DICOM_STEP='' bash "$R/opt/dicom/directory/current/restore.sh" "$key"
