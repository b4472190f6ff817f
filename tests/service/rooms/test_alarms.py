"""Room alarms: one contact, alarms on everything that can fill up or fail."""

import json
from collections.abc import Callable

from dicom_cdk.handoff.alarm_pages import sections
from dicom_cdk.service.log_alarms import log_alarms
from dicom_cdk.service.metrics import METRICS
from tests.conftest import ROOT
from tests.service.sites import CHOSEN, OWN, WITHOUT
from tests.synthesized import Synthesized


def test_alarms_go_to_the_sites_mail_address(default_stack: Synthesized) -> None:
    assert default_stack.resources["alarms/contact"]["channels_mail"] == "ops@example.com"
    groups = {group for alarm in default_stack.of_type("cms_alarm") for group in alarm["contact_groups"]}
    assert groups == {"${alicloud_cms_alarm_contact_group.alarms_group.alarm_contact_group_name}"}


def test_database_hosts_balancers_and_the_bucket_are_watched(default_stack: Synthesized) -> None:
    watched = {
        next(iter(json.loads(alarm["metric_dimensions"])[0].values())).split(".")[1]
        for alarm in default_stack.of_type("cms_alarm")
    }
    assert watched == {
        "storage_images",
        "database_instance",
        "directory_l_instance",
        "directory_g_instance",
        "archive_host_instance",
        "directory_balancer",
        "dicomweb_balancer",
        "network_nat",
        "watch_uptime",
    }


def test_without_a_nat_gateway_nothing_looks_at_one(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**WITHOUT)
    assert not [alarm.path for alarm in stack.of_type("cms_alarm") if alarm["project"] == "acs_nat_gateway"]


def test_thresholds_are_the_sites(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
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


def test_every_alarm_leads_to_its_section_of_the_runbook(default_stack: Synthesized) -> None:
    named = {alarm["tags"]["runbook"] for alarm in default_stack.of_type("cms_alarm")}
    for alarm in default_stack.of_type("log_alert"):
        said = {one["key"]: one["value"] for one in alarm["annotations"]}
        assert alarm["alert_name"] == f"dicom-sh-{said['runbook']}"
        assert f"docs/runbook.md#{said['runbook']}" in said["desc"]
        named.add(said["runbook"])
    assert named == set(sections())
    page = (ROOT / "docs/runbook.md").read_text()
    assert {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")} == named


def test_somebody_hears_of_alarms_on_logs(default_stack: Synthesized) -> None:
    user, policy = (default_stack.resources[f"alarms/log-{name}"] for name in ("operators", "action"))
    told = json.loads(user["value"])
    assert (told["email"], told["enabled"]) == (["ops@example.com"], True)
    acts = json.loads(policy["value"])
    assert f'users=["{told["user_id"]}"]' in acts["primary_policy_script"]
    for alarm in default_stack.of_type("log_alert"):
        assert alarm["policy_configuration"]["action_policy_id"] == acts["action_policy_id"]
        assert alarm["depends_on"] == ["alicloud_log_alert_resource.alarms_log-history"]
    (records,) = [one for one in default_stack.json["provider"]["alicloud"] if one.get("alias") == "log-records"]
    assert records["region"] == "cn-heyuan"
    assert {one["provider"] for one in (user, policy)} == {"alicloud.log-records"}


def test_each_alarm_on_logs_asks_a_store_of_the_site_over_its_own_time(default_stack: Synthesized) -> None:
    for alarm in log_alarms(hosts=3, disk_percent=80):
        made = default_stack.resources[f"alarms/log-{alarm.key}"]
        (query,) = made["query_list"]
        assert query["store"] == f"${{alicloud_log_store.logs_{alarm.store}.logstore_name}}"
        assert (query["query"], query["start"]) == (f"* | {alarm.query}", f"-{alarm.minutes * 60}s")
        (severity,) = made["severity_configurations"]
        assert severity["eval_condition"]["condition"] == alarm.condition


def test_a_site_may_do_without_alarms_on_logs(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert stack.of_type("log_alert") == []
    assert stack.of_type("log_resource_record") == []


def test_without_lines_of_hosts_only_the_gateway_is_asked(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**OWN)
    assert {alarm["alert_name"] for alarm in stack.of_type("log_alert")} == {
        "clinic-gateway-errors",
        "clinic-gateway-slow",
    }
