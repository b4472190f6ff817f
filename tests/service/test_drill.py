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
from dicom_cdk.policy.stack_rules.drill import LINK, OF_DATABASE
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.service.drill.database import RESTORED_BY
from dicom_cdk.service.drill.here import drill_network
from dicom_cdk.service.drill.stack import DrillError
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize_drill
from tests.conftest import SMALL_SITE
from tests.policy.test_mutations import TODAY
from tests.synthesized import Synthesized

TIME = "2026-11-29T12:00:00Z"
BUCKET = "acs:oss:*:1234567890123456:clinic-1234567890123456"
Drilled = Callable[..., Synthesized]
NORTH = {"ae_title": "NORTH", "bucket": "images-of-north"}
IN_BEIJING = {
    "zone": "cn-beijing-h",
    "registry_instance_id": "cri-0123456789abcdef",
    "registry_instance_name": "clinic-beijing",
}
THERE = {"recovery": {"region": "cn-beijing"}, "drill": {"sample": 4, "retrieved": 2, "recovery": IN_BEIJING}}
"""Settings of a site that can be drilled in the other region."""


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of a small valid site with some settings replaced."""

    def build(restore_time: str | None = TIME, *, elsewhere: bool = False, **settings: Any) -> Synthesized:
        site = SiteSettings.model_validate({**SMALL_SITE, **settings}, strict=False)
        out = tmp_path_factory.mktemp("drill")
        return Synthesized.read(synthesize_drill(site, out, restore_time=restore_time, elsewhere=elsewhere).file.parent)

    return build


@pytest.fixture(scope="module")
def stack(drilled: Drilled) -> Synthesized:
    return drilled()


@pytest.fixture(scope="module")
def there(drilled: Drilled) -> Synthesized:
    """In the other region, of a site whose tenants have a bucket of their own and a prefix, and an image of its own."""
    tenants = [NORTH, {"ae_title": "SOUTH", "prefix": "south"}]
    image = "registry.example.com/clinic/arc:5.34.0"
    return drilled(
        None,
        elsewhere=True,
        **THERE,
        storage={"tenants": tenants, "endpoint": "https://s3.oss-cn-shanghai-internal.aliyuncs.com"},
        registry={"images": {"dcm4chee_arc_psql": image}},
    )


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
    recovery = {"region": "cn-beijing"}
    plain = stack_with(recovery=recovery)
    drilling = stack_with(recovery=recovery, drill={"sample": 5, "cidr": "172.18.0.0/28", "recovery": IN_BEIJING})
    assert (plain.folder / "cdk.tf.json").read_bytes() == (drilling.folder / "cdk.tf.json").read_bytes()


def test_no_drill_names_anything_as_its_site_does(
    stack: Synthesized, there: Synthesized, stack_with: Callable[..., Synthesized]
) -> None:
    def names(of: Synthesized) -> set[tuple[str, str]]:
        return {
            (each.type, value)
            for each in of.resources.values()
            for key, value in each.attributes.items()
            if (key == "name" or key.endswith(("_name", "bucket"))) and isinstance(value, str) and "${" not in value
        }

    of_site = names(stack_with())
    assert names(stack) & of_site == set()
    # Inside an instance of the drill's own, whose dump has them too; the registry's is the name of a module.
    inside = {("alicloud_db_database", "pacsdb"), ("alicloud_rds_account", "pacs"), (LINK, "Registry")}
    assert names(there) & of_site == inside
    for kind, of in OF_DATABASE.items():
        for each in there.of_type(kind.removeprefix("alicloud_")):
            assert each[of] == "${alicloud_db_instance.database.id}", each.path


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


def test_every_asset_of_the_drill_reaches_one_of_its_hosts(stack: Synthesized, there: Synthesized) -> None:
    carried = set()
    for each in (*stack.of_type("ecs_command"), *there.of_type("ecs_command")):
        for bundle in command_payload(base64.b64decode(each["command_content"]).decode()).bundles:
            carried |= {file.path for file in bundle.files if bundle.room == "drill"} - set(RESTORED_BY)
    assert carried == {path.name for path in shipped.path("assets/drill").iterdir() if path.suffix in (".sh", ".py")}


def values(of: Synthesized, path: str) -> dict[str, Any]:
    """What the step at `path` is told; references stay as they are."""
    found: dict[str, Any] = Site(of.folder).step(path).values  # type: ignore[assignment]
    return found


def test_a_drill_of_a_site_with_tenants_reads_their_buckets_and_gives_their_storages_its_own_key(
    drilled: Drilled,
) -> None:
    made = drilled(storage={"tenants": [NORTH, {"ae_title": "SOUTH", "prefix": "south"}]})
    account = "acs:oss:*:1234567890123456"
    reader = json.loads(made.resources["reader-policy"]["policy_document"])["Statement"][0]
    assert reader["Resource"] == [
        BUCKET,
        f"{BUCKET}/*",
        f"{account}:images-of-north",
        f"{account}:images-of-north/*",
    ]
    host = json.loads(made.resources["read-archive-data"]["policy_document"])["Statement"][0]
    assert host["Resource"] == [f"{BUCKET}/*", f"{account}:images-of-north/*"]
    told = values(made, "tenants-entries")
    assert [(one["storage_id"], one["bucket"], one["prefix"]) for one in told["tenants"]] == [
        ("alicloud-oss-north", "images-of-north", ""),
        ("alicloud-oss-south", "clinic-1234567890123456", "south"),
    ]
    assert values(made, "verify")["tenants"] == told["tenants"]
    assert "alicloud_ecs_invocation.tenants-entries_run" in made.resources["archive-up/run"]["depends_on"]


class TestInTheOtherRegion:
    def test_everything_stands_in_a_vpc_of_its_own_there_which_no_peering_could_join_to_the_site_s(
        self, there: Synthesized
    ) -> None:
        assert [one["region"] for one in there.json["provider"]["alicloud"]] == ["cn-beijing"]
        assert there.resources["vpc"]["cidr_block"] == "172.18.0.0/16"
        assert there.resources["vswitch"]["zone_id"] == "cn-beijing-h"
        assert (
            there.resources["registry-link"]["vpc_id"]
            == there.resources["vswitch"]["vpc_id"]
            == "${alicloud_vpc.vpc.id}"
        )
        assert set(there.json["variable"]) == {"kms_key_id", "database_dump", "directory_backup"}

    def test_nothing_is_let_in_and_nothing_goes_out_but_to_the_database_and_the_vendor(
        self, there: Synthesized
    ) -> None:
        rules = there.of_type("security_group_rule")
        (inside,) = [each for each in rules if each["type"] == "ingress"]
        assert inside["source_security_group_id"] == inside["security_group_id"]
        out = {(each["cidr_ip"], each["policy"]) for each in rules if each is not inside}
        assert out == {("172.18.255.240/28", "accept"), ("100.64.0.0/10", "accept"), ("0.0.0.0/0", "drop")}

    def test_the_database_is_an_empty_one_of_the_site_s_class_filled_from_a_replicated_dump(
        self, there: Synthesized
    ) -> None:
        database = there.resources["database"]
        assert (database["engine_version"], database["instance_type"]) == ("15.0", "pg.n2.2c.2m")
        assert database["security_ips"] == ["172.18.255.240/28"]
        assert not there.of_type("rds_clone_db_instance")
        told = values(there, "database-from-dump")
        assert (told["bucket"], told["prefix"]) == ("clinic-1234567890123456-ops-copy", "database-dump/")
        assert there.json["variable"]["database_dump"]["default"] == "database-dump/latest"
        before = there.resources["database-from-dump/run"]["depends_on"]
        assert "alicloud_db_account_privilege.privilege" in before
        assert "alicloud_ecs_invocation.database-from-dump_run" in there.resources["storage-entries/run"]["depends_on"]

    def test_it_reads_copies_only_with_a_key_of_that_region_and_writes_nothing(self, there: Synthesized) -> None:
        said = statements(there)
        assert not any("Put" in action or "Delete" in action for each in said for action in each["Action"])
        objects = {one for each in said if "oss:GetObject" in each["Action"] for one in each["Resource"]}
        account = "acs:oss:*:1234567890123456:"
        secrets = f"{account}clinic-drill-recovery-1234567890123456-secrets/"
        assert {one.removeprefix(account) for one in objects if not one.startswith(secrets)} == {
            "clinic-1234567890123456-copy",
            "clinic-1234567890123456-copy/*",
            "images-of-north-copy",
            "images-of-north-copy/*",
            "clinic-1234567890123456-ops-copy/ldap-backup/*",
            "clinic-1234567890123456-ops-copy/database-dump/*",
        }
        keys = {one for each in said if "kms:Decrypt" in each["Action"] for one in each["Resource"]}
        assert keys == {"acs:kms:cn-beijing:1234567890123456:key/${var.kms_key_id}"}

    def test_no_secret_of_the_site_is_read_and_no_step_names_its_region(self, there: Synthesized) -> None:
        assert "clinic/database" not in (there.folder / "cdk.tf.json").read_text()
        assert "cn-shanghai" not in json.dumps([dict(step.values) for step in Site(there.folder).steps])
        assert values(there, "storage-entries")["storage_endpoint"] == "https://s3.oss-cn-beijing-internal.aliyuncs.com"

    def test_images_come_from_the_registry_there_those_of_the_site_s_own_too(self, there: Synthesized) -> None:
        registry = "clinic-beijing-registry-vpc.cn-beijing.cr.aliyuncs.com/dicom"
        assert values(there, "archive-up")["image"] == f"{registry}/arc:5.34.0"
        assert values(there, "database-from-dump")["image"] == f"{registry}/postgres:15.14"
        pull = [each for each in statements(there) if "cr:PullRepository" in each["Action"]]
        assert {one for each in pull for one in each["Resource"]} == {
            "acs:cr:cn-beijing:1234567890123456:repository/cri-0123456789abcdef/dicom/*"
        }

    def test_it_and_the_drill_beside_the_site_can_be_there_at_one_time(
        self, there: Synthesized, stack: Synthesized
    ) -> None:
        names = [
            {one["role_name"] for one in each.of_type("ram_role")} | {one["name"] for one in each.of_type("ram_user")}
            for each in (there, stack)
        ]
        assert names[0] & names[1] == set()
        backends = [each.json["terraform"]["backend"]["local"]["path"] for each in (there, stack)]
        assert backends[0] != backends[1]

    def test_every_policy_passes_and_the_drill_s_own_judges_it(self, there: Synthesized) -> None:
        judgement = judge([document.of_stack(Stack.read(there.folder))], catalogue.load(), TODAY)
        assert [f"{one.policy.id} {one.address}" for one in judgement.of("failed")] == []
        judged = {one.address for one in judgement.of("passed") if one.policy.id == "CKV2_DICOM_121"}
        assert {"alicloud_db_instance.database", "alicloud_cr_vpc_endpoint_linked_vpc.registry-link"} <= judged

    @pytest.mark.parametrize("store", ["kms", "bucket"])
    def test_its_secrets_are_in_kms_where_that_region_has_an_instance_else_in_a_bucket(
        self, drilled: Drilled, there: Synthesized, store: str
    ) -> None:
        if store == "bucket":
            assert not there.of_type("kms_secret")
            return
        recovery = {"region": "cn-beijing", "kms_instance_id": "kst-beijing0123456789"}
        made = drilled(None, elsewhere=True, **{**THERE, "recovery": recovery})
        assert {one["dkms_instance_id"] for one in made.of_type("kms_secret")} == {"kst-beijing0123456789"}

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            (
                {},
                "clinic: a drill in the other region restores from the copies there, and without recovery.region there are none; "
                "set it, apply, wait for a dump and the replication, or drill with --region site",
            ),
            (
                {"recovery": {"region": "cn-beijing"}, "archive": {"image_id": "m-uf60123456789"}},
                "clinic: a drill in cn-beijing needs drill.recovery.zone, a zone of cn-beijing that offers the database and the "
                "hosts; drill.recovery.registry_instance_id and registry_instance_name, a registry there that holds the site's "
                "images; drill.recovery.image_id, since archive.image_id m-uf60123456789 is of cn-shanghai (docs/recovery.md, "
                "The drill in the other region)",
            ),
        ],
    )
    def test_a_site_that_says_too_little_of_the_other_region_is_refused_with_all_that_is_missing(
        self, drilled: Drilled, settings: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(DrillError) as refused:
            drilled(None, elsewhere=True, **settings)
        assert str(refused.value) == said
