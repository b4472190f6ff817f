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
state() { # URL: contextCSN and number of entries
  local csn count
  csn=$(ask "$1" -s base -b "$base_dn" contextCSN | grep '^contextCSN:' | sort) || return
  count=$(ask "$1" -b "$base_dn" 1.1 | grep -c '^dn:') || return
  printf '%s\n%s entries\n' "$csn" "$count"
}
same() {
  local own peer
  own=$(state "$own_url") && peer=$(state "$peer_url") || { echo "a node does not answer" && return 1; }
  [ "$own" = "$peer" ] && return
  printf 'here %s, there %s\n' "$(tr '\n' ' ' <<<"$own")" "$(tr '\n' ' ' <<<"$peer")"
  return 1
}
