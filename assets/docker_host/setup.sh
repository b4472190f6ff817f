#!/usr/bin/env bash
# Run by the first boot and by every boot step; needs no role.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin setup "${DICOM_SETUP_SECONDS:-900}"
. "$HERE/host.env"
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a

absent() {
  local package
  for package in $PACKAGES; do
    # shellcheck disable=SC2016
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

apt() { apt-get -q -o DPkg::Lock::Timeout=60 -o APT::Update::Error-Mode=any "$@"; }

# A dpkg that was killed has to be finished first, else every install refuses.
install_absent() {
  dpkg --configure -a && apt update && apt install -y --no-install-recommends "${need[@]}"
}

ln -sfn "/usr/share/zoneinfo/$TIME_ZONE" "$R/etc/localtime"
printf '%s\n' "$TIME_ZONE" | put "$R/etc/timezone" 0644 && say "time zone $TIME_ZONE" || true

if [ -n "$APT_MIRROR" ]; then
  for list in "$R"/etc/apt/sources.list "$R"/etc/apt/sources.list.d/*.{list,sources}; do
    [ -f "$list" ] || continue
    sed -E "s#https?://[^ /]+/ubuntu(-ports)?/?#$APT_MIRROR/#" "$list" | put "$list" 0644 && say "package mirror in $list"
  done || true
fi

put "$R/etc/apt/apt.conf.d/20auto-upgrades" 0644 <<'APT' && say "security upgrades every day" || true
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT

# Before the engine's first start, else its bridges may already lie in the VPC's range.
put "$R/etc/docker/daemon.json" 0644 <"$HERE/daemon.json" && say "engine settings" || true

read -ra need <<<"$(absent)"
if [ ${#need[@]} != 0 ]; then
  say "packages: ${need[*]}"
  until_true 15 "packages ${need[*]} (is there a way to the package mirror?)" install_absent
fi

systemctl enable --quiet docker.service
if ! systemctl is-active --quiet docker.service; then
  systemctl start docker.service
elif [ "$R/etc/docker/daemon.json" -nt "$R/run/docker.pid" ]; then
  say "engine restarts with new settings, containers go on"
  systemctl restart docker.service
fi
until_true 3 "the container engine" docker info

say "container host is set up"
