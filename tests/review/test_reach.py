"""What of a stack a review plans: all that a change can reach, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.reach import reached
from tests.policy.mutation import mutated
from tests.policy.test_mutations import SITE

Document = dict[str, Any]
DISK = "alicloud_ecs_disk.d"
SMALL: Document = {
    "provider": {"alicloud": [{"region": "cn-shanghai"}]},
    "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud"}}},
    "variable": {"size": {"default": 20}},
    "locals": {"zone": "${alicloud_vswitch.a.zone_id}", "other": "x"},
    "data": {"alicloud_zones": {"all": {"depends_on": ["alicloud_vpc.v"]}}},
    "resource": {
        "alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {"a": {"vpc_id": "${alicloud_vpc.v.id}", "zone_id": "a"}},
        "alicloud_ecs_disk": {"d": {"zone_id": "${local.zone}", "size": 20}},
        "alicloud_log_project": {"p": {"project_name": "p"}},
        "alicloud_log_store": {"s": {"project_name": "${alicloud_log_project.p.project_name}", "depends_on": [DISK]}},
    },
    "output": {"store": {"value": "${alicloud_log_store.s.id}"}, "zone": {"value": "${local.zone}"}},
}  # fmt: skip


def sides(change: Document, base: Document = SMALL) -> tuple[Document, Document]:
    before, after = reached(Stack(Path(), base), Stack(Path(), mutated(base, change)))
    return before.document, after.document


def resources(document: Document) -> set[str]:
    return {f"{kind}.{name}" for kind, named in document.get("resource", {}).items() for name in named}


def test_what_refers_to_a_change_and_what_these_refer_to_is_planned() -> None:
    for document in sides({"set": {"alicloud_vswitch.a": {"zone_id": "b"}}}):
        assert resources(document) == {"alicloud_vpc.v", "alicloud_vswitch.a", "alicloud_ecs_disk.d"}
        assert document["locals"] == {"zone": "${alicloud_vswitch.a.zone_id}"}
        assert set(document["output"]) == {"zone"}
        assert "data" not in document


def test_order_alone_takes_nothing_along_and_what_is_left_out_is_waited_for_by_nobody() -> None:
    before, after = sides({"set": {"alicloud_log_store.s": {"retention_period": 9}}})
    assert resources(before) == resources(after) == {"alicloud_log_project.p", "alicloud_log_store.s"}
    assert after["resource"]["alicloud_log_store"]["s"]["depends_on"] == []
    assert after["resource"]["alicloud_log_store"]["s"]["retention_period"] == 9


def test_a_data_source_is_read_again_when_what_it_waits_for_changes() -> None:
    _, after = sides({"set": {"alicloud_vpc.v": {"cidr_block": "10.1.0.0/16"}}})
    assert set(after["data"]) == {"alicloud_zones"}


def test_with_a_new_reference_order_counts_since_it_may_close_a_circle() -> None:
    change = {"set": {"alicloud_ecs_disk.d": {"zone_id": "${alicloud_log_store.s.id}"}}}
    _, after = sides(change)
    assert after["resource"]["alicloud_log_store"]["s"]["depends_on"] == ["alicloud_ecs_disk.d"]


def test_a_reference_to_nothing_stays_and_is_refused() -> None:
    change = {"set": {"alicloud_log_store.s": {"depends_on": ["alicloud_vpc.nowhere"], "retention_period": 9}}}
    _, after = sides(change)
    assert after["resource"]["alicloud_log_store"]["s"]["depends_on"] == ["alicloud_vpc.nowhere"]


def test_what_is_made_before_it_is_destroyed_stays_so_without_the_one_that_asks_for_it() -> None:
    base = mutated(SMALL, {"set": {"alicloud_log_store.s": {"lifecycle": {"create_before_destroy": True}}}})
    _, after = sides({"set": {"alicloud_ecs_disk.d": {"size": 30}}}, base)
    assert "alicloud_log_store" not in after["resource"]
    assert after["resource"]["alicloud_ecs_disk"]["d"]["lifecycle"] == {"create_before_destroy": True}


def test_a_reference_in_a_key_or_after_a_line_end_leads_on_too() -> None:
    base = mutated(
        SMALL,
        {
            "set": {
                "alicloud_log_project.p": {"tags": {"${alicloud_vpc.v.id}": "x"}},
                "alicloud_log_store.s": {"encrypt_conf": ["${[\nalicloud_log_project.p.id]}"]},
            }
        },
    )
    _, after = sides({"set": {"alicloud_vpc.v": {"cidr_block": "10.1.0.0/16"}}}, base)
    assert {"alicloud_log_project.p", "alicloud_log_store.s"} <= resources(after)


@pytest.mark.parametrize(
    "more",
    [
        {"module": {"m": {"source": "./m"}}},
        {"moved": [{"from": "alicloud_vpc.w", "to": "alicloud_vpc.v"}]},
        {"import": [{"to": "alicloud_vpc.v", "id": "vpc-1"}]},
        {"locals": [{"zone": "a"}]},
    ],
)
def test_a_stack_with_more_than_can_be_followed_is_planned_whole(more: Document) -> None:
    base = {**SMALL, **more}
    assert sides({"set": {"alicloud_vpc.v": {"cidr_block": "10.1.0.0/16"}}}, base)[0] == base


def test_a_changed_variable_reaches_what_is_made_of_it() -> None:
    base = mutated(SMALL, {"set": {"alicloud_ecs_disk.d": {"size": "${var.size}"}}})
    before, after = reached(
        Stack(Path(), base), Stack(Path(), {**base, "variable": {"size": {"default": 40}, "new": {}}})
    )
    assert resources(before.document) == {DISK, "alicloud_vswitch.a", "alicloud_vpc.v"}
    assert after.document["variable"] == {"size": {"default": 40}, "new": {}}


@pytest.mark.parametrize("section", ["provider", "terraform"])
def test_where_the_surroundings_differ_all_is_planned(section: str) -> None:
    after = {**SMALL, section: {}}
    assert reached(Stack(Path(), SMALL), Stack(Path(), after))[1].document == after


def test_what_another_stack_gives_may_differ_although_nothing_here_does() -> None:
    base = {**SMALL, "data": {"terraform_remote_state": {"hub": {"backend": "local"}}}}
    base["resource"] = {
        **SMALL["resource"],
        "alicloud_vpc": {"v": {"cidr_block": "${data.terraform_remote_state.hub.outputs.cidr}"}},
    }
    _, after = sides({"set": {"alicloud_log_store.s": {"retention_period": 9}}}, base)
    assert {"alicloud_vpc.v", "alicloud_vswitch.a", "alicloud_log_store.s"} <= resources(after)


def test_a_changed_rule_of_the_default_site_takes_a_hundredth_of_it() -> None:
    change = {"set": {"alicloud_security_group_rule.directory_from-health-checks": {"cidr_ip": "10.0.0.0/8"}}}
    assert len(resources(sides(change, SITE)[1])) <= 5
