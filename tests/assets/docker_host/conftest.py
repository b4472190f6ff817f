"""A scratch host with the room's whole bundle, and the vendor's APIs on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", packages=["ldap-utils"])


@pytest.fixture
def api() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, bundle: Bundle, api: VendorApi) -> ScratchHost:
    host = ScratchHost(tmp_path / "root", {**api.environment(), "DICOM_API_SECONDS": "3", "DICOM_PAUSE": "0.1"})
    host.install(bundle)
    config = {"region": REGION, "registry": "registry.example.com/dicom", "registry_instance_id": "cri-test"}
    host.put("/etc/dicom/host.json", json.dumps(config))
    return host
