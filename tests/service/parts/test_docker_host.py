"""A container host: hardened instance, disks, role by attachment, and the boot step that everything else waits for."""

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any

import cdktf
import pytest
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider

from dicom_cdk import shipped
from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import FIRST_BOOT, FIRST_BOOT_FILES, host_bundle
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.payload.unpack import payloads, usages
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import Boot, DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.machine import Disks, Machine
from dicom_cdk.service.parts.place import Place
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.settings.models.archive import Archive
from tests.synthesized import app, without_hashes

SHIPPED = sorted(path.name for path in shipped.path("assets/docker_host").iterdir() if path.name != "README.md")


@dataclass
class Images:
    """A registry that is there already."""

    instance_id: str = "cri-1"
    address: str = "registry.example.com/dicom"
    ready: list[cdktf.ITerraformDependable] = field(default_factory=list)


def synthesized(
    *, data_disk_gb: int | None = None, protected: bool = True, base: Bundle | None = None, image_id: str = "ubuntu-1"
) -> dict[str, Any]:
    stack = cdktf.TerraformStack(app(), "site")
    AlicloudProvider(stack, "alicloud", region="cn-shanghai")
    whole = base or host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat")
    host = DockerHost(
        stack,
        "l",
        site=Identity("site", "cn-shanghai", "1234567890123456", protected, {"site": "x"}),
        name="ecs-ldap-l",
        machine=Machine("ecs.g7.large", image_id, Disks(40, data_disk_gb, "PL0", "key-1", "sp-1")),
        place=Place(Subnet("vsw-1", "cn-shanghai-l", "172.18.92.0/24"), "172.18.92.187", "sg-1", egress=[]),
        role=ram.Role(
            stack, "role", name="site-directory", description="directory", service="ecs.aliyuncs.com", tags={}
        ),
        registry=Images(),
        boot=Boot(user_data("directory l", [whole], FIRST_BOOT), whole, {"ldap-root": "site/ldap-root-g1"}),
    )
    HostStep(stack, "up", host=host, bundle=Bundle.of("directory", {"up.sh": "#!/bin/bash\n"}), entry="up")
    made: dict[str, Any] = without_hashes(cdktf.Testing.synth(stack))["resource"]
    return made


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return synthesized(data_disk_gb=200)


def test_the_instance_is_hardened_and_has_no_way_in_from_outside(made: dict[str, Any]) -> None:
    instance = made["alicloud_instance"]["l_instance"]
    expected = {
        "http_tokens": "required",
        "internet_max_bandwidth_out": 0,
        "system_disk_encrypted": True,
        "system_disk_kms_key_id": "key-1",
        "system_disk_category": "cloud_essd",
        "system_disk_auto_snapshot_policy_id": "sp-1",
        "deletion_protection": True,
        "private_ip": "172.18.92.187",
    }
    assert {name: instance[name] for name in expected} == expected
    for absent in ("password", "key_name", "role_name", "allocate_public_ip"):
        assert absent not in instance


def test_neither_user_data_nor_image_ever_replaces_a_running_host(made: dict[str, Any]) -> None:
    lifecycle = made["alicloud_instance"]["l_instance"]["lifecycle"]
    assert lifecycle == {"ignore_changes": ["user_data", "image_id"], "prevent_destroy": True}


def test_no_argument_is_removed_or_deprecated(made: dict[str, Any]) -> None:
    with gzip.open(shipped.path("provider/overlay.json.gz")) as file:
        overlay = json.load(file)["resources"]
    bad = {
        f"{kind}.{argument}"
        for kind, blocks in made.items()
        for block in blocks.values()
        for argument in block
        if (about := overlay[kind]["fields"].get(argument, {})).get("deprecated") or about.get("removed")
    }
    assert bad == set()


def test_the_role_comes_by_attachment_and_the_boot_step_waits_for_all_that_is_attached(made: dict[str, Any]) -> None:
    assert made["alicloud_ecs_ram_role_attachment"]["l_role"] == {
        "instance_id": "${alicloud_instance.l_instance.id}",
        "ram_role_name": "${alicloud_ram_role.role.role_name}",
    }
    assert made["alicloud_ecs_invocation"]["l_boot_run"]["depends_on"] == [
        "alicloud_ecs_ram_role_attachment.l_role",
        "alicloud_ecs_disk_attachment.l_data-disk-at-host",
        "alicloud_ecs_auto_snapshot_policy_attachment.l_data-disk-snapshots",
        "alicloud_ecs_invocation.l_client_run",
    ]
    assert "depends_on" not in made["alicloud_ecs_invocation"]["l_client_run"], "it looks at nothing but the machine"
    assert made["alicloud_ecs_invocation"]["up_run"]["depends_on"] == ["alicloud_ecs_invocation.l_boot_run"]


