#!/usr/bin/env bash
# This node of the pair: settings, image, container, daily backup. The server's configuration, replication included, is made
# from these settings at every start of the container (container/config.sh), before any data is there.
# shellcheck disable=SC2154 # pair.sh sets node, own_url, peer_url, base_dn, password
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin directory-prepare 1740
. "${BASH_SOURCE[0]%/*}/pair.sh"

image=$(value image)
device_name=$(value device_name)
ae_title=$(value ae_title)
archive_host=$(value archive_host 127.0.0.1)
generation=$(value generation '')
config_password=$(secret ldap-config)
case $node in
  l) server_id=1 peer_id=2 ;;
  g) server_id=2 peer_id=1 ;;
  *) die "node is $node, allowed: l, g" ;;
esac

hash=$(cat "$password" "$config_password" | sha256sum)
organisation=${base_dn//,dc=/.}
mkdir -p "$R/var/local/dicom/ldap"
put "$R/opt/dicom/directory/compose.env" 0600 <<ENV && say "settings changed" || true
IMAGE=$image
BASE_DN=$base_dn
ORGANISATION=${organisation#dc=}
DEVICE_NAME=$device_name
AE_TITLE=$ae_title
ARCHIVE_HOST=$archive_host
SERVER_ID=$server_id
PEER_ID=$peer_id
PEER_URL=$peer_url
GENERATION=$generation-${hash:0:16}
ENV

bash "$HERE/images.sh" "$image"
compose_up directory
until_true 2 "this node to answer at $own_url" answers "$own_url"

# A server that hangs keeps its port open and is restarted by nobody: the engine looks at processes that end only. Under the lock of
# the room's steps, as a restore stops it on purpose.
put "$R/etc/cron.d/dicom-directory" 0644 <<CRON && say "an unhealthy container is restarted" || true
PATH=/usr/sbin:/usr/bin:/sbin:/bin
* * * * * root flock -n $R/opt/dicom/directory/.lock -c 'docker ps -q --filter label=com.docker.compose.project=dcm4chee --filter label=com.docker.compose.oneoff=False --filter health=unhealthy | xargs -r docker restart' >/dev/null
CRON

for unit in service timer; do
  put "$R/etc/systemd/system/dicom-ldap-backup.$unit" 0644 <"${BASH_SOURCE[0]%/*}/backup.$unit" && say "wrote dicom-ldap-backup.$unit" || true
done
if [ -d "$R/run/systemd/system" ]; then
  systemctl daemon-reload
  systemctl enable --quiet --now dicom-ldap-backup.timer
fi
say "node $node answers"
