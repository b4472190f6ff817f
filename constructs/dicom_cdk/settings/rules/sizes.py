"""Machines and disks that can be bought, and memory that is enough.

SAE pairs: the vendor's DescribeConfigurationPrice page of 2026, and the guide's own 8 cores with 32 GiB. Pairs with 12 cores are
left out: the provider refuses 12000 millicores.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, listed, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

ESSD_SMALLEST_GB = {"PL0": 40, "PL1": 20, "PL2": 461, "PL3": 1261}
RDS_SMALLEST_GB = {"cloud_essd": 20, "cloud_essd2": 500, "cloud_essd3": 1500, "general_essd": 20}
SAE_MEMORY_MB = {
    500: (1024, 2048),
    1000: (1024, 2048, 4096),
    2000: (2048, 4096, 8192, 16384),
    4000: (4096, 8192, 16384, 32768),
    8000: (8192, 16384, 32768, 65536),
    16000: (16384, 32768, 65536),
    32000: (32768, 65536, 131072),
}
CONNECTIONS = {"pg.n2.2c.2m": 400}
"""Most connections by instance type; only what the deployment guide says (2.1)."""
POOL = 50
"""Connections of one archive: WILDFLY_PACSDS_MAX_POOL_SIZE of the image (facts: images-and-hosts 3)."""
_ARM = r"[a-z]+[0-9]+[yr]"
LEAST_HEAP_MB = 512
"""The image's own default heap, and about what WildFly takes beside the heap."""


def machines(site: "SiteSettings") -> Iterator[Problem]:
    """The images are for AMD64 only (facts: images 6.5). ARM families end in y (Yitian) or r (Ampere) after the generation."""
    for room, instance_type in (("directory", site.directory.instance_type), ("archive", site.archive.instance_type)):
        if re.fullmatch(_ARM, instance_type.split(".")[1]):
            yield Problem(
                f"{room}.instance_type",
                "is an ARM machine, for which there are no container images",
                shown(instance_type),
                "an x86 type such as ecs.g7.xlarge",
            )


def directory_disks(site: "SiteSettings") -> Iterator[Problem]:
    """Disks of the LDAP hosts."""
    room = site.directory
    yield from essd("directory", "system_disk_gb", room.system_disk_gb, room.disk_performance)
    yield from essd("directory", "data_disk_gb", room.data_disk_gb, room.disk_performance)


def archive_disks(site: "SiteSettings") -> Iterator[Problem]:
    """Disks of the archive."""
    room = site.archive
    yield from essd("archive", "system_disk_gb", room.system_disk_gb, room.disk_performance)
    yield from essd("archive", "data_disk_gb", room.data_disk_gb, room.disk_performance)


def database_storage(site: "SiteSettings") -> Iterator[Problem]:
    """Storage of the database, by performance level."""
    least = RDS_SMALLEST_GB[site.database.storage_type]
    if site.database.storage_gb < least:
        yield Problem(
            "database.storage_gb",
            f"is too small for storage_type {site.database.storage_type}",
            shown(site.database.storage_gb),
            f"at least {least} (GB)",
            "take more, or another database.storage_type",
        )


def database_growth(site: "SiteSettings") -> Iterator[Problem]:
    """The limit up to which storage grows."""
    if site.database.storage_limit_gb < site.database.storage_gb:
        yield Problem(
            "database.storage_limit_gb",
            "is less than the storage there is from the start",
            shown(site.database.storage_limit_gb),
            f"at least {site.database.storage_gb} (GB), which is database.storage_gb",
        )


def database_connections(site: "SiteSettings") -> Iterator[Problem]:
    """Every DICOMweb instance and the archive open a pool of connections."""
    most = CONNECTIONS.get(site.database.instance_type)
    needed = (site.dicomweb.replicas + 1) * POOL
    if most is not None and needed > most:
        yield Problem(
            "dicomweb.replicas",
            f"need {needed} connections with the archive's, {POOL} each; {site.database.instance_type} has {most}",
            shown(site.dicomweb.replicas),
            f"at most {most // POOL - 1} with this database",
            "take fewer, or a larger database.instance_type",
        )


def dicomweb_memory(site: "SiteSettings") -> Iterator[Problem]:
    """Pairs of processor and memory that SAE sells."""
    cpu, memory = site.dicomweb.cpu_millicores, site.dicomweb.memory_mb
    if memory not in SAE_MEMORY_MB[cpu]:
        yield Problem(
            "dicomweb.memory_mb",
            f"is not sold with cpu_millicores {cpu}",
            shown(memory),
            f"{listed(SAE_MEMORY_MB[cpu])} (MiB) with it",
        )


def dicomweb_heap(site: "SiteSettings") -> Iterator[Problem]:
    """Heap and the rest of the process both need room."""
    memory, percent = site.dicomweb.memory_mb, site.dicomweb.heap_percent
    heap = memory * percent // 100
    if heap < LEAST_HEAP_MB or memory - heap < LEAST_HEAP_MB:
        yield Problem(
            "dicomweb.heap_percent",
            f"leaves {heap} MiB of heap and {memory - heap} MiB for the rest of the process",
            shown(percent),
            f"what leaves {LEAST_HEAP_MB} MiB for each",
            "change it, or take more dicomweb.memory_mb",
        )


def gateway_memory(site: "SiteSettings") -> Iterator[Problem]:
    """Function Compute: 1 to 4 GiB for each core."""
    cores, memory = site.gateway.cpu_cores, site.gateway.memory_mb
    if not cores * 1024 <= memory <= cores * 4096:
        yield Problem(
            "gateway.memory_mb",
            f"does not go with cpu_cores {cores}",
            shown(memory),
            f"{cores * 1024} to {cores * 4096} (MiB), 1 to 4 GiB for each core",
        )


SIZE_RULES = (
    machines,
    directory_disks,
    archive_disks,
    database_storage,
    database_growth,
    database_connections,
    dicomweb_memory,
    dicomweb_heap,
    gateway_memory,
)


def essd(room: str, name: str, size_gb: int | None, level: str) -> Iterator[Problem]:
    """One ESSD disk: large enough for its performance level."""
    least = ESSD_SMALLEST_GB[level]
    if size_gb is not None and size_gb < least:
        yield Problem(
            f"{room}.{name}",
            f"is too small for disk_performance {level}",
            shown(size_gb),
            f"at least {least} (GiB)",
            f"take more, or another {room}.disk_performance",
        )
