"""The bill of images: every reference once, as CycloneDX itself judges it."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from dicom_cdk.handoff.images import Image, cyclonedx, images
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack

pytestmark = pytest.mark.terraform

DIGEST = "sha256:" + "0f" * 32


def test_the_bill_of_the_default_site_is_cyclonedx_and_names_six_images(handed: Path) -> None:
    text = (handed / "images/dicom-sh.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    host = "dicom-sh-1234567890123456-registry-vpc.cn-shanghai.cr.aliyuncs.com"
    named = {one["bom-ref"].removeprefix(f"{host}/dicom/"): one.get("properties") for one in bill["components"]}
    upstream = {name: found[0]["value"] for name, found in named.items() if found}
    assert upstream == {
        "dcm4che-tools:5.25.2": "docker.io/dcm4che/dcm4che-tools:5.25.2",
        "dcm4chee-arc-psql:5.25.2": "docker.io/dcm4che/dcm4chee-arc-psql:5.25.2",
        "nginx:1.28.0": "docker.io/library/nginx:1.28.0",
        "postgres-dcm4chee:14.1-25": "docker.io/dcm4che/postgres-dcm4chee:14.1-25",
        "slapd-dcm4chee:2.6.0-25.2": "docker.io/dcm4che/slapd-dcm4chee:2.6.0-25.2",
    }
    (built,) = set(named) - set(upstream)
    assert built.startswith("nginx:1.28.0-dicom-")
    for one in bill["components"]:
        assert PackageURL.from_string(one["purl"]).qualifiers == {"repository_url": host}


def test_a_digest_becomes_a_hash() -> None:
    bill = cyclonedx("clinic", [Image("ghcr.io", "a/b", "1", DIGEST), Image("ghcr.io", "c", "2")])
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    assert [one.get("hashes") for one in bill["components"]] == [[{"alg": "SHA-256", "content": "0f" * 32}], None]


def test_references_are_found_in_arguments_payloads_and_jsonencode_and_paths_are_none() -> None:
    document = {
        "resource": {
            "alicloud_sae_application": {"a": {"image_url": f"r.example.com/x/app:1@{DIGEST}"}},
            "alicloud_ecs_invocation": {
                "i": {"parameters": {"values": '${jsonencode({"image" = "r.example.com:5000/y:2"})}'}}
            },
            "alicloud_ecs_command": {
                "c": {"command_content": "docker pull r.example.com/z/tool:3\ncurl https://a.example.com/b:c\n"}
            },
        }
    }
    stack = Stack(Path("clinic"), document)
    found = images(of_stack(stack), stack)
    assert [str(image) for image in found] == [
        "r.example.com/x/app:1@" + DIGEST, "r.example.com/z/tool:3", "r.example.com:5000/y:2",
    ]  # fmt: skip
