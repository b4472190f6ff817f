#!/usr/bin/env bash
# A line of numbers every five minutes, the receiver of audit messages, and the vendor's log collector under this host's own name.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin watch 840

here=${BASH_SOURCE[0]%/*}
logs=$R/var/log/dicom
group=$(value collector_group)
region=$(value region)
digest=$(value collector_sha256 '')
audit=$(value audit_address '')
days=$(value retention_days)

mkdir -p "$logs" "$R/run/dicom"
# The receiver of audit messages writes as syslog, which an apparmor profile lets write below /var/log only.
if getent passwd syslog >/dev/null; then chown syslog:adm "$logs"; fi
chmod 0750 "$logs"
sed "s#@LOGS@#$logs#; s#@DAYS@#$days#" "$here/rotate.conf" | put "$R/etc/logrotate.d/dicom" 0644 || true

if [ -n "$audit" ]; then
  if sed "s#@LOGS@#$logs#; s#@ADDRESS@#${audit%:*}#; s#@PORT@#${audit##*:}#" "$here/audit.conf" |
    put "$R/etc/rsyslog.d/10-dicom-audit.conf" 0644; then
    systemctl restart rsyslog.service
    say "audit messages are received at $audit (UDP)"
  fi
fi

for unit in service timer; do
  put "$R/etc/systemd/system/dicom-numbers.$unit" 0644 <"$here/numbers.$unit" && say "wrote dicom-numbers.$unit" || true
done
if [ -d "$R/run/systemd/system" ]; then
  systemctl daemon-reload
  systemctl enable --quiet --now dicom-numbers.timer
fi
line=$(python3 "$here/numbers.py")
say "numbers: $line"

collector=$R/etc/ilogtail
if printf '%s\n' "$group" | put "$collector/user_defined_id" 0644; then say "the collector is of the group $group"; fi
# Written last: an installer that was killed runs again.
if [ ! -e "$collector/installed-by-dicom" ]; then
  url=${DICOM_COLLECTOR_URL:-https://logtail-release-$region.oss-$region-internal.aliyuncs.com}/linux64/logtail.sh
  installer=$R/run/dicom/collector.sh
  fetched() { curl -fsS -m 60 -o "$installer" "$url"; }
  until_true 15 "the collector's installer at $url" fetched
  if [ -n "$digest" ] && ! sha256sum --status -c <<<"$digest  $installer"; then
    die "the installer at $url has another digest than watch.collector_sha256: $(sha256sum <"$installer" | cut -c1-64); look at what changed, then name the new one"
  fi
  bash "$installer" install "$region" || die "the collector's installer ended with $?; its own words are above"
  rm -f "$installer"
  printf '%s\n' "$url" | put "$collector/installed-by-dicom" 0644 || true
  say "the collector is installed"
fi
say "this host is watched"
