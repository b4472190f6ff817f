# shellcheck shell=bash disable=SC2034,SC2015
# Sourced by the steps of this room after step_begin: the pair's addresses, and how to ask it.
node=$(value node)
own_url=$(value own_url)
peer_url=$(value peer_url)
base_dn=$(value base_dn)
password=$(secret ldap-root)

# URL ARGUMENT...: a search as the root DN.
ask() {
  local url=$1
  shift
  # A server that hangs takes the connection and says nothing.
  timeout 5 ldapsearch -x -LLL -o ldif-wrap=no -o nettimeout=5 -H "$url" -D "cn=admin,$base_dn" -y "$password" "$@"
}
# An empty directory (32) answers too.
answers() {
  local rc=0 said
  said=$(ask "$1" -s base -b "$base_dn" 1.1 2>&1) || rc=$?
  case $rc in 0 | 32) return 0 ;; 49) said="wrong password for cn=admin,$base_dn" ;; esac
  printf '%s\n' "$said"
  return 1
}
# NAME: whether this node has that device; a node that cannot be asked is not one without it.
there() {
  local rc=0 said
  said=$(ask "$own_url" -s base -b "dicomDeviceName=$1,cn=Devices,cn=DICOM Configuration,$base_dn" 1.1 2>&1) || rc=$?
  case $rc in 0 | 32) return $rc ;; esac
  die "$own_url answered $rc when asked for device $1: $(tail -n1 <<<"$said")"
}
# URL: every entry with the time and place of its last change. contextCSN and the number of entries are equal as well on a pair that
# differs for good: a change with an older time stamp than the present one is dropped.
state() {
  local said
  said=$(ask "$1" -b "$base_dn" entryCSN) || return
  awk '/^dn:/ { dn = $0 } /^entryCSN:/ { print dn " " $2 }' <<<"$said" | sort
}
same() {
  local own peer apart alone
  own=$(state "$own_url") && peer=$(state "$peer_url") || { echo "a node does not answer" && return 1; }
  [ "$own" != "$peer" ] || return 0
  names() { sed -E 's/^\t?dn::? //; s/ [^ ]+$//' | sort; }
  apart=$(comm -3 <(printf '%s\n' "$own") <(printf '%s\n' "$peer") | names | uniq)
  # What one has and the other has not is no matter of clocks, which keep both from one change of the same entry.
  alone=$(comm -3 <(names <<<"$own") <(names <<<"$peer") | tr -d '\t' | grep . || true)
  if [ -n "$alone" ]; then
    echo "$(grep -c . <<<"$alone") entries are on one node only (do both replicate? see docker logs of both; room on their disks?), such as $(head -n1 <<<"$alone")"
  else
    echo "$(grep -c . <<<"$apart") entries differ (are both clocks right?), such as $(head -n1 <<<"$apart")"
  fi
  return 1
}
# With one clock ahead, what is written by the other is dropped as older, and nothing says so.
synchronised() {
  local said
  said=$(timedatectl show -p NTPSynchronized --value 2>&1) || true
  [ "$said" = yes ] || { echo "NTPSynchronized is '$said', not synchronised; see timedatectl, chronyc sources"; return 1; }
}
# URL: classes and attributes that a node knows.
schema() { ask "$1" -s base -b cn=Subschema attributeTypes objectClasses | sort; }
# A node takes no entry of classes and attributes that it does not know, neither from us nor from the other.
same_schema() {
  local own peer
  own=$(schema "$own_url") && peer=$(schema "$peer_url") || { echo "a node does not say which classes it knows" && return 1; }
  [ "$own" = "$peer" ] || { echo "the nodes have other schemas: they run other images" && return 1; }
}
# Stamps that are still to come, by this host's clock: while one is, every change by the other node is dropped.
to_come() {
  local now
  now=$(date -u -d "+${1} seconds" +%Y%m%d%H%M%S)
  state "$own_url" | awk -v now="$now" '{ stamp = $NF; if (substr(stamp, 1, 14) > now) { split(stamp, part, "#"); sub(/^dn::? /, ""); sub(/ [^ ]+$/, ""); print (part[3] + 0) " " $0 } }'
}
