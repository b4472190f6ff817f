#!/usr/bin/env bash
# The site's list of modalities in the directory: what it says is added, changed and removed, what people entered stays.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin modalities 570

url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
bucket=$(value list_bucket)
key=$(value list_key)
wanted=$(value list_sha256)
password=$(secret ldap-root)
here=${BASH_SOURCE[0]%/*}
archive=${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}
news=$R/run/dicom/modalities.changed
work=$R/run/dicom/modalities
rm -rf "$work"
mkdir -p "$work"

list=$work/list.json
python3 "$HERE/alicloud.py" oss-get "$bucket" "$key" "$list"
[ "$(sha256sum <"$list")" = "$wanted  -" ] ||
  die "the list in $bucket/$key is not the one of this apply (SHA-256 $wanted); apply again"

ldap() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  timeout 120 "$program" -x -o nettimeout=10 -H "$url" -D "cn=admin,$base_dn" -y "$password" "$@"
}
device="dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn"
# True also for a wrong password (49), which waiting does not mend: the line below says it.
answers() {
  local rc=0 said
  said=$(ldap ldapsearch -LLL -s base -b "$device" '(objectClass=*)' dicomDeviceName 2>&1) || rc=$?
  case $rc in 0 | 49) return 0 ;; esac
  printf '%s\n' "$said"
  return 1
}
until_true 5 "device $device_name in the directory at $url" answers

# The archive's own AE title, and those that are made after it: all of them, and of what is below.
titles=$(python3 -c '
import json, sys
archive = json.load(open(sys.argv[1])).get("archive", {})
print(*(archive[name] for name in ("ae_title", "store_ae_title", "query_ae_title") if "store_ae_title" in archive))' "$list")

# Writes $work/changes.ldif, $work/said and $work/conflicts: from the list and all that is there.
compare() {
  local rc=0
  ldap ldapsearch -LLL -o ldif-wrap=no -b "cn=DICOM Configuration,$base_dn" '(objectClass=*)' \
    dicomDeviceName dicomDescription dicomInstalled dicomHostname dicomPort dicomTLSCipherSuite dicomAETitle \
    dicomAssociationInitiator dicomAssociationAcceptor dicomNetworkConnectionReference dcmValidateCallingAEHostname dcmAcceptedCallingAETitle \
    hl7ApplicationName hl7AcceptedSendingApplication hl7DefaultCharacterSet \
    >"$work/there.ldif" 2>"$work/error" || rc=$?
  for title in $titles; do
    [ $rc = 0 ] || break
    ldap ldapsearch -LLL -o ldif-wrap=no -b "dicomAETitle=$title,$device" '(objectClass=*)' \
      >>"$work/there.ldif" 2>"$work/error" || rc=$?
    [ $rc != 32 ] || rc=0 # not there yet
  done
  case $rc in
    0) python3 "$here/listed.py" "$list" "$work" "$base_dn" "$device_name" ;;
    49) die "the directory at $url refuses cn=admin,$base_dn: wrong password; apply the directory's steps, or raise secrets.generations.ldap" ;;
    *) die "the directory at $url answered $rc when asked for its devices: $(tail -n1 "$work/error")" ;;
  esac
}

# Who calls a title of the archive is said once it is there: twice at most, the third finds nothing.
: >"$work/done"
for _ in 1 2 3; do
  compare
  [ -s "$work/changes.ldif" ] || break
  : >"$news"
  cat "$work/said" >>"$work/done"
  ldap ldapmodify <"$work/changes.ldif" >/dev/null
done
[ ! -s "$work/changes.ldif" ] || die "the list reads back other than it was written: $(head -n1 "$work/said")"
cat "$work/done"

# An archive that is not there yet reads the directory when it starts. One that runs keeps an old address for five minutes.
if [ -e "$news" ] && curl -sS -m 10 -o /dev/null "$archive/dcm4chee-arc/ctrl/status" 2>/dev/null; then
  # A directory that closed an idle connection makes a reload answer 500 once or twice.
  reloaded() {
    local code
    code=$(curl -sS -m 60 -o /dev/null -w '%{http_code}' -X POST "$archive/dcm4chee-arc/ctrl/reload") || return 1
    echo "HTTP $code"
    [[ $code == 2?? ]]
  }
  until_true 5 "the archive to read the list" reloaded
  say "the archive read the list"
fi
rm -f "$news"

if [ -s "$work/conflicts" ]; then
  while read -r line; do printf 'conflict: %s\n' "$line" >&2; done <"$work/conflicts"
  die "$(wc -l <"$work/conflicts") of the list are not in force, all else is; nothing of others was overwritten"
fi
say "listed: $(cat "$work/count")"
