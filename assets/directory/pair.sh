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
  local own peer apart
  own=$(state "$own_url") && peer=$(state "$peer_url") || { echo "a node does not answer" && return 1; }
  [ "$own" != "$peer" ] || return 0
  apart=$(comm -3 <(printf '%s\n' "$own") <(printf '%s\n' "$peer") | sed -E 's/^\t?dn::? //; s/ [^ ]+$//' | sort -u)
  echo "$(grep -c . <<<"$apart") entries differ (are both clocks right?), such as $(head -n1 <<<"$apart")"
  return 1
}
