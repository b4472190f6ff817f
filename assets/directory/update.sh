#!/usr/bin/env bash
# The directory's data from one release of the archive to another, by the image's own updates, in order, on one node; the other takes
# them by replication. Each end is noted in the base entry, as load.sh does, so that a step that was killed goes on where it was.
# shellcheck disable=SC2154 # pair.sh sets own_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-update 1740
. "${BASH_SOURCE[0]%/*}/pair.sh"

device_name=$(value device_name)
mapfile -t releases < <(value updates)
until_true 2 "this node to answer at $own_url" answers "$own_url"
until_true 2 "both nodes to hold the same" same
ask "$own_url" -s base -b "dicomDeviceName=$device_name,cn=Devices,cn=DICOM Configuration,$base_dn" 1.1 >/dev/null ||
  die "the directory has no device $device_name, and nothing was changed; archive.upgrade_from is for a site that lives"

# The new image comes first, on both.
own=$(schema "$own_url") || die "$own_url does not say which classes it knows, and nothing was changed"
peer=$(schema "$peer_url") || die "$peer_url does not say which classes it knows, and nothing was changed"
[ "$own" = "$peer" ] ||
  die "$peer_url has another schema than this node: it runs another image and would not take the new data, and nothing was changed; apply the other node's prepare step first"
compose directory exec -T ldap sh /opt/dicom/update.sh "${releases[*]}" look ||
  die "nothing was changed; apply prepare with the slapd-dcm4chee that belongs to archive.version first"

# A node that cannot be asked is not one without the note.
has() {
  local said rc=0
  said=$(ask "$own_url" -s base -b "$base_dn" description 2>&1) || rc=$?
  [ $rc = 0 ] || die "$own_url answered $rc when asked which data is in, and nothing more was changed: $(tail -n1 <<<"$said")"
  grep -qxF "description: $1" <<<"$said"
}
note() {
  ldapmodify -x -H "$own_url" -D "cn=admin,$base_dn" -y "$password" <<LDIF >/dev/null
dn: $base_dn
changetype: modify
add: description
description: $1
LDIF
}
for release in "${releases[@]}"; do
  began="dicom-cdk: data of $release began" ended="dicom-cdk: data of $release is in"
  if has "$ended"; then continue; fi
  how=first
  if has "$began"; then how=again; else note "$began"; fi
  compose directory exec -T ldap sh /opt/dicom/update.sh "$release" "$how" ||
    die "the data of $release is not all in; the line above says what was refused. Look at these entries: applied again, what is there already is taken as it is; or restore the directory's backup"
  note "$ended"
  say "data of $release is in"
done
until_true 2 "both nodes to hold the same" same
say "the directory's data is of ${releases[-1]}"
