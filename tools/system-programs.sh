#!/usr/bin/env bash
# The Debian or Ubuntu packages that tests and `dicom-cdk rehearse` run things with. Installs what is missing (root only);
# services of these packages are not started. A package that cannot be had is named, and what needs it is skipped by name.
#
#   bash tools/system-programs.sh            install what is missing
#   bash tools/system-programs.sh --check    only list what is missing; exit 1 if anything is
set -euo pipefail

# package, and the program or file (a pattern) that shows that it is there
WANTED='
slapd             slapd
ldap-utils        ldapmodify
nginx-light       nginx
dcmtk             echoscu
libnginx-mod-http-js /usr/lib/nginx/modules/ngx_http_js_module.so
gettext-base      envsubst
orthanc           Orthanc
orthanc-dicomweb  /usr/share/orthanc/plugins/libOrthancDicomWeb.so*
postgresql        /usr/lib/postgresql/*/bin/postgres
docker-compose    docker-compose
cloud-init        cloud-init
shellcheck        shellcheck
busybox           busybox
curl              curl
iproute2          ip
e2fsprogs         mkfs.ext4
xz-utils          xz
chromium          chromium
faketime          /usr/lib/*/faketime/libfaketime.so.1
rsyslog           rsyslogd
logrotate         logrotate
'
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
POLICY=/usr/sbin/policy-rc.d

say() { printf 'system-programs: %s\n' "$*" >&2; }

missing() {
  local package sign
  while read -r package sign; do
    case $sign in
      '') ;;
      /*) compgen -G "$sign" >/dev/null || echo "$package" ;;
      *) command -v "$sign" >/dev/null || echo "$package" ;;
    esac
  done <<<"$WANTED"
}

mapfile -t packages < <(missing)
[ ${#packages[@]} -gt 0 ] || exit 0
if [ "${1:-}" = --check ]; then
  printf '%s\n' "${packages[@]}"
  exit 1
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  say "missing: ${packages[*]}; tests that need them are skipped. On Debian or Ubuntu, as root: bash tools/system-programs.sh"
  exit 0
fi

# A maintainer script asks this file before it starts a service; one that is there already is left as it is.
if [ ! -e "$POLICY" ]; then
  trap 'rm -f "$POLICY"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
fi
say "installing ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >&2; }
get update || say "apt-get update failed; trying with the lists that are there"
get install --no-install-recommends -y "${packages[@]}" || {
  say "not all at once; trying each package by itself"
  for package in "${packages[@]}"; do get install --no-install-recommends -y "$package" || true; done
}
mapfile -t packages < <(missing)
[ ${#packages[@]} -eq 0 ] || say "still missing: ${packages[*]}; tests that need them are skipped"
