#!/usr/bin/env bash
# The storage is in the directory and set for the AE title; archives that began before its last change read it anew; a query answers.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-check 840

ldap_url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
ae_title=$(value ae_title)
ae_titles=$(value ae_titles "$ae_title")
storage_id=$(value storage_id)
peers=$(value peer_archives '')
password=$(secret ldap-root)
device="dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn"
local_archive=${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}

entry() { # DN ATTRIBUTE...: its lines; 32 = no such entry
  local dn=$1
  shift
  ldapsearch -x -LLL -o ldif-wrap=no -o nettimeout=10 -H "$ldap_url" -D "cn=admin,$base_dn" -y "$password" \
    -s base -b "$dn" '(objectClass=*)' "$@" modifyTimestamp 2>&1
}
answers() {
  local rc=0
  entry "$device" dicomDeviceName || rc=$?
  [ $rc = 0 ]
}
until_true 5 "device $device_name in the directory at $ldap_url" answers

lost="the step that writes it has to run again (terraform apply -replace of its invocation): the archive may have overwritten it"
rc=0
storage=$(entry "dcmStorageID=$storage_id,$device" dcmStorageID) || rc=$?
[ $rc = 0 ] || die "storage $storage_id is not in the directory (ldapsearch ended with $rc); $lost"
entries=$storage
for name in $ae_titles; do
  rc=0
  title=$(entry "dicomAETitle=$name,$device" dcmObjectStorageID) || rc=$?
  [ $rc = 0 ] || die "AE title $name is not in the directory (ldapsearch ended with $rc); correct archive.ae_title or gateway.ae_titles"
  grep -qx "dcmObjectStorageID: $storage_id" <<<"$title" || die "AE title $name does not store to $storage_id; $lost"
  entries+=$'\n'$title
done
changed=$(sed -n 's/^modifyTimestamp: //p' <<<"$entries" | sort | tail -n1)

started() {
  local said
  said=$(curl -fsS -m 10 "$1/dcm4chee-arc/ctrl/status") || return 1
  printf '%s\n' "$said"
  [[ $said == *STARTED* ]]
}
until_true 5 "the archive on port 8080" started "$local_archive"

# Left by the storage step when it changed something; the time of change is for the case that it was killed before that.
# A connection that was changed, or a directory that closed an idle one, makes a reload answer 500 once or twice.
reloaded() {
  local code
  code=$(curl -sS -m 60 -o /dev/null -w '%{http_code}' -X POST "$1/dcm4chee-arc/ctrl/reload") || return 1
  echo "HTTP $code"
  [[ $code == 2?? ]]
}

news=$R/run/dicom/storage.changed
container=$(compose archive ps -q arc)
began=$(docker inspect -f '{{.State.StartedAt}}' "$container")
began=$(date -u -d "$began" +%Y%m%d%H%M%SZ)
if [[ $changed < $began && ! -e $news ]]; then
  say "the archive began after the last change of its storage"
else
  until_true 5 "the archive on port 8080 to read its configuration anew" reloaded "$local_archive"
  say "the archive read its configuration anew"
  until_true 5 "the archive on port 8080" started "$local_archive"
fi
for peer in $peers; do
  if ! curl -sS -m 10 -o /dev/null "$peer/dcm4chee-arc/ctrl/status"; then
    say "no archive at $peer yet: it reads the directory when it starts"
  else
    until_true 5 "the archive at $peer to read its configuration anew" reloaded "$peer"
    say "the archive at $peer read its configuration anew"
  fi
done
rm -f "$news"

queried() {
  local code
  code=$(curl -sS -m 30 -o /dev/null -w '%{http_code}' -H 'Accept: application/dicom+json' \
    "$local_archive/dcm4chee-arc/aets/$ae_title/rs/patients?limit=1") || return 1
  echo "HTTP $code"
  [ "$code" = 200 ] || [ "$code" = 204 ]
}
until_true 5 "a query of patients (does the database answer?)" queried
say "archive answers queries, storage $storage_id is set"
