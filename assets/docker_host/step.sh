# shellcheck shell=bash
# Step library, sourced first by every script; told in the README of its folder.
set -Eeuo pipefail
R=${DICOM_ROOT:-}
STEP=${DICOM_ROOM:-host}
DEADLINE=3600
HERE=$R/opt/dicom/docker_host/current

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "$STEP" "$*" >&2
  [ "$BASH_SUBSHELL" = 0 ] || kill -USR1 $$
  exit 1
}

failed() {
  [ "$BASH_SUBSHELL" != 0 ] || printf '%s: line %s failed: %s\n' "$STEP" "$1" "$2" >&2
}

# step_begin NAME SECONDS: starts the script again under a hard limit, so that nothing that hangs outlives it.
step_begin() {
  local limit=$2 rc=0
  [ "${DICOM_SECONDS:-$limit}" -ge "$limit" ] || limit=$DICOM_SECONDS
  if [ "${DICOM_STEP:-}" != "$1" ]; then
    local began=$SECONDS
    DICOM_STEP=$1 timeout -k 10 $((limit + 15)) bash "$0" "${STEP_ARGS[@]}" || rc=$?
    # A program that hung ends with 124 as well, and the kernel kills with 137 where memory ends.
    case $rc:$((SECONDS - began >= limit)) in
      124:1 | 137:1) printf '%s: gave up after %s s, it hung\n' "$1" "$limit" >&2 ;;
      137:0) printf '%s: killed by somebody else; out of memory? see: journalctl -k\n' "$1" >&2 ;;
    esac
    exit $rc
  fi
  STEP=$1 DEADLINE=$((SECONDS + limit))
  read_values
  trap 'failed "$LINENO" "$BASH_COMMAND"' ERR
  trap 'exit 1' USR1
}
STEP_ARGS=("$@")

# read_values: those of the room
declare -A VALUES=()
read_values() {
  local all
  all=$(
    python3 - "$FILE" <<'PY'
import json, os, shlex, sys
text = lambda x: x if isinstance(x, str) else json.dumps(x)
for key, v in (json.load(open(sys.argv[1])) if os.path.exists(sys.argv[1]) else {}).items():
    v = [f"{k}={text(x)}" for k, x in v.items()] if isinstance(v, dict) else v if isinstance(v, list) else [v]
    print(f"VALUES[{key}]=" + shlex.quote("".join(text(x) + "\n" for x in v)))
PY
  ) || die "cannot read $FILE"
  eval "$all"
}
FILE=$R/opt/dicom/${DICOM_ROOM:-}/values.json

# value KEY [DEFAULT]
value() {
  [ "${#VALUES[@]}" != 0 ] || read_values
  [ -n "${VALUES[$1]+x}" ] || [ $# -gt 1 ] || die "no value '$1' in $FILE"
  printf '%s' "${VALUES[$1]-$2
}"
}

# until_true PAUSE "what we wait for" CMD...
until_true() {
  local pause=${DICOM_PAUSE:-$1} what=$2 out='' said=''
  shift 2
  until out=$("$@" 2>&1); do
    [ $((SECONDS + ${pause%.*})) -lt "$DEADLINE" ] || die "still waiting for $what; last answer: $(tail -n1 <<<"$out")"
    [ -n "$said" ] || say "waiting for $what"
    said=1
    sleep "$pause"
  done
}

# secret NAME: its path
secret() {
  local file=$R/run/dicom/secrets/$1
  [ -s "$file" ] || die "secret '$1' is not in $R/run/dicom/secrets, or empty; see: systemctl status dicom-secrets"
  printf '%s\n' "$file"
}

# put FILE MODE <CONTENT: true when that changed it. No two scripts write the same file: what a killed one left is overwritten.
put() {
  local new=$1.new
  if ! { mkdir -p "${1%/*}" && (umask 077 && cat >"$new") && chmod "$2" "$new"; }; then die "cannot write $1"; fi
  if cmp -s "$new" "$1"; then
    rm -f "$new"
    return 1
  fi
  mv -f "$new" "$1" || die "cannot write $1"
}

# compose ROOM ARGS...: in the resolved folder, so that a container is made anew when what it mounts has changed
compose() {
  local home=$R/opt/dicom/$1 dir
  dir=$(readlink -f "$home/current")
  shift
  [ ! -e "$home/compose.env" ] || set -- --env-file "$home/compose.env" "$@"
  docker compose -p dcm4chee --project-directory "$dir" -f "$dir/compose.yaml" "$@"
}

# compose_up ROOM
compose_up() {
  if [ ! -d "$R/run/systemd/system" ]; then
    compose "$1" up -d --wait --remove-orphans
    return
  fi
  if sed "s/@ROOM@/$1/g" "$HERE/room.service" | put "$R/etc/systemd/system/dicom-$1.service" 0644; then systemctl daemon-reload; fi
  systemctl enable "dicom-$1.service"
  if systemctl is-active --quiet "dicom-$1.service"; then
    systemctl reload "dicom-$1.service"
  else
    systemctl start "dicom-$1.service"
  fi || die "dicom-$1.service did not come up; see: journalctl -u dicom-$1 and dicom-health"
}
