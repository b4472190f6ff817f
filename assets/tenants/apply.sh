#!/usr/bin/env bash
# The site's tenants in the directory: an AE title each, its storages, what it sees.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin tenants 570
umask 077

url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
password=$(secret ldap-root)
identity=$(secret storage-identity)
credential=$(secret storage-credential)
here=${BASH_SOURCE[0]%/*}
work=$R/run/dicom/tenants
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT # it holds the key

ldap() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  timeout 120 "$program" -x -o nettimeout=10 -H "$url" -D "cn=admin,$base_dn" -y "$password" "$@"
}
configuration="cn=DICOM Configuration,$base_dn"
device="dicomDeviceName=$device_name,cn=Devices,$configuration"
# True also for a wrong password (49), which waiting does not mend: the line below says it.
answers() {
  local rc=0 said
  said=$(ldap ldapsearch -LLL -s base -b "$device" '(objectClass=*)' dicomDeviceName 2>&1) || rc=$?
  case $rc in 0 | 49) return 0 ;; esac
  printf '%s\n' "$said"
  return 1
}
until_true 5 "device $device_name in the directory at $url" answers

compare() {
  local rc=0
  {
    # Of other devices only whose AE title is whose.
    ldap ldapsearch -LLL -o ldif-wrap=no -b "$configuration" '(|(objectClass=dicomNetworkAE)(objectClass=dicomUniqueAETitle))' dicomAETitle &&
      ldap ldapsearch -LLL -o ldif-wrap=no -b "$device" "(|$(printf '(objectClass=%s)' dicomNetworkAE dicomTransferCapability dcmWebApp dcmStorage dcmExporter dcmExportRule))"
  } >"$work/there.ldif" 2>"$work/error" || rc=$?
  case $rc in
    0) python3 "$here/tenants.py" "$R/opt/dicom/$DICOM_ROOM/values.json" "$work" "$identity" "$credential" ;;
    49) die "the directory at $url refuses cn=admin,$base_dn: wrong password; apply the directory's steps, or raise secrets.generations.ldap" ;;
    *) die "the directory at $url answered $rc when asked for its AE titles: $(tail -n1 "$work/error")" ;;
  esac
}

# What is received into a folder waits for the rule that exports it, and that for its AE title: twice at most, the third finds nothing.
changed=''
for _ in 1 2 3; do
  compare
  [ -s "$work/changes.ldif" ] || break
  changed=1
  : >"$R/run/dicom/storage.changed"
  ldap ldapmodify <"$work/changes.ldif" >/dev/null
  cat "$work/said"
done
[ ! -s "$work/changes.ldif" ] || die "the tenants read back other than they were written: $(head -n1 "$work/said")"

if [ -s "$work/conflicts" ]; then
  while read -r line; do printf 'conflict: %s\n' "$line" >&2; done <"$work/conflicts"
  die "$(wc -l <"$work/conflicts") of the tenants are not in force, all else is; nothing of others was overwritten"
fi
if [ -n "$changed" ]; then say changed; else say unchanged; fi
