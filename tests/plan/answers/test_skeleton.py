"""A file of answers for every data source of a stack, which plans as it is written."""

from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.answers.skeleton import skeleton
from dicom_cdk.plan.stack import Stack
from tests.plan.stacks import VPC, module, stack

pytestmark = pytest.mark.terraform


def test_a_skeleton_of_answers_plans_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"alicloud_zones": {"z": {"available_resource_creation": "VSwitch"}}}
    resource = {
        **VPC,
        "alicloud_vswitch": {
            "w": {
                "vpc_id": "${alicloud_vpc.v.id}",
                "cidr_block": "10.0.0.0/24",
                "zone_id": "${data.alicloud_zones.z.zones[1].id}",
            }
        },
    }
    folder = stack(tmp_path, "s", {"data": data, "resource": resource})
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0, capsys.readouterr()


def test_a_data_source_of_a_check_block_is_served_and_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asserted = {"condition": "${length(data.alicloud_regions.r.ids) > 0}", "error_message": "none"}
    check = {"c": {"data": {"alicloud_regions": {"r": {"current": True}}}, "assert": asserted}}
    module(
        tmp_path / "m",
        'check "z" {\n  data "alicloud_zones" "z" {}\n  assert {\n    condition = length(data.alicloud_zones.z.ids) > 0\n'
        '    error_message = "none"\n  }\n}\n',
    )
    folder = stack(tmp_path, "s", {"check": check, "module": {"m": {"source": "../../m"}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 0, capsys.readouterr()
    assert "warning: data.alicloud_regions.r" in capsys.readouterr().out
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0
    assert "warning" not in capsys.readouterr().out


def test_a_skeleton_for_what_modules_ask_has_as_many_elements_as_they_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Public programs that it did not plan read a second zone, an instance type, or the account."""
    module(
        tmp_path / "m",
        'data "alicloud_zones" "z" {}\ndata "alicloud_account" "me" {}\n'
        'data "alicloud_instance_types" "t" {\n  cpu_core_count = 2\n}\n'
        'resource "alicloud_instance" "i" {\n  image_id = "i"\n  security_groups = ["sg-1"]\n  vswitch_id = "w"\n'
        "  instance_type = data.alicloud_instance_types.t.instance_types.0.id\n"
        "  availability_zone = data.alicloud_zones.z.zones[2].id\n}\n"
        'resource "alicloud_express_connect_router_vbr_child_instance" "v" {\n  child_instance_id = "v"\n'
        '  child_instance_region_id = "cn-hangzhou"\n  ecr_id = "e"\n  child_instance_type = "VBR"\n'
        "  child_instance_owner_id = data.alicloud_account.me.id\n}\n",
    )
    own = {"alicloud_zones": {"z": {"available_resource_creation": "VSwitch"}}}
    folder = stack(tmp_path, "s", {"data": own, "module": {"m": {"source": "../../m"}}})
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0, capsys.readouterr()


DATABASE = """
variable "zones" {
  default = ["cn-hangzhou-i", "cn-hangzhou-j"]
}
data "alicloud_db_instance_classes" "c" {}
data "alicloud_nlb_zones" "n" {}
data "alicloud_enhanced_nat_available_zones" "e" {}
data "alicloud_emr_disk_types" "d" {
  destination_resource = "DataDisk"
  instance_charge_type = "PostPaid"
  cluster_type         = "HADOOP"
  instance_type        = "ecs.g7.large"
}
data "alicloud_dms_user_tenants" "t" {}
locals {
  class  = data.alicloud_db_instance_classes.c.instance_classes[0]
  shared = tolist(setintersection(var.zones, [for one in data.alicloud_enhanced_nat_available_zones.e.zones : one.zone_id]))
  disk   = data.alicloud_emr_disk_types.d.types[0].value
}
resource "alicloud_db_instance" "d" {
  engine           = "MySQL"
  engine_version   = "8.0"
  instance_type    = local.class.instance_class
  instance_storage = local.class.storage_range.min
}
resource "alicloud_disk" "d" {
  category = local.disk
  size     = 40
  zone_id  = local.shared[1]
}
resource "alicloud_vswitch" "w" {
  count      = length(data.alicloud_nlb_zones.n.zones) > 1 ? 2 : 0
  vpc_id     = "vpc-1"
  cidr_block = "10.0.${count.index}.0/24"
  zone_id    = data.alicloud_nlb_zones.n.zones[count.index + 3].id
}
resource "alicloud_vswitch" "each" {
  for_each   = toset(data.alicloud_nlb_zones.n.ids)
  vpc_id     = "vpc-1"
  cidr_block = "10.1.0.0/24"
  zone_id    = each.value
}
resource "alicloud_dms_enterprise_authority_template" "a" {
  tid                     = data.alicloud_dms_user_tenants.t.ids.0
  authority_template_name = "a"
}
"""


def test_made_up_values_fit_where_a_program_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Public programs read keys of maps, elements by way of locals and counts, zones of their own; hand on numbers."""
    module(tmp_path / "m", DATABASE)
    folder = stack(tmp_path, "s", {"module": {"m": {"source": "../../m"}}})
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0, capsys.readouterr()


def test_what_cannot_be_seen_is_escaped_and_still_matches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"alicloud_vpcs": {"v": {"name_regex": "a\u202eb\x9b"}}}
    folder = stack(tmp_path, "s", {"data": data, "output": {"o": {"value": "${data.alicloud_vpcs.v.ids[0]}"}}})
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert "a\\u202eb\\u009b" in (tmp_path / "a.yaml").read_text()
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0, capsys.readouterr()


def test_a_dynamic_block_of_another_form_hands_nothing_on(tmp_path: Path) -> None:
    vpc = {"dynamic": {"ipv6_cidr_blocks": [3, {"content": {"ipv6_cidr_block": "${data.alicloud_vpcs.a.id}"}}]}}
    document = {"resource": {"alicloud_vpc": {"v": vpc}}, "data": {"alicloud_vpcs": {"a": {}}}}
    assert "alicloud_vpcs" in skeleton([Stack(tmp_path, document)])
