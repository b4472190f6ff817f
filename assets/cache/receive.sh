#!/usr/bin/env bash
# The directory's entries for images that are received into the shared folder first; receive.py says which, and writes what differs.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin cache-receive 570

url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
password=$(secret ldap-root)
identity=$(secret storage-identity)
credential=$(secret storage-credential)

# True also for a wrong password (49), which waiting does not mend: receive.py says it.
answers() {
  local rc=0
  timeout 20 ldapsearch -x -LLL -o nettimeout=10 -H "$url" -D "cn=admin,$base_dn" -y "$password" -s base \
    -b "dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn" '(objectClass=*)' dicomDeviceName 2>&1 || rc=$?
  [ $rc = 0 ] || [ $rc = 49 ]
}
until_true 5 "device $device_name in the directory at $url" answers

mkdir -p "$R/run/dicom"
# Its own words say what is wrong; ours would only repeat them.
python3 "${BASH_SOURCE[0]%/*}/receive.py" "$R/opt/dicom/$DICOM_ROOM/values.json" "$password" "$identity" "$credential" \
  "$R/run/dicom/storage.changed" || exit 1
