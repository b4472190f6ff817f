#!/usr/bin/env bash
# Replication runs since both containers are up; this looks that each node reaches the other with its password.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-enable 570
. "${BASH_SOURCE[0]%/*}/pair.sh"

until_true 5 "the clock of this host" synchronised
until_true 2 "this node to answer at $own_url" answers "$own_url"
until_true 2 "the other node to answer at $peer_url" answers "$peer_url"
say "node $node reaches its peer"
