"""A data disk of a rehearsed host: a file stands for the device, with a real file system in it; what is mounted is only noted."""

import subprocess
from pathlib import Path

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.programs import need

BYTES = 32 * 1024 * 1024
MOUNT = """\
device="$HOST_ROOT/../volume"
grep -qxF "UUID=$(blkid -p -o value -s UUID "$device") /var/local/dicom ext4 defaults,nofail,x-systemd.device-timeout=60 0 2" \\
  "$HOST_ROOT/etc/fstab" || { echo "mount: $1: no such line in fstab" >&2; exit 1; }
touch "$HOST_ROOT/../mounted\""""
"""Mounts what fstab says, as the system does, or refuses."""


def attach(host: ScratchHost, disk_id: str) -> None:
    """Gives `host` an empty disk, found below /dev/disk/by-id as the vendor's disks are. Raises ProgramMissing."""
    for program, package in (("mkfs.ext4", "e2fsprogs"), ("resize2fs", "e2fsprogs"), ("blkid", "util-linux")):
        need(program, package)
    with _device(host).open("wb") as empty:
        empty.truncate(BYTES)
    link = host.root / "dev/disk/by-id" / f"virtio-{disk_id.removeprefix('d-')}"
    link.parent.mkdir(parents=True)
    link.symlink_to(_device(host))
    host.stand_in("mountpoint", '[ -e "$HOST_ROOT/../mounted" ]')
    host.stand_in("mount", MOUNT)


def uuid(host: ScratchHost) -> str:
    """Of the file system on the host's data disk; empty where it has none."""
    command = [need("blkid", "util-linux"), "-p", "-o", "value", "-s", "UUID", str(_device(host))]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def mounted(host: ScratchHost) -> bool:
    return _mark(host).exists()


def restarted(host: ScratchHost) -> None:
    """Nothing is mounted any more, as on a new machine that gets the disk of an old one."""
    _mark(host).unlink()
    (host.root / "etc/fstab").unlink()


def _device(host: ScratchHost) -> Path:
    return host.root.parent / "volume"


def _mark(host: ScratchHost) -> Path:
    return host.root.parent / "mounted"
