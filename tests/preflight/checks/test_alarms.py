"""Metrics of alarms: names, dimensions, statistics, periods."""

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import alarms
from tests.account import market
from tests.preflight.asked import answered, stack

ALARM = {
    "project": "acs_rds_dashboard", "metric": "cpu_usage", "metric_dimensions": '[{"instanceId":"${alicloud_db_instance.d.id}"}]',
    "period": 300, "escalations_critical": {"statistics": "Average"},
}  # fmt: skip


def told(**changes: object) -> list[Finding]:
    resources = {"alicloud_cms_alarm": {"a": {**ALARM, **changes}, "again": {**ALARM, **changes}}}
    return answered(alarms.CHECK, stack(resources), {"DescribeMetricMetaList": market.metrics})


def test_a_metric_is_asked_for_once_and_well() -> None:
    (found,) = told()
    assert (found.name, found.verdict) == ("metric acs_rds_dashboard cpu_usage", "ok")


def test_mysql_s_name_for_a_postgresql_alarm_is_found_with_the_right_ones() -> None:
    (found,) = told(metric="CpuUsage")
    assert (found.verdict, found.said) == ("lacks", "there is no such metric, the alarm would stay silent")
    assert "cpu_usage" in found.do


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric_dimensions": '[{"InstanceId":"x"}]'}, "dimension InstanceId, it has instanceId, userId"),
        ({"escalations_critical": {"statistics": "Sum"}}, "statistic Sum, it has Average, Maximum, Minimum"),
        ({"period": 90}, "period of 90 s, allowed are multiples of 60"),
    ],
)
def test_what_a_metric_does_not_have_is_told(changes: dict[str, object], said: str) -> None:
    (found,) = told(**changes)
    assert (found.verdict, found.said) == ("lacks", said)


def test_an_unknown_namespace_is_told() -> None:
    (found,) = told(project="acs_nothing")
    assert found.do == "look at the metrics of the namespace in the console"
