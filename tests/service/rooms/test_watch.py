"""Room watch: what the collector reads, how hosts join, the trail of API calls that nobody may delete, the bucket's requests."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.service.log_sources import SOURCES, Files
from tests.service.sites import CHOSEN, DATABASE_LOGS, WITHOUT
from tests.synthesized import Synthesized


def detail(stack: Synthesized, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.resources[f"watch/{name}"]["input_detail"])
    return found


def test_every_source_is_a_configuration_attached_to_the_groups_of_its_rooms(default_stack: Synthesized) -> None:
    attached = {
        (one["logtail_config_name"].split("watch_")[1].split(".")[0], one["machine_group_name"].split("watch_")[1])
        for one in default_stack.of_type("logtail_attachment")
    }
    assert attached == {(source.name, f"group-{room}.name}}") for source in SOURCES for room in source.rooms}
    for source in SOURCES:
        assert detail(default_stack, source.name) == source.detail
        store = default_stack.resources[f"watch/{source.name}"]["logstore"]
        assert store == f"${{alicloud_log_store.logs_{source.store}.logstore_name}}"


def test_a_host_joins_by_the_name_that_its_group_asks_for(default_stack: Synthesized) -> None:
    for name, room in (("archive", "archive"), ("directory-l", "directory"), ("directory-g", "directory")):
        (said,) = default_stack.resources[f"watch/group-{room}"]["identify_list"]
        values = default_stack.resources[f"watch/{name}/run"]["parameters"]["values"]
        assert f'"collector_group", "{said}"' in values or f'"collector_group" = "{said}"' in values


def test_nothing_is_dropped_because_it_cannot_be_parsed(default_stack: Synthesized) -> None:
    for source in SOURCES:
        if isinstance(source.reads, Files):
            assert detail(default_stack, source.name)["discardUnmatch"] is False


def test_the_step_comes_last_on_its_host_and_nothing_waits_for_it(default_stack: Synthesized) -> None:
    steps = {one.address for one in default_stack.room("watch").values() if one.type == "alicloud_ecs_invocation"}
    assert len(steps) == 3
    waiting = [one.path for one in default_stack.resources.values() if steps & set(one.get("depends_on") or ())]
    assert waiting == []
    assert "alicloud_ecs_invocation.archive_check_run" in default_stack.resources["watch/archive/run"]["depends_on"]
    assert "alicloud_slb_listener.directory_listener" in default_stack.resources["watch/directory-l/run"]["depends_on"]


def test_only_the_archives_host_receives_audit_messages_and_looks_at_the_gateways_certificate(
    default_stack: Synthesized,
) -> None:
    values = {
        name: str(default_stack.resources[f"watch/{name}/run"]["parameters"]) for name in ("archive", "directory-l")
    }
    for key in ("audit_address", "gateway_domain"):
        assert key in values["archive"]
        assert key not in values["directory-l"]


def test_api_calls_go_below_a_prefix_from_which_nobody_deletes(default_stack: Synthesized) -> None:
    trail = default_stack.resources["watch/trail"]
    assert (trail["event_rw"], trail["trail_region"], trail["oss_key_prefix"]) == ("All", "All", "trail")
    assert trail["oss_bucket_name"] == "${alicloud_oss_bucket.storage_operations.bucket}"
    statements = json.loads(default_stack.resources["storage/operations-policy"]["policy"])["Statement"]
    (kept,) = [one for one in statements if "oss:DeleteObject" in one["Action"]]
    assert kept["Effect"] == "Deny"
    assert kept["Principal"] == ["*"]
    assert "oss:DeleteObjectVersion" in kept["Action"]
    assert kept["Resource"] == ["acs:oss:*:1234567890123456:dicom-sh-1234567890123456-ops/trail/*"]
    writes = json.loads(default_stack.resources["watch/trail-writes"]["policy_document"])["Statement"]
    assert writes[0]["Resource"] == kept["Resource"], "the trail's role writes below the prefix only"


@pytest.mark.parametrize(
    ("site", "kept"), [(DATABASE_LOGS, 200), ({"logs": {"retention_days": 200, "audit_retention_days": 2190}}, 2190)]
)
def test_audit_messages_and_api_calls_are_kept_as_long_as_the_site_says(
    site: dict[str, Any], kept: int, stack_with: Callable[..., Synthesized]
) -> None:
    stack = stack_with(**site)
    assert stack.resources["logs/audit"]["retention_period"] == kept
    rules = {rule["id"]: rule for rule in stack.resources["storage/operations"]["lifecycle_rule"]}
    assert rules["trail"]["prefix"] == "trail/"
    assert rules["trail"]["expiration"] == [{"days": kept}]
    assert stack.resources["watch/bucket-access"]["centralize_config"]["dest_ttl"] == 200


def test_what_a_site_does_not_want_is_not_made(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**WITHOUT)
    assert set(stack.room("watch")) <= {"dashboard", "uptime"}
    charts = json.loads(stack.resources["watch/dashboard"]["char_list"])
    assert {chart["search"]["logstore"] for chart in charts} == {"gateway"}
    assert {store["logstore_name"] for store in stack.of_type("log_store")} == {"gateway", "dicomweb"}
    assert "logs/flows" not in stack.resources
    assert "watch/audit-from-dicomweb" not in stack.resources
    assert "audit_here" not in str(stack.resources["archive/up/run"]["parameters"])
    assert "trail/" not in stack.resources["storage/operations-policy"]["policy"]


def test_an_installers_digest_reaches_every_host(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    steps = [one for path, one in stack.room("watch").items() if path.endswith("/run")]
    assert len(steps) == 3
    assert all("a" * 64 in str(step["parameters"]) for step in steps)


def test_a_site_with_a_collector_of_its_own_sends_audit_messages_there_only(
    stack_with: Callable[..., Synthesized],
) -> None:
    stack = stack_with(**CHOSEN)
    assert "audit_here" not in str(stack.resources["archive/up/run"]["parameters"])
    assert "audit_address" not in str(stack.resources["watch/archive/run"]["parameters"])
    assert "watch/audit-from-dicomweb" not in stack.resources


def test_the_dashboard_shows_every_group_on_stores_of_the_site(default_stack: Synthesized) -> None:
    board = default_stack.resources["watch/dashboard"]
    charts = json.loads(board["char_list"])
    assert {chart["display"]["displayName"].partition(":")[0] for chart in charts} == {
        "health",
        "traffic",
        "DIMSE",
        "storage",
        "errors",
    }
    places = [(chart["display"]["xPos"], chart["display"]["yPos"]) for chart in charts]
    assert len(set(places)) == len(places), "two charts in one place"
    assert {chart["search"]["logstore"] for chart in charts} == {"health", "gateway"}
    for chart in charts:
        drawn = [*chart["display"]["xAxis"], *chart["display"]["yAxis"]]
        assert all(re.search(rf"\b(AS )?{name}\b", chart["search"]["query"]) for name in drawn)


def test_the_gateway_is_asked_from_outside_and_its_refusal_is_the_right_answer(default_stack: Synthesized) -> None:
    uptime = default_stack.resources["watch/uptime"]
    assert uptime["address"] == "https://www.dicomweb-example.com/"
    assert uptime["option_json"]["assertions"] == [{"type": "status_code", "operator": "equals", "target": "403"}]


def test_a_gateway_without_a_domain_of_its_own_is_not_asked(stack_with: Callable[..., Synthesized]) -> None:
    assert "watch/uptime" not in stack_with(gateway={}).resources
