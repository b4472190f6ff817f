#!/usr/bin/env bash
# Step after the role is attached: waits for the first boot, mends what it could not do, mounts data, fetches secrets.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin boot 1770

# 0 is done, 2 is done with warnings; after an error setup.sh below runs again, and the engine itself is what counts.
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
secrets = host.pop("secrets")
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
# By hand, not through the unit, so that what went wrong is said here; the unit does it at every later boot.
python3 "$HERE/alicloud.py" secrets
say "host is ready"
