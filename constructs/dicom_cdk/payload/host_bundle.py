"""The bundle that makes an Ubuntu machine a container host, with this site's constants filled in (facts: images 7)."""

import ipaddress
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from dicom_cdk.address_pool import CHOICE, free_pool
from dicom_cdk.payload.bundle import Bundle

Egress = Literal["nat", "none"]

ROOM = "docker_host"
API_CLIENT = "api_client"
"""Room of the bundle that comes before it, by a command of its own: both in one would leave room for nothing else."""
PLACED = "place"
"""Entry of that command."""
FIRST_BOOT = f"{ROOM}/setup.sh"
"""What user data runs."""
FIRST_BOOT_FILES = ("daemon.json", "host.env", "setup.sh", "step.sh")
"""What user data carries; the rest needs the role, hence comes with the boot step."""
PACKAGES = ("ca-certificates", "curl", "docker.io", "docker-compose-v2", "unattended-upgrades")
"""On every host. `docker.io` is the engine; a package `docker` is something else."""
VENDOR_MIRROR = "http://mirrors.cloud.aliyuncs.com/ubuntu"
"""The vendor's package mirror inside every VPC, for hosts without a way out; apt checks signatures, hence no TLS."""


def address_pool(taken: Sequence[str]) -> str:
    """A private range for the engine's bridges that overlaps none of `taken` (CIDRs of VPC and hospitals) nor the vendor's.

    Raises ValueError when all private ranges are taken, which the settings' rules refuse before.
    """
    if (pool := free_pool(taken)) is not None:
        return pool
    raise ValueError(
        f"docker_host: no private range is left for the container engine beside {', '.join(taken)}; allowed is any that "
        f"leaves one of {CHOICE} free; narrow network.hospital_cidrs"
    )


def host_bundle(
    *,
    taken_cidrs: Sequence[str],
    time_zone: str,
    egress: Egress,
    packages: Sequence[str] = (),
    health: Sequence[str] = (),
) -> Bundle:
    """The bundle of room docker_host, which the boot step brings. `taken_cidrs`: VPC and hospitals; `packages`: more
    Ubuntu packages, for the steps of this host's rooms. `health`: rooms whose health.sh has lines of its own for dicom-health.
    Raises ValueError (see address_pool).
    """
    pool = ipaddress.IPv4Network(address_pool(taken_cidrs))
    bridge = next(pool.subnets(new_prefix=24))
    bundle = Bundle.from_assets(
        ROOM,
        {
            "time_zone": time_zone,
            "packages": sorted({*PACKAGES, *packages}),
            "apt_mirror": VENDOR_MIRROR if egress == "none" else "",
            "health": list(health),
            "bridge": f"{bridge[1]}/24",
            "pools": [str(rest) for rest in sorted(pool.address_exclude(bridge))],
        },
    )
    return replace(bundle, at_first_boot=FIRST_BOOT_FILES)