def test_the_data_volume_is_encrypted_snapshotted_kept_and_known_to_the_boot_step(made: dict[str, Any]) -> None:
    disk = made["alicloud_ecs_disk"]["l_data-disk"]
    expected = {"encrypted": True, "kms_key_id": "key-1", "size": 200, "delete_with_instance": False}
    assert {name: disk[name] for name in expected} == expected
    assert disk["lifecycle"] == {"prevent_destroy": True}
    values = made["alicloud_ecs_invocation"]["l_boot_run"]["parameters"]["values"]
    assert '"data_disk_id" = alicloud_ecs_disk.l_data-disk.id' in values
    assert '"data_disk_gb" = 200' in values, "a larger volume runs the step again, which grows the file system"


def test_without_a_data_volume_there_is_none_and_the_step_is_told_so() -> None:
    made = synthesized()
    assert "alicloud_ecs_disk" not in made
    assert '"data_disk_id" = ""' in made["alicloud_ecs_invocation"]["l_boot_run"]["parameters"]["values"]


def test_without_protection_everything_can_be_destroyed() -> None:
    made = synthesized(data_disk_gb=20, protected=False)
    assert made["alicloud_instance"]["l_instance"]["deletion_protection"] is False
    assert "prevent_destroy" not in made["alicloud_instance"]["l_instance"]["lifecycle"]
    assert "lifecycle" not in made["alicloud_ecs_disk"]["l_data-disk"]


def test_user_data_is_base64_of_static_text_that_needs_no_role(made: dict[str, Any]) -> None:
    encoded = made["alicloud_instance"]["l_instance"]["user_data"]
    text = base64.b64decode(encoded, validate=True).decode()
    assert text.startswith("#cloud-config\n")
    assert "${Tf" not in text
    (payload,) = [found for found in payloads({"resource": made}) if found.carrier == "user data"]
    (carried,) = payload.bundles
    assert [file.path for file in carried.files] == sorted(FIRST_BOOT_FILES)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_edited_file_of_the_room_reaches_the_host_by_its_boot_step(name: str) -> None:
    before = synthesized()
    whole = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat")
    path = name.removesuffix(".j2")
    edited = Bundle.of("docker_host", {f.path: f.content + b"\n" * (f.path == path) for f in whole.files})
    after = synthesized(base=edited)
    differing = [
        f"{kind}.{address}"
        for kind, blocks in before.items()
        for address, block in blocks.items()
        if block != after[kind][address]
    ]
    assert [address for address in differing if "instance" not in address] == ["alicloud_ecs_command.l_boot_command"]
    # The instance differs in user_data only, which it ignores.
    one, two = before["alicloud_instance"]["l_instance"], after["alicloud_instance"]["l_instance"]
    assert {key for key in one if one[key] != two[key]} <= {"user_data"}


def test_no_payload_looks_like_a_secret(made: dict[str, Any]) -> None:
    for payload in payloads({"resource": made}):
        assert findings(payload.text) == [], payload.address
        for bundle in payload.bundles:
            for file in bundle.files:
                assert findings(file.content.decode()) == [], f"{payload.address}: {file.path}"
    assert findings(json.dumps(made, indent=0)) == []


def test_every_carrier_is_within_its_budget(made: dict[str, Any]) -> None:
    for usage in usages({"resource": made}):
        usage.check()


def test_a_machine_is_what_the_settings_of_its_room_say() -> None:
    settings = Archive(data_disk_gb=500, disk_performance="PL1")
    machine = Machine.of(settings, key_id="key-1", snapshot_policy_id="sp-1")
    assert machine.instance_type == settings.instance_type
    assert machine.image_id == settings.image_id
    assert machine.disks == Disks(
        system_gb=100, data_gb=500, performance="PL1", key_id="key-1", snapshot_policy_id="sp-1"
    )
