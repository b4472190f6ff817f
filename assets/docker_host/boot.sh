#!/usr/bin/env bash
# The step that follows the first boot and makes up for it.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin boot 1770
# Brought by a step of its own, since this one has no room for it.
ln -sfn ../../api_client/current/alicloud.py "$HERE/alicloud.py"

# 0 is done, 2 done with warnings; after an error setup.sh makes up for it, and the engine is what counts.
rc=0
cloud-init status --wait >/dev/null || rc=$?
case $rc in 0 | 2) ;; *) say "cloud-init ended with $rc, setting up again; see /var/log/cloud-init-output.log" ;; esac
bash "$HERE/setup.sh"

disk=$(value data_disk_id '')
bash "$HERE/data.sh" "$disk"

config() {
  python3 - "$R/opt/dicom/docker_host/values.json" "$1" <<'PY'
import json, sys
host = json.load(open(sys.argv[1]))
start = host.pop("secrets_in", "")
secrets = {key: start + name for key, name in host.pop("secrets").items()}
print(json.dumps(secrets if sys.argv[2] == "secrets" else host, indent=1, sort_keys=True))
PY
}
for name in host secrets; do
  text=$(config "$name")
  printf '%s\n' "$text" | put "$R/etc/dicom/$name.json" 0600 && say "wrote /etc/dicom/$name.json" || true
done

mkdir -p "$R/usr/local/bin"
ln -sfn /opt/dicom/docker_host/current/health.sh "$R/usr/local/bin/dicom-health"
if put "$R/etc/systemd/system/dicom-secrets.service" 0644 <"$HERE/secrets.service"; then systemctl daemon-reload; fi
systemctl enable --quiet dicom-secrets.service
# Not by the unit, so that an error is said here.
python3 "$HERE/alicloud.py" secrets
say "host is ready"
