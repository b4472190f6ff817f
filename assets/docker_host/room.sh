#!/usr/bin/env bash
# room.sh up|stop ROOM
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin "$2-$1" 870

case $1 in
  up)
    # At boot the secrets unit may still be trying.
    python3 "$HERE/alicloud.py" secrets missing
    compose "$2" up -d --wait --remove-orphans
    ;;
  stop) compose "$2" stop ;;
  *) die "got '$1', allowed: up, stop" ;;
esac
