#!/bin/sh
# dicom-cdk step docker_host/boot
set -eu
umask 022
trap 'echo "docker_host/boot: could not be put in place; the line above says why" >&2' EXIT
mkdir -p "${DICOM_ROOT:-}/opt/dicom/docker_host"
exec 9>"${DICOM_ROOT:-}/opt/dicom/docker_host/.lock"
if ! flock -w 300 9; then
  echo 'docker_host: another step still runs on this host; try again when it has ended' >&2
  trap - EXIT
  exit 1
fi
d="${DICOM_ROOT:-}/opt/dicom/docker_host" h=0123456789ab
if [ ! -d "$d/$h" ]; then
  mkdir -p "$d"
  t="$d/.new-step"
  rm -rf "$t"
  mkdir "$t"
  python3 -W ignore -c 'import base64,io,sys,tarfile;tarfile.open(fileobj=io.BytesIO(base64.a85decode(sys.stdin.read().strip()))).extractall(sys.argv[1])' "$t" <<'BUNDLE'
...
BUNDLE
  chmod 755 "$t"
  mv -T "$t" "$d/$h" || [ -d "$d/$h" ]
fi
ln -sfn "$h" "$d/.current-step"
mv -Tf "$d/.current-step" "$d/current"
(umask 077; cat >"$d/.values.new") <<'VALUES'
{{values}}
VALUES
mv -f "$d/.values.new" "$d/values.json"
export DICOM_ROOM=docker_host DICOM_SECONDS=1770
exec bash "$d/current/boot.sh"
