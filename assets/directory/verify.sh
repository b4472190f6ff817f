#!/usr/bin/env bash
# Both nodes hold the same: every entry with an equal entryCSN; and nobody reads without a password.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-verify 570
. "${BASH_SOURCE[0]%/*}/pair.sh"

device_name=$(value device_name)
of_today() {
  local ahead number name role=l
  ahead=$(to_come 5 | head -n1)
  [ -n "$ahead" ] || return 0
  read -r number name <<<"$ahead"
  [ "$number" != 2 ] || role=g
  echo "$name bears a time that is still to come, written by node $role: its clock was or is ahead of this one's; see timedatectl on both"
  return 1
}
until_true 5 "the clock of this host" synchronised
until_true 2 "both nodes to hold the same" same
there "$device_name" || die "device $device_name is on neither node"
until_true 2 "both nodes to have one schema" same_schema
until_true 5 "the times of all changes to be past" of_today
for url in "$own_url" "$peer_url"; do
  said=$(ldapsearch -x -LLL -o nettimeout=5 -H "$url" -b "$base_dn" 1.1 2>/dev/null) || true
  [ -z "$said" ] || die "$url lets anonymous clients read"
done
count=$(state "$own_url" | wc -l)
say "both nodes hold the same: $count entries"
