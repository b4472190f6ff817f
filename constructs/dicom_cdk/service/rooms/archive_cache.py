"""The archive's part of the shared folder: mounted on its host, and in the directory as what images are received into."""

from collections.abc import Mapping

from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from constructs import Construct

from dicom_cdk.payload import cache as folder
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.releases.table import checks_mounts_by_attribute
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.rooms.storage_cache import Cache

PACKAGE = "nfs-common"
ROOM = "cache"
"""Name of the bundle, hence of its folder on the host."""
IN_COMPOSE = {"folder": folder.FOLDER, "mark": folder.MARK}


def generation(cache: Cache | None) -> str:
    """Text that changes with what every archive has to read anew: by the old entries one would go on storing into the folder."""
    return "" if cache is None else f"-{cache.settings.receive}-{cache.free_gb}"


def values(cache: Cache, *, site: str, release: str) -> dict[str, object]:
    """What both steps are told of the folder. `release`: of the archive, which says how a storage names its guard."""
    return {
        "folder_id": folder.STORAGE_ID,
        "folder_uri": f"file://{folder.FOLDER}/",
        "free_gb": cache.free_gb,
        "guard": folder.GUARD,
        "guard_by": "attribute" if checks_mounts_by_attribute(release) else "property",
        "mark": folder.MARK,
        "owner": folder.OWNER,
        "quiet": f"PT{cache.settings.cache.quiet_minutes}M",
        "receive": cache.settings.receive,
        "site": site,
        "size_gb": cache.settings.cache.size_gb,
        "source": f"{cache.domain}:{folder.EXPORT}",
    }


def of_walk(cache: Cache | None) -> dict[str, object]:
    """What the walk to another release is told of the folder: what has to be copied out of it before the archives stop."""
    return {} if cache is None else {"exporter": folder.EXPORTER, "folder_id": folder.STORAGE_ID}


def bundle() -> Bundle:
    """Of both steps: the folder on the host, and the directory's entries."""
    return Bundle.from_assets(ROOM)


def first_storage(cache: Cache | None, storage_id: str) -> str:
    """What images are received into: `storage_id`, the bucket's, unless it is the folder's turn."""
    return folder.STORAGE_ID if cache is not None and cache.settings.receive == "cache" else storage_id


def mounted(scope: Construct, cache: Cache, told: Mapping[str, object], *, host: DockerHost) -> EcsInvocation:
    """The folder is on the host, and says whose it is."""
    return HostStep(
        scope,
        "mount",
        host=host,
        bundle=bundle(),
        entry="mount",
        values=told,
        timeout_seconds=600,
        after=cache.ready,
    ).ready
