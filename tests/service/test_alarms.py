"""Room alarms: one contact, alarms on everything that can fill up or fail."""

import json
from collections.abc import Callable

from tests.synthesized import Synthesized


def test_alarms_go_to_the_sites_mail_address(default_stack: Synthesized) -> None:
    assert default_stack.resources["alarms/contact"]["channels_mail"] == "ops@example.com"
    groups = {group for alarm in default_stack.of_type("cms_alarm") for group in alarm["contact_groups"]}
    assert groups == {"${alicloud_cms_alarm_contact_group.alarms_group.alarm_contact_group_name}"}


def test_database_hosts_and_balancers_are_watched(default_stack: Synthesized) -> None:
    watched = {
        json.loads(alarm["metric_dimensions"])[0]["instanceId"].split(".")[1]
        for alarm in default_stack.of_type("cms_alarm")
    }
    assert watched == {
        "database_instance",
        "directory_l_instance",
        "directory_g_instance",
        "archive_host_instance",
        "directory_balancer",
        "dicomweb_balancer",
    }


def test_thresholds_are_the_sites(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(alarms={"mail": "a@b.cn", "disk_percent": 70, "cpu_percent": 95})
    assert stack.resources["alarms/database-disk"]["escalations_critical"]["threshold"] == "70"
    assert stack.resources["alarms/database-cpu"]["escalations_critical"]["threshold"] == "95"
