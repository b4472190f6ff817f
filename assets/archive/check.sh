#!/usr/bin/env bash
# The storage is in the directory and set for the AE title; an archive that began before its last change reads it anew; a query answers.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-check 840

ldap_url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
ae_title=$(value ae_title)
ae_titles=$(value ae_titles "$ae_title")
storage_id=$(value storage_id)
password=$(secret ldap-root)
device="dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn"
local_archive=${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}

entry() { # DN ATTRIBUTE...: its lines; 32 = no such entry
  local dn=$1
  shift
  ldapsearch -x -LLL -o ldif-wrap=no -o nettimeout=10 -H "$ldap_url" -D "cn=admin,$base_dn" -y "$password" \
    -s base -b "$dn" '(objectClass=*)' "$@" modifyTimestamp 2>&1
}
# True also for a wrong password (49), which waiting does not mend: the lines below say it.
answers() {
  local rc=0
  entry "$device" dicomDeviceName || rc=$?
  [ $rc = 0 ] || [ $rc = 49 ]
}
until_true 5 "device $device_name in the directory at $ldap_url" answers

# DN WORDS: the entry as asked for; WORDS where there is none, else what the directory said.
needed() {
  local dn=$1 words=$2 rc=0 said
  shift 2
  said=$(entry "$dn" "$@") || rc=$?
  case $rc in
    0) printf '%s\n' "$said" ;;
    32) die "$words" ;;
    49) die "the directory at $ldap_url refuses cn=admin,$base_dn: wrong password; apply the directory's steps, or raise secrets.generations.ldap" ;;
    *) die "the directory at $ldap_url answered $rc when asked for $dn: $(tail -n1 <<<"$said")" ;;
  esac
}

lost="the step that writes it has to run again (terraform apply -replace of its invocation): the archive may have overwritten it"
entries=$(needed "dcmStorageID=$storage_id,$device" "storage $storage_id is not in the directory; $lost" dcmStorageID)
for name in $ae_titles; do
  title=$(needed "dicomAETitle=$name,$device" \
    "AE title $name is not in the directory; correct archive.ae_title or gateway.ae_titles" dcmObjectStorageID)
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

# A connection that was changed, or a directory that closed an idle one, makes a reload answer 500 once or twice.
reloaded() {
  local code
  code=$(curl -sS -m 60 -o /dev/null -w '%{http_code}' -X POST "$1/dcm4chee-arc/ctrl/reload") || return 1
  echo "HTTP $code"
  [[ $code == 2?? ]]
}

# Left by the storage step when it changed something; the time of change is for the case that it was killed before that.
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
rm -f "$news"

# A reload that found a port still taken leaves it closed, with the status STARTED; the next one opens it.
listening() {
  local name said port shut='' open rc
  open=$(compose archive exec -T arc cat /proc/net/tcp /proc/net/tcp6 2>&1) || {
    echo "the container cannot be looked into: $(tail -n1 <<<"$open")"
    return 1
  }
  open=$(awk '$4 == "0A" { sub(/.*:/, "", $2); print $2 }' <<<"$open")
  for name in dicom dicom-tls hl7 hl7-tls; do
    rc=0
    said=$(entry "cn=$name,$device" dicomPort dicomInstalled) || rc=$?
    [ $rc != 32 ] || continue
    [ $rc = 0 ] || { echo "the directory at $ldap_url answered $rc when asked for connection $name" && return 1; }
    port=$(sed -n 's/^dicomPort: //p' <<<"$said")
    if [[ -z $port || $said == *"dicomInstalled: FALSE"* ]]; then continue; fi
    grep -qx "$(printf %04X "$port")" <<<"$open" || shut+=" $port ($name)"
  done
  [ -n "$shut" ] || return 0
  echo "closed:$shut"
  reloaded "$local_archive" >/dev/null || true
  return 1
}
until_true 5 "the archive to listen on the ports of its connections" listening

queried() {
  local code
  code=$(curl -sS -m 30 -o /dev/null -w '%{http_code}' -H 'Accept: application/dicom+json' \
    "$local_archive/dcm4chee-arc/aets/$ae_title/rs/patients?limit=1") || return 1
  echo "HTTP $code"
  [ "$code" = 200 ] || [ "$code" = 204 ]
}
until_true 5 "a query of patients (does the database answer?)" queried
# What the image before left may go from here on; the next `up` deletes it. After a walk a later step says so.
before=$R/var/local/dicom/wildfly.before
if [ -e "$before" ] && [ -z "$(value walked_from '')" ]; then
  printf '%s\n' "$(value image)" | put "$before/may-go" 0644 && say "$before may go: the next run of \`up\` deletes it" || true
fi
say "archive answers queries, storage $storage_id is set"
