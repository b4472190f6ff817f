#!/usr/bin/env bash
# The drill's directory from a backup of the site's. Its daily backup, which prepare.sh started, would be one of a drill.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-directory 1790

key=$(value backup_key)
if [ -d "$R/run/systemd/system" ]; then systemctl disable --quiet --now dicom-ldap-backup.timer; fi
rm -f "$R/etc/systemd/system/dicom-ldap-backup.timer"
DICOM_ROOM=directory DICOM_STEP='' bash "$R/opt/dicom/directory/current/restore.sh" "$key"

# The restored storages name the site's own AccessKey, which can write and delete: none of them keeps it, whoever entered it.
url=$(value own_url)
base_dn=$(value base_dn)
password=$(secret ldap-root)
ldap() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  timeout 120 "$program" -x -o nettimeout=10 -H "$url" -D "cn=admin,$base_dn" -y "$password" "$@"
}
without=$(
  ldap ldapsearch -LLL -o ldif-wrap=no -b "$base_dn" '(dcmProperty=*)' dcmProperty | python3 -B "${BASH_SOURCE[0]%/*}/without_keys.py"
)
if [ -n "$without" ]; then ldap ldapmodify <<<"$without" >/dev/null; fi
say "$(grep -c '^dn:' <<<"$without" || true) storages without the site's key"
