#!/usr/bin/env bash
# Both nodes hold the same: every entry with an equal entryCSN; and nobody reads without a password.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-verify 570
. "${BASH_SOURCE[0]%/*}/pair.sh"

device_name=$(value device_name)
until_true 2 "both nodes to hold the same" same
ask "$own_url" -s base -b "dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn" 1.1 >/dev/null ||
  die "device $device_name is on neither node"
for url in "$own_url" "$peer_url"; do
  said=$(ldapsearch -x -LLL -o nettimeout=5 -H "$url" -b "$base_dn" 1.1 2>/dev/null) || true
  [ -z "$said" ] || die "$url lets anonymous clients read"
done
count=$(state "$own_url" | wc -l)
say "both nodes hold the same: $count entries"
