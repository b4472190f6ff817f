#!/usr/bin/env bash
# Both nodes hold the same: every entry with an equal entryCSN; and nobody reads without a password.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-verify 570
. "${BASH_SOURCE[0]%/*}/pair.sh"

device_name=$(value device_name)
# With one clock ahead, what is written by the other is dropped as older, and nothing says so.
synchronised() {
  local said
  said=$(timedatectl show -p NTPSynchronized --value 2>&1) || true
  [ "$said" = yes ] || { echo "NTPSynchronized is '$said', not synchronised; see timedatectl, chronyc sources"; return 1; }
}
until_true 5 "the clock of this host" synchronised
until_true 2 "both nodes to hold the same" same
there "$device_name" || die "device $device_name is on neither node"
for url in "$own_url" "$peer_url"; do
  said=$(ldapsearch -x -LLL -o nettimeout=5 -H "$url" -b "$base_dn" 1.1 2>/dev/null) || true
  [ -z "$said" ] || die "$url lets anonymous clients read"
done
count=$(state "$own_url" | wc -l)
say "both nodes hold the same: $count entries"
