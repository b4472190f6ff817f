#!/usr/bin/env bash
# data.sh [DISK_ID]
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin data 300
data=$R/var/local/dicom
mkdir -p "$data"
[ -n "${1:-}" ] || { say "data is on the system disk" && exit 0; }

# The vendor gives a disk its id, less "d-", as serial number, on virtio as on NVMe.
device() {
  local link
  for link in "$R"/dev/disk/by-id/*"${1#d-}"; do [ ! -e "$link" ] || { readlink -f "$link" && return; }; done
  echo "no /dev/disk/by-id/*${1#d-}"
  return 1
}
until_true 3 "disk $1" device "$1"
disk=$(device "$1")

if ! mountpoint -q "$data"; then
  [ -z "$(ls -A "$data")" ] || die "$data holds data on the system disk, the volume $1 would hide it; move it to the volume by hand"
  rc=0
  found=$(blkid -p -o value -s TYPE "$disk") || rc=$?
  case $rc:$found in
    # Also for what could not be opened, and for bytes in which it knows nothing. The first block of a new volume is zeros, and
    # so it is where mkfs was killed: that writes it last.
    2:*)
      rc=0
      cmp -s -n 4096 "$disk" /dev/zero || rc=$?
      [ $rc != 1 ] || die "volume $1 holds something unknown, allowed: nothing or ext4; it is left as it is"
      [ $rc = 0 ] || die "volume $1 cannot be read, and is left as it is; see: journalctl -k"
      say "formatting the empty volume $1"
      mkfs.ext4 -q -L dicom-data "$disk"
      ;;
    0:ext4) ;;
    *) die "volume $1 holds '${found:-something unknown}', allowed: nothing or ext4; it is left as it is" ;;
  esac
  uuid=$(blkid -p -o value -s UUID "$disk")
  line="UUID=$uuid /var/local/dicom ext4 defaults,nofail,x-systemd.device-timeout=60 0 2"
  { grep -v ' /var/local/dicom ' "$R/etc/fstab" || true; echo "$line"; } | put "$R/etc/fstab" 0644 || true
  mount "$data"
fi
resize2fs "$disk" 2>/dev/null
say "data is on volume $1"
