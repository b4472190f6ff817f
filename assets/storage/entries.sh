#!/usr/bin/env bash
# The storage in the directory: added or brought up to date, read back and compared, and only then the AE titles' own.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin storage-entries 570

url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
titles=$(value ae_titles)
storage_id=$(value storage_id)
endpoint=$(value storage_endpoint)
bucket=$(value bucket)
password=$(secret ldap-root)
identity=$(secret storage-identity)
credential=$(secret storage-credential)
signature=$(value signature_version 2)
device="dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn"
storage="dcmStorageID=$storage_id,$device"
news=$R/run/dicom/storage.changed

ldap() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  timeout 20 "$program" -x -o nettimeout=10 -H "$url" -D "cn=admin,$base_dn" -y "$password" "$@"
}
# DN ATTRIBUTE...: sorted `name: value` lines, whatever the encoding on the wire; 32 = no such entry.
entry() {
  local dn=$1 raw
  shift
  raw=$(ldap ldapsearch -LLL -o ldif-wrap=no -s base -b "$dn" '(objectClass=*)' "$@") || return
  python3 -c '
import base64, sys
for line in sys.stdin.read().splitlines():
    name, _, value = line.partition(":")
    if name and name != "dn":
        print(name + ": " + (base64.b64decode(value[1:]).decode() if value.startswith(":") else value.strip()))' <<<"$raw" | sort
}
# True also for a wrong password (49), which waiting does not mend: the lines below say it.
answers() {
  local rc=0 said
  said=$(entry "$device" dicomDeviceName 2>&1) || rc=$?
  case $rc in 0 | 49) return 0 ;; esac
  printf '%s\n' "$said"
  return 1
}
until_true 5 "device $device_name in the directory at $url" answers
rc=0
entry "$device" dicomDeviceName >/dev/null 2>&1 || rc=$?
[ $rc != 49 ] || die "the directory at $url refuses cn=admin,$base_dn: wrong password; apply the directory's steps, or raise secrets.generations.ldap"

properties() {
  cat <<LDIF
dcmProperty: container=$bucket
dcmProperty: containerExists=true
dcmProperty: credential=$(tr -d '\n' <"$credential")
dcmProperty: identity=$(tr -d '\n' <"$identity")
dcmProperty: jclouds.s3.virtual-host-buckets=true
dcmProperty: jclouds.strip-expect-header=true
LDIF
  # Known to jclouds from 2.5.0 on; without it the requests are signed with version 2.
  [ "$signature" = 2 ] || printf 'dcmProperty: jclouds.s3.signer-version=%s\n' "$signature"
}
wanted() { { printf 'dcmDigestAlgorithm: MD5\ndcmURI: jclouds:s3:%s\n' "$endpoint" && properties; } | sort; }
present() { entry "$storage" dcmURI dcmDigestAlgorithm dcmProperty; }

changed=''
mark() {
  changed=1
  mkdir -p "${news%/*}" && : >"$news"
}
rc=0
now=$(present 2>&1) || rc=$?
case $rc in
  0) ;;
  32) now='' ;;
  *) die "the directory at $url answered $rc when asked for storage $storage_id: $(tail -n1 <<<"$now")" ;;
esac
if [ $rc = 32 ]; then
  mark
  ldap ldapadd <<LDIF >/dev/null
dn: $storage
objectClass: dcmStorage
dcmStorageID: $storage_id
dcmURI: jclouds:s3:$endpoint
dcmDigestAlgorithm: MD5
$(properties)
LDIF
  say "added storage $storage_id"
elif ! cmp -s <(printf '%s\n' "$now") <(wanted); then
  mark
  ldap ldapmodify <<LDIF >/dev/null
dn: $storage
changetype: modify
replace: dcmURI
dcmURI: jclouds:s3:$endpoint
-
replace: dcmDigestAlgorithm
dcmDigestAlgorithm: MD5
-
replace: dcmProperty
$(properties)
LDIF
  say "brought storage $storage_id up to date"
fi
cmp -s <(present) <(wanted) || die "storage $storage_id reads back other than it was written; look at $storage on $url"

# AE titles beside the site's and its tenants' that keep objects in a folder of the container, as fs1 is one: no other archive would see them.
strays() {
  local listed title id uri
  listed=$(ldap ldapsearch -LLL -o ldif-wrap=no -s one -b "$device" '(&(objectClass=dicomNetworkAE)(dcmObjectStorageID=*))' dicomAETitle dicomDescription) ||
    die "the directory at $url did not list the AE titles of device $device_name"
  # shellcheck disable=SC2013 # AE titles of ours hold no blanks
  for title in $(awk 'BEGIN { RS = "" } !/\ndicomDescription: dicom-cdk: tenant/' <<<"$listed" | sed -n 's/^dicomAETitle: //p'); do
    if grep -qxF "$title" <<<"$titles"; then continue; fi
    for id in $(entry "dicomAETitle=$title,$device" dcmObjectStorageID | sed -n 's/^dcmObjectStorageID: //p'); do
      uri=$(entry "dcmStorageID=$id,$device" dcmURI 2>/dev/null) || uri=''
      # Or by a property of WildFly's, as dcm4che's own samples and people do.
      if [[ -z $uri || $uri == "dcmURI: file:"* || $uri == "dcmURI: \${jboss."* ]]; then
        printf '%s\n' "$title"
        break
      fi
    done
  done
}
strays=$(strays)

# Nothing checks that a named storage exists, hence only now.
for title in $titles $strays; do
  dn="dicomAETitle=$title,$device" rc=0
  now=$(entry "$dn" dcmObjectStorageID 2>&1) || rc=$?
  [ $rc != 32 ] || die "AE title $title is not in the directory, allowed are those of device $device_name; correct archive.ae_title or gateway.ae_titles"
  [ $rc = 0 ] || die "the directory at $url answered $rc when asked for AE title $title: $(tail -n1 <<<"$now")"
  [ "$now" != "dcmObjectStorageID: $storage_id" ] || continue
  mark
  ldap ldapmodify <<LDIF >/dev/null
dn: $dn
changetype: modify
replace: dcmObjectStorageID
dcmObjectStorageID: $storage_id
LDIF
  now=$(entry "$dn" dcmObjectStorageID)
  [ "$now" = "dcmObjectStorageID: $storage_id" ] || die "AE title $title reads back '$now'"
  say "AE title $title stores to $storage_id"
done
if [ -n "$changed" ]; then say changed; else say unchanged; fi
