"""The archive's part of tenants: the step that gives each its AE title, and what other archives have to read anew for it."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.templates import asset
from dicom_cdk.releases.table import checks_mounts_by_attribute
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.rooms.storage import Storage
from dicom_cdk.service.tenants import Tenant

ROOM = "tenants"
_OF_ENTRIES = ("base_dn", "device_name", "generation", "ldap_url", "signature_version", "storage_endpoint")
_OF_FOLDER = ("folder_id", "folder_uri", "free_gb", "guard", "guard_by", "quiet", "receive", "size_gb")


def bundle() -> Bundle:
    """With what reads and writes LDIF for the list of modalities too."""
    return Bundle.from_assets(ROOM, extra={"ldif.py": (asset("modalities") / "ldif.py").read_bytes()})


def generation(storage: Storage) -> str:
    """Text that changes with what every archive has to read anew."""
    if not storage.tenants:
        return ""
    told = json.dumps([one.told for one in storage.tenants], sort_keys=True)
    return f"-tenants-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def entered(
    scope: Construct,
    storage: Storage,
    dicom: Dicom,
    entries: Mapping[str, object],
    *,
    release: str,
    image: str,
    host: DockerHost,
    after: list[ITerraformDependable],
) -> list[ITerraformDependable]:
    """The step; none without tenants. `entries`: what the step of the site's own storage is told. `release`: of the archive;
    `image`: another one may bring transfer capabilities, which tenants get too."""
    if not storage.tenants:
        return []
    more = {name: entries[name] for name in _OF_FOLDER} if storage.cache else {}
    step = HostStep(
        scope,
        ROOM,
        host=host,
        bundle=bundle(),
        entry="apply",
        values={**told(storage.tenants, dicom, entries, release=release, image=image), **more},
        timeout_seconds=600,
        after=[*after, *(bucket for _, bucket in storage.image_buckets.values())],
    )
    return [step.ready]


def told(
    tenants: Sequence[Tenant], dicom: Dicom, entries: Mapping[str, object], *, release: str, image: str
) -> dict[str, object]:
    """Values of the step, where images go into buckets at once."""
    return {
        "receive": "direct",
        **{name: entries[name] for name in _OF_ENTRIES},
        "image": image,
        "model": dicom.ae_title,
        # Both are attributes from one release on, and properties before.
        "path_by": "attribute" if checks_mounts_by_attribute(release) else "property",
        "tenants": [one.told for one in tenants],
    }
