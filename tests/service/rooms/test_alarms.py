"""Room alarms: one contact, alarms on everything that can fill up or fail."""

import json
from collections.abc import Callable

from dicom_cdk.service.metrics import METRICS
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


def test_the_database_is_watched_by_the_metrics_of_postgresql_which_mysqls_are_silent_on(
    default_stack: Synthesized,
) -> None:
    named = {a["metric"] for a in default_stack.of_type("cms_alarm") if a["project"] == "acs_rds_dashboard"}
    assert named == {"cpu_usage", "mem_usage", "local_fs_size_usage", "iops_usage", "conn_usgae"}


def test_every_alarm_is_a_row_of_the_table_and_every_row_is_an_alarm(default_stack: Synthesized) -> None:
    alarms = {
        (
            alarm["project"],
            alarm["metric"],
            tuple(json.loads(alarm["metric_dimensions"])[0]),
            alarm["escalations_critical"]["statistics"],
        )
        for alarm in default_stack.of_type("cms_alarm")
    }
    assert alarms == {(m.namespace, m.name, m.dimensions, m.statistics) for m in METRICS.values()}
    assert all(metric.source for metric in METRICS.values())
