"""Tenants: a bucket or prefix each, rights for it, its AE title made before an archive starts, its DICOMweb behind the gateway."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.service.rooms import archive_tenants
from tests.synthesized import Synthesized

HOSPITALS = [{"name": "north", "cidrs": ["10.20.0.0/16"]}]
CT = {"ae_title": "CT1", "hospital": "north", "address": "10.20.1.15", "tls": False, "may": ["store"]}
TENANTS = [
    {"ae_title": "SOUTH.1", "prefix": "south"},
    {"ae_title": "NORTH", "bucket": "images-of-north", "hospitals": ["north"]},
]
BUCKET = "clinic-1234567890123456"


@pytest.fixture(scope="module")
def stack(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(
        storage={"tenants": TENANTS, "receive": "cache"},
        hospitals=HOSPITALS,
        modalities=[CT],
        recovery={"region": "cn-beijing"},
    )


def told(stack: Synthesized, step: str) -> str:
    text: str = stack.resources[f"archive/{step}/run"]["parameters"]["values"]
    return text


def test_a_tenants_bucket_is_closed_as_the_sites_is_and_logs_below_a_name_of_its_own(stack: Synthesized) -> None:
    room = stack.room("storage")
    own, sites = room["images-north"], room["images"]
    assert own["bucket"] == "images-of-north"
    assert own["logging"]["target_prefix"] == "access-log/north/"
    apart = ("bucket", "logging")
    assert {key: value for key, value in own.attributes.items() if key not in apart} == {
        key: value for key, value in sites.attributes.items() if key not in apart
    }
    for part in ("acl", "public-access", "https", "policy"):
        assert f"images-north-{part}" in room
    assert "images-south-1" not in room, "a prefix is no bucket"


def test_the_storage_user_reaches_the_buckets_of_images_and_no_other(stack: Synthesized) -> None:
    document = json.loads(stack.resources["storage/user-policy"]["policy_document"])
    oss = [one for one in document["Statement"] if one["Action"][0].startswith("oss:")]
    assert {arn for one in oss for arn in one["Resource"]} == {
        f"acs:oss:*:1234567890123456:{name}{inside}" for name in (BUCKET, "images-of-north") for inside in ("", "/*")
    }


def test_a_tenants_bucket_is_copied_to_the_other_region_with_rights_for_it(stack: Synthesized) -> None:
    room = stack.room("recovery")
    assert room["replicate-images-north"]["bucket"] == "${alicloud_oss_bucket.storage_images-north.bucket}"
    assert room["copy/images-north"]["bucket"] == "images-of-north-copy"
    rights = room["replicate"]["policy_document"]
    assert "images-of-north/*" in rights
    assert "images-of-north-copy/*" in rights


def test_requests_and_availability_of_a_tenants_bucket_are_watched(stack: Synthesized) -> None:
    assert "alarms/storage-availability-north" in stack.resources
    assert "alarms/storage-availability" in stack.resources


def test_the_step_is_told_each_place_after_the_sites_storage_and_before_an_archive_starts(stack: Synthesized) -> None:
    values = told(stack, "tenants")
    found = re.findall(r'"ae_title" = "(\S+)", "bucket" = "(\S+)", "key" = "(\S+)", "prefix" = "(\S*)"', values)
    assert found == [("NORTH", "images-of-north", "north", ""), ("SOUTH.1", BUCKET, "south-1", "south")]
    assert '"folder_id" = "cache"' in values
    assert '"path_by" = "property"' in values
    step = stack.resources["archive/tenants/run"]
    assert "alicloud_ecs_invocation.archive_storage_run" in step["depends_on"]
    assert "alicloud_oss_bucket.storage_images-north" in step["depends_on"]
    assert "alicloud_ecs_invocation.archive_tenants_run" in stack.resources["archive/up/run"]["depends_on"]
    assert "alicloud_ecs_invocation.archive_tenants_run" in stack.resources["dicomweb/application"]["depends_on"]


def test_every_archive_reads_anew_what_a_tenant_changes(stack_with: Callable[..., Synthesized]) -> None:
    def told_by(*tenants: dict[str, Any]) -> str:
        envs = stack_with(storage={"tenants": list(tenants)}).resources["dicomweb/application"]["envs"]
        found = re.search(r'DICOM_STORAGE_GENERATION","value":"([^"]*)"', envs)
        assert found is not None
        return found[1]

    north, elsewhere = told_by({"ae_title": "A", "prefix": "a"}), told_by({"ae_title": "A", "prefix": "b"})
    assert len({north, elsewhere, "1-1"}) == 3


def test_the_gateway_lets_dicomweb_of_tenants_through(stack: Synthesized) -> None:
    variables = stack.resources["gateway/function"]["environment_variables"]
    assert variables["DICOM_AE_TITLES"] == "DCM4CHEE|NORTH|SOUTH[.]1"


def test_a_site_without_tenants_has_no_step_for_them(default_stack: Synthesized) -> None:
    assert not [path for path in default_stack.resources if path.startswith("archive/tenants")]


def test_the_bundle_holds_what_it_imports() -> None:
    assert sorted(file.path for file in archive_tenants.bundle().files) == [
        "apply.sh",
        "ldif.py",
        "places.py",
        "tenants.py",
    ]
