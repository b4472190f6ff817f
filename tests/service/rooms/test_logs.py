"""Room logs: one project, one store a kind of log, kept as long as the site says; who may read what tells of patients."""

import json
from collections.abc import Callable

import pytest

from dicom_cdk.service.log_stores import STORES
from tests.service.sites import CHOSEN, DATABASE_LOGS, OWN, WITHOUT
from tests.synthesized import Synthesized


def test_project_name_is_unique_by_account_unless_given(stack_with: Callable[..., Synthesized]) -> None:
    assert stack_with().resources["logs/project"]["project_name"] == "clinic-1234567890123456"
    assert stack_with(**CHOSEN).resources["logs/project"]["project_name"] == "own-logs"


def test_every_store_is_kept_as_long_as_the_site_says(stack_with: Callable[..., Synthesized]) -> None:
    stores = stack_with(**CHOSEN).of_type("log_store")
    assert {store["logstore_name"] for store in stores} == {each.name for each in STORES} - {"database"}
    assert {store["retention_period"] for store in stores} == {400}


def test_every_store_can_be_searched(default_stack: Synthesized) -> None:
    indexed = {index["logstore"] for index in default_stack.of_type("log_store_index")}
    assert indexed == {f"${{{store.address}.logstore_name}}" for store in default_stack.of_type("log_store")}


def test_what_is_counted_by_queries_is_a_field_with_its_kind(default_stack: Synthesized) -> None:
    fields = default_stack.resources["logs/health-index"]["field_search"]
    kinds = {one["name"]: (one["type"], one["enable_analytics"]) for one in fields}
    assert kinds["ldap_lag_seconds"] == ("double", True)
    assert kinds["host"] == ("text", True)


def test_flow_logs_of_the_vpc_go_into_the_project(default_stack: Synthesized) -> None:
    flows = default_stack.resources["logs/flows"]
    assert flows["resource_id"] == "${alicloud_vpc.network_vpc.id}"
    assert (flows["traffic_type"], flows["aggregation_interval"]) == ("All", "10")
    assert flows["log_store_name"] == "${alicloud_log_store.logs_network.logstore_name}"


def read(stack: Synthesized, policy: str) -> set[str]:
    """Names of the stores that a policy lets read."""
    statements = json.loads(stack.resources[f"logs/read-{policy}"]["policy_document"])["Statement"]
    return {
        arn.rpartition("/")[2]
        for one in statements
        if "log:GetLogStoreLogs" in one["Action"]
        for arn in one["Resource"]
    }


def test_stores_that_tell_of_patients_are_read_by_one_role_and_no_other_policy(default_stack: Synthesized) -> None:
    told = {each.name for each in STORES if each.patients}
    assert told == {"gateway", "dicomweb", "archive", "audit", "bucket", "database"}
    assert read(default_stack, "patients") == told - {"database"}
    assert read(default_stack, "operations") == {each.name for each in STORES} - told
    others = [
        one.path
        for one in default_stack.of_type("ram_policy")
        if one.path != "logs/read-patients" and "log:GetLogStoreLogs" in one["policy_document"]
    ]
    assert others == ["logs/read-operations"]


def test_people_take_that_role_with_a_second_factor(default_stack: Synthesized) -> None:
    (trusted,) = json.loads(default_stack.resources["logs/patient-reader"]["assume_role_policy_document"])["Statement"]
    assert trusted["Principal"] == {"RAM": ["acs:ram::1234567890123456:root"]}
    assert trusted["Condition"] == {"Bool": {"acs:MFAPresent": ["true"]}}
    grant = default_stack.resources["logs/patient-reader-grant"]
    assert grant["policy_name"] == "${alicloud_ram_policy.logs_read-patients.policy_name}"


KEPT = {
    30: WITHOUT,
    180: OWN,
    200: DATABASE_LOGS,
    2190: {"logs": {"database_audit": True, "retention_days": 2190}},
}
"""Sites that log SQL statements, by the days that they keep logs."""


@pytest.mark.parametrize(("days", "offered"), [(30, 30), (180, 180), (200, 365), (2190, 1825)])
def test_sql_statements_are_kept_by_the_service_no_shorter_than_asked_for_as_far_as_it_offers(
    days: int, offered: int, stack_with: Callable[..., Synthesized]
) -> None:
    assert KEPT[days]["logs"]["retention_days"] == days
    instance = stack_with(**KEPT[days]).resources["database/instance"]
    assert (instance["sql_collector_status"], instance["sql_collector_config_value"]) == ("Enabled", offered)


def test_by_default_no_sql_statement_is_kept(default_stack: Synthesized) -> None:
    assert "sql_collector_status" not in default_stack.resources["database/instance"].attributes


def test_logs_of_the_database_come_into_a_store_of_their_own_which_only_that_role_reads(
    stack_with: Callable[..., Synthesized],
) -> None:
    stack = stack_with(**DATABASE_LOGS)
    found = {one.path: one for one in stack.of_type("sls_collection_policy") if one["product_code"] == "rds"}
    assert {path: one["data_code"] for path, one in found.items()} == {
        "database/slow-log": "slow_log",
        "database/audit-log": "audit_log",
    }
    for one in found.values():
        assert one["policy_config"] == {
            "resource_mode": "instanceMode",
            "regions": ["cn-shanghai"],
            "instance_ids": ["${alicloud_db_instance.database_instance.id}"],
        }
        assert one["centralize_config"]["dest_logstore"] == "${alicloud_log_store.logs_database.logstore_name}"
        assert one["centralize_config"]["dest_ttl"] == 200
    assert stack.resources["logs/database"]["retention_period"] == 200
    assert "database" in read(stack, "patients")
    assert "database" not in read(stack, "operations")


def test_the_default_site_brings_none_of_the_database_s_logs(default_stack: Synthesized) -> None:
    assert {one["product_code"] for one in default_stack.of_type("sls_collection_policy")} == {"oss"}
