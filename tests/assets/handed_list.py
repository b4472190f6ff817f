"""The archive's host before step `modalities`, and the list as the bucket of operations would give it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.archive.stand_in_directory import BASE
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.programs import need
from tests.assets.ldap_server import Directory


@cache
def _bundles() -> tuple[Bundle, ...]:
    return (
        host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"),
        Bundle.from_assets("modalities"),
    )


def gives_its_object(host: ScratchHost) -> None:
    """Whatever a step fetches from a bucket is /object of the host."""
    real = need("python3", "python3")
    host.stand_in(
        "python3", f'case "$*" in *oss-get*) cp "$HOST_ROOT/object" "${{@: -1}}" ;; *) exec {real} "$@" ;; esac'
    )


def host_of_a_list(folder: Path, directory: Directory) -> ScratchHost:
    # Nobody listens on port 1: an archive that is not there yet.
    host = ScratchHost(folder, {"DICOM_PAUSE": "0.1", "DICOM_ARCHIVE_URL": "http://127.0.0.1:1"})
    for bundle in _bundles():
        host.install(bundle)
    host.put("/run/dicom/secrets/ldap-root", directory.password, mode=0o600)
    gives_its_object(host)
    return host


def hand_over(host: ScratchHost, directory: Directory, listed: dict[str, Any], **values: Any) -> None:
    """The list in the bucket, and what the step is told of it; `values` beside that or in its place."""
    text = json.dumps(listed)
    host.put("/object", text)
    given = {
        "base_dn": BASE,
        "device_name": "dcm4chee-arc",
        "ldap_url": f"ldap://127.0.0.1:{directory.port}",
        "list_bucket": "clinic-ops",
        "list_key": "modalities/list.json",
        "list_sha256": hashlib.sha256(text.encode()).hexdigest(),
        **values,
    }
    host.put("/opt/dicom/modalities/values.json", json.dumps(given))
