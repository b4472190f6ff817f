"""Room filter: hospitals reach DICOMweb through the gateway's allow list, and the archive's own port from nowhere."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.synthesized import Synthesized

HOSPITALS = {"hospital_cidrs": ["10.8.0.0/16", "10.9.0.0/24"]}
HEALTH_CHECKS = "100.64.0.0/10"
Make = Callable[..., Synthesized]
CHOSEN: dict[str, Any] = {
    "network": HOSPITALS,
    "archive": {"ae_title": "ARC"},
    "gateway": {"image": "registry.example.com/dicom/nginx:1", "ae_titles": ["ARC", "B.1"], "open_dimse": True},
    "filter": {"body_limit_mb": 100, "timeout_seconds": 30},
}
"""A site whose choices concern the filter and do not touch each other; its balancer has any address."""


def variables(stack: Synthesized) -> dict[str, str]:
    return {each["name"]: each["value"] for each in json.loads(stack.resources["filter/application"]["envs"])}


def rules(stack: Synthesized, room: str) -> set[tuple[str, str]]:
    """Client and port of each ingress rule."""
    found = [each for each in stack.room(room).values() if each.type == "alicloud_security_group_rule"]
    return {(rule.get("cidr_ip") or rule["source_security_group_id"], rule["port_range"]) for rule in found}


@pytest.fixture(scope="module")
def clinic(stack_with: Make) -> Synthesized:
    return stack_with(network=HOSPITALS, filter={"balancer_ip": "172.18.92.192"})


def test_a_site_without_hospitals_has_no_filter_and_no_address_for_them(default_stack: Synthesized) -> None:
    assert not default_stack.room("filter")
    assert "network/group-filter" not in default_stack.resources
    assert "dicomweb_url" not in default_stack.json["output"]


def test_hospitals_reach_the_filter_and_no_other_http_port(clinic: Synthesized) -> None:
    assert rules(clinic, "filter") == {
        (HEALTH_CHECKS, "8080/8080"),
        ("10.8.0.0/16", "8080/8080"),
        ("10.9.0.0/24", "8080/8080"),
    }
    assert rules(clinic, "dicomweb") == {
        (HEALTH_CHECKS, "8080/8080"),
        *((f"${{alicloud_security_group.network_group-{room}.id}}", "8080/8080") for room in ("gateway", "archive")),
        ("${alicloud_security_group.network_group-filter.id}", "8080/8080"),
    }
    http = {port for _, port in rules(clinic, "archive")} & {"8080/8080", "8443/8443", "9990/9990", "9993/9993"}
    assert not http


def test_it_runs_the_very_image_of_the_gateway_once_that_is_built(clinic: Synthesized) -> None:
    application = clinic.resources["filter/application"]
    function = clinic.resources["gateway/function"]
    (container,) = as_list(function["custom_container_config"])
    assert application["image_url"] == container["image"]
    assert clinic.resources["archive/gateway-image/run"].address in application["depends_on"]


def test_a_gateway_image_of_ones_own_is_the_filters_too(stack_with: Make) -> None:
    application = stack_with(**CHOSEN).resources["filter/application"]
    assert application["image_url"] == "registry.example.com/dicom/nginx:1"
    assert "acr_instance_id" not in application.attributes


def test_filter_and_gateway_let_the_same_titles_through_to_the_same_server(stack_with: Make) -> None:
    stack = stack_with(**CHOSEN)
    mine, its = variables(stack), stack.resources["gateway/function"]["environment_variables"]
    for name in ("DICOM_AE_TITLES", "DICOM_DIMSE", "DICOM_SERVER_HOST", "DICOM_SERVER_PORT"):
        assert mine[name] == its[name]
    assert set(mine) == set(its), "the image takes no default for a variable"


def test_it_takes_larger_bodies_and_longer_silence_than_the_gateway(clinic: Synthesized, stack_with: Make) -> None:
    its = clinic.resources["gateway/function"]["environment_variables"]
    for name in ("DICOM_BODY_LIMIT_MB", "DICOM_TIMEOUT_SECONDS"):
        assert int(variables(clinic)[name]) > int(its[name])
    chosen = variables(stack_with(**CHOSEN))
    assert (chosen["DICOM_BODY_LIMIT_MB"], chosen["DICOM_TIMEOUT_SECONDS"]) == ("100", "30")


def test_the_archive_is_told_the_address_that_hospitals_use(clinic: Synthesized, stack_with: Make) -> None:
    assert variables(clinic)["DICOM_CUSTOM_DOMAIN"] == "172.18.92.192:8080"
    assert clinic.resources["filter/balancer"]["address"] == "172.18.92.192"
    assert clinic.json["output"]["dicomweb_url"]["value"] == "http://172.18.92.192:8080/dcm4chee-arc"
    free = stack_with(**CHOSEN)
    assert free.resources["filter/balancer"].get("address") is None
    assert variables(free)["DICOM_CUSTOM_DOMAIN"] == "${alicloud_slb_load_balancer.filter_balancer.address}:8080"


def test_requests_of_hospitals_are_logged_beside_those_of_the_gateway_and_told_apart(clinic: Synthesized) -> None:
    (store,) = json.loads(clinic.resources["filter/application"]["sls_configs"])
    assert store["logType"] == "stdout"
    assert store["logstoreName"] == "${alicloud_log_store.logs_gateway.logstore_name}"
    its = clinic.resources["gateway/function"]["environment_variables"]
    assert (variables(clinic)["DICOM_SIDE"], its["DICOM_SIDE"]) == ("intranet", "internet")


def test_its_balancer_is_watched(clinic: Synthesized) -> None:
    alarm = clinic.resources["alarms/filter-unhealthy"]
    assert "alicloud_slb_load_balancer.filter_balancer" in alarm["metric_dimensions"]


def test_only_hospitals_that_still_change_over_pass_it_by(stack_with: Make) -> None:
    stack = stack_with(network={**HOSPITALS, "unfiltered_cidrs": ["10.9.0.0/24"]})
    cidrs = {client for client, _ in rules(stack, "dicomweb") if "/" in client}
    assert cidrs == {HEALTH_CHECKS, "10.9.0.0/24"}
    # The address of the rule of before the filter: it stays, instead of being made anew.
    assert "dicomweb/from-hospital-8080-10-9-0-0-24" in stack.resources


def as_list(block: object) -> list[dict[str, Any]]:
    return block if isinstance(block, list) else [block]  # type: ignore[list-item]
