#!/usr/bin/env bash
# dicom-health: one line per part of this host; exit 1 when one is not well.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin health 60
bad=0

# line WHAT STATE CONDITION...
line() {
  local word=ok what=$1 state=$2
  shift 2
  "$@" || word=BAD bad=1
  printf '%-4s %-34s %s\n' $word "$what" "$state"
}

# shellcheck disable=SC2329
engine() { docker info >/dev/null 2>&1; }
# shellcheck disable=SC2329
runs() { [[ $1 == Up* && $1 != *unhealthy* && $1 != *starting* ]]; }

# What a timer starts ends again: it may rest, not fail.
# shellcheck disable=SC2329
serves() { [[ $2 = active || -e ${1%service}timer && $1 = *.service && $2 != failed ]]; }

for unit in "$R"/etc/systemd/system/dicom-*.{service,timer} docker.service; do
  [[ -e $unit || $unit = docker.service ]] || continue
  state=$(systemctl is-active "${unit##*/}" || true)
  line "${unit##*/}" "$state" serves "$unit" "$state"
done
line engine "docker info" engine
state=$(timedatectl show -p NTPSynchronized --value || true)
line clock "synchronised: $state" [ "$state" = yes ]
list=$(docker ps -a --filter label=com.docker.compose.project=dcm4chee --format '{{.Names}} {{.Status}}' 2>&1 || true)
while read -r name state; do
  [ -z "$name" ] || line "$name" "$state" runs "$state"
done <<<"$list"
for name in $(python3 -c 'import json, sys; print(*json.load(open(sys.argv[1])))' "$R/etc/dicom/secrets.json"); do
  line "secret $name" "in memory" [ -s "$R/run/dicom/secrets/$name" ]
done
for folder in / /var/local/dicom; do
  used=$(df --output=pcent "$R$folder" | tail -n1 | tr -d ' %')
  line "disk $folder" "$used % used" [ "$used" -lt 90 ]
done
exit $bad
