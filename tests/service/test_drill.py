"""The restore drill's stack: what it restores from, and that nothing of it reaches or changes its site."""

import base64
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from dicom_cdk import shipped
from dicom_cdk.payload.unpack import command_payload
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import judge
from dicom_cdk.service.drill import DrillError, drill_network
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize_drill
from tests.conftest import SMALL_SITE
from tests.policy.test_mutations import TODAY
from tests.synthesized import Synthesized

TIME = "2026-11-29T12:00:00Z"
BUCKET = "acs:oss:*:1234567890123456:clinic-1234567890123456"
Drilled = Callable[..., Synthesized]


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of a small valid site with some settings replaced."""

    def build(restore_time: str | None = TIME, **settings: Any) -> Synthesized:
        site = SiteSettings.model_validate({**SMALL_SITE, **settings}, strict=False)
        out = tmp_path_factory.mktemp("drill")
        return Synthesized.read(synthesize_drill(site, out, restore_time=restore_time).file.parent)

    return build


@pytest.fixture(scope="module")
def stack(drilled: Drilled) -> Synthesized:
    return drilled()


def statements(stack: Synthesized) -> list[dict[str, Any]]:
    policies = [json.loads(each["policy_document"]) for each in stack.of_type("ram_policy")]
    return [statement for policy in policies for statement in policy["Statement"]]


def test_the_clone_is_of_the_site_s_instance_at_the_asked_time_in_the_drill_s_own_network(stack: Synthesized) -> None:
    clone = stack.resources["database"]
    assert clone["source_db_instance_id"] == "${var.database_instance_id}"
    assert clone["restore_time"] == "${var.restore_time}"
    assert stack.json["variable"]["restore_time"]["default"] == TIME
    assert clone["security_ips"] == ["172.18.255.240/28"]
    assert clone["deletion_protection"] is False
    assert stack.resources["vswitch"]["cidr_block"] == "172.18.255.240/28"


def test_without_a_time_terraform_asks(drilled: Drilled) -> None:
    variables = drilled(restore_time=None).json["variable"]
    assert "default" not in variables["restore_time"]
    assert set(variables) == {
        "vpc_id",
        "database_instance_id",
        "kms_key_id",
        "registry_instance_id",
        "restore_time",
        "directory_backup",
    }


def test_nobody_may_write_or_delete_anything(stack: Synthesized) -> None:
    actions = {action for each in statements(stack) for action in each["Action"]}
    assert actions == {
        "oss:GetObject",
        "oss:ListObjects",
        "oss:GetBucketInfo",
        "oss:GetBucketLocation",
        "kms:GetSecretValue",
        "kms:Decrypt",
        "cr:GetAuthorizationToken",
        "cr:PullRepository",
    }


def test_the_directory_host_reads_backups_only_and_the_archive_s_host_images_only(stack: Synthesized) -> None:
    for room, resource in (("directory", f"{BUCKET}-ops/ldap-backup/*"), ("archive", f"{BUCKET}/*")):
        policy = json.loads(stack.resources[f"read-{room}-data"]["policy_document"])
        assert policy["Statement"][0]["Resource"] == [resource]


def test_of_the_site_s_secrets_only_the_database_password_is_read(stack: Synthesized) -> None:
    read = [each for each in statements(stack) if "kms:GetSecretValue" in each["Action"]]
    secrets = {resource.rpartition("secret/")[2] for each in read for resource in each["Resource"]}
    assert {name for name in secrets if not name.startswith("clinic-drill/")} == {"clinic/database-g1"}


def test_the_archive_reads_the_bucket_with_a_key_of_the_drill_s_own(stack: Synthesized) -> None:
    boot = json.dumps(stack.resources["archive/boot/run"]["parameters"])
    assert "storage-identity" in boot
    assert "clinic/storage-identity" not in boot
    assert stack.resources["reader-key"]["user_name"] == "${alicloud_ram_user.reader.name}"


def test_nothing_is_let_in_and_nothing_goes_out_but_to_the_clone_the_vendor_and_the_registry(
    stack: Synthesized,
) -> None:
    rules = stack.of_type("security_group_rule")
    (inside,) = [each for each in rules if each["type"] == "ingress"]
    assert inside["source_security_group_id"] == inside["security_group_id"] == "${alicloud_security_group.group.id}"
    out = {
        (each["cidr_ip"], each["policy"], each["priority"], each["port_range"]) for each in rules if each is not inside
    }
    assert out == {
        ("172.18.255.240/28", "accept", 1, "-1/-1"),
        ("100.64.0.0/10", "accept", 1, "-1/-1"),
        ("172.18.16.0/20", "accept", 1, "443/443"),
        ("0.0.0.0/0", "drop", 100, "-1/-1"),
    }


def test_steps_go_from_the_backups_to_the_report(stack: Synthesized) -> None:
    def waits(path: str) -> list[str]:
        found: list[str] = stack.resources[f"{path}/run"]["depends_on"]
        return found

    chain = ["directory-prepare", "directory-restore", "storage-entries", "archive-up", "verify"]
    for before, after in pairwise(chain):
        assert f"alicloud_ecs_invocation.{before}_run" in waits(after), after


def test_all_of_it_is_destroyed_by_one_command(stack: Synthesized) -> None:
    for path, each in stack.resources.items():
        assert not each.get("deletion_protection"), path
        assert not (each.get("lifecycle") or {}).get("prevent_destroy"), path


def test_its_state_is_its_own(stack: Synthesized) -> None:
    assert stack.json["terraform"]["backend"] == {"local": {"path": "../../../terraform.clinic-drill.tfstate"}}


@pytest.mark.parametrize("store", ["kms", "bucket"])
def test_every_policy_passes_and_the_drill_s_own_judges_it(drilled: Drilled, store: str) -> None:
    made = drilled(secrets={"store": store})
    judgement = judge([document.of_stack(Stack.read(made.folder))], catalogue.load(), TODAY)
    assert [f"{one.policy.id} {one.address}" for one in judgement.of("failed")] == []
    assert "CKV2_DICOM_121" in {one.policy.id for one in judgement.of("passed")}


def test_the_site_s_own_stack_has_the_same_bytes_whatever_its_drill_is_like(
    stack_with: Callable[..., Synthesized],
) -> None:
    plain, drilling = stack_with(), stack_with(drill={"sample": 5, "cidr": "172.18.0.0/28"})
    assert (plain.folder / "cdk.tf.json").read_bytes() == (drilling.folder / "cdk.tf.json").read_bytes()


def test_the_drill_names_nothing_as_its_site_does(stack: Synthesized, stack_with: Callable[..., Synthesized]) -> None:
    def names(of: Synthesized) -> set[tuple[str, str]]:
        return {
            (each.type, value)
            for each in of.resources.values()
            for key, value in each.attributes.items()
            if (key == "name" or key.endswith(("_name", "bucket"))) and isinstance(value, str) and "${" not in value
        }

    assert names(stack) & names(stack_with()) == set()


def test_a_network_of_the_drill_in_a_vswitch_that_the_database_lets_in_is_refused() -> None:
    network = {"cidr": "172.18.0.0/16", "vswitch_l": {"cidr": "172.18.240.0/20"}}
    site = SiteSettings.model_validate({**SMALL_SITE, "network": network}, strict=False)
    with pytest.raises(
        DrillError,
        match=r"clinic: the last /28 of network.cidr, 172.18.255.240/28, lies in network.vswitch_l.cidr, 172.18.240.0/20, which "
        r"the database lets in; name another network as drill.cidr",
    ):
        drill_network(site)
    given = site.model_copy(update={"drill": site.drill.model_copy(update={"cidr": "172.18.0.0/28"})})
    assert drill_network(given) == "172.18.0.0/28"


def test_every_asset_of_the_drill_reaches_one_of_its_hosts(stack: Synthesized) -> None:
    carried = set()
    for each in stack.of_type("ecs_command"):
        for bundle in command_payload(base64.b64decode(each["command_content"]).decode()).bundles:
            carried |= {file.path for file in bundle.files if bundle.room == "drill"}
    assert carried == {path.name for path in shipped.path("assets/drill").iterdir() if path.suffix in (".sh", ".py")}
