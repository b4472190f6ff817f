#!/usr/bin/env bash
# The archive's first configuration, once for the pair. Its end is noted in the base entry itself: the note is replicated, backed up
# and lost together with the data, so a first load that was lost or cut short is done again, and a finished one never.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-load 870
. "${BASH_SOURCE[0]%/*}/pair.sh"

device_name=$(value device_name)
note="dicom-cdk: first configuration of $device_name is complete"
until_true 2 "this node to answer at $own_url" answers "$own_url"

noted() {
  local said rc=0
  said=$(ask "$own_url" -s base -b "$base_dn" description 2>&1) || rc=$?
  case $rc in
    0) grep -qxF "description: $note" <<<"$said" ;;
    32) return 1 ;;
    *) die "$own_url answered $rc: $(tail -n1 <<<"$said")" ;;
  esac
}
if noted; then
  say "the first configuration is there"
  exit 0
fi
say "loading the first configuration"
compose directory exec -T ldap sh /opt/dicom/load.sh
there "$device_name" || die "the image's loader ended well but made no device $device_name; is the image slapd-dcm4chee?"
ldapmodify -x -H "$own_url" -D "cn=admin,$base_dn" -y "$password" <<LDIF >/dev/null
dn: $base_dn
changetype: modify
add: description
description: $note
LDIF
say "loaded the first configuration"
