"""Room gateway: one function, signed requests on trigger and domain, the guide's sizes."""

import json
from collections.abc import Callable

from tests.service.sites import CHOSEN, GATEWAY_IMAGE, OWN, WITHOUT
from tests.synthesized import Synthesized


def test_the_function_has_the_sizes_of_the_guide(default_stack: Synthesized) -> None:
    function = default_stack.resources["gateway/function"]
    assert (function["memory_size"], function["instance_concurrency"]) == (4096, 100)
    assert function["runtime"] == "custom-container"
    assert function["internet_access"] is False
    assert default_stack.resources["gateway/min-instances"]["target"] == 1


def test_trigger_and_domain_take_signed_requests_only(default_stack: Synthesized) -> None:
    trigger = json.loads(default_stack.resources["gateway/trigger"]["trigger_config"])
    assert trigger["authType"] == "function"
    domain = default_stack.resources["gateway/domain"]
    assert domain["auth_config"] == {"auth_type": "function"}
    assert (domain["protocol"], domain["tls_config"]["min_version"]) == ("HTTPS", "TLSv1.2")


def test_certificate_and_key_are_sensitive_variables(default_stack: Synthesized) -> None:
    variables = default_stack.json["variable"]
    assert set(variables) == {"gateway_certificate", "gateway_private_key"}
    assert {each["sensitive"] for each in variables.values()} == {True}
    config = default_stack.resources["gateway/domain"]["cert_config"]
    assert config["private_key"] == "${var.gateway_private_key}"


def test_the_domain_waits_for_its_cname(default_stack: Synthesized) -> None:
    record = default_stack.resources["gateway/cname"]
    assert (record["domain_name"], record["rr"], record["type"]) == ("dicomweb-example.com", "www", "CNAME")
    assert record["value"] == "1234567890123456.cn-shanghai.fc.aliyuncs.com"
    assert default_stack.resources["gateway/domain"]["depends_on"] == [record.address]


def test_a_zone_kept_elsewhere_has_no_record(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**WITHOUT)
    assert not stack.of_type("alidns_record")
    assert stack.of_type("fcv3_custom_domain")


def test_a_deeper_zone_can_be_named(stack_with: Callable[..., Synthesized]) -> None:
    record = stack_with(**CHOSEN).resources["gateway/cname"]
    assert (record["domain_name"], record["rr"]) == ("clinic.com.cn", "images")


def test_without_a_domain_there_is_no_certificate_and_the_own_address_is_the_url(
    stack_with: Callable[..., Synthesized],
) -> None:
    stack = stack_with()
    assert "variable" not in stack.json
    assert not stack.of_type("fcv3_custom_domain")
    assert stack.json["output"]["gateway_url"]["value"] == (
        "${alicloud_fcv3_trigger.gateway_trigger.http_trigger[0].url_internet}"
    )
    assert "for testing only" in stack.json["output"]["gateway_url"]["description"]


def test_several_ae_titles_get_a_route_each(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    routes = stack.resources["gateway/domain"]["route_config"]["routes"]
    assert [route["path"] for route in routes] == [
        "/dcm4chee-arc/aets/DCM4CHEE/*",
        "/dcm4chee-arc/aets/RESEARCH/*",
    ]
    environment = stack.resources["gateway/function"]["environment_variables"]
    assert environment["DICOM_AE_TITLES"] == "DCM4CHEE|RESEARCH"


def test_pages_of_the_named_origins_may_call_the_domain(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    cors = stack.resources["gateway/domain"]["cors_config"]
    assert (cors["allow_origins"], cors["allow_credentials"]) == (["https://viewer.clinic.cn"], False)
    assert "Authorization" in cors["allow_headers"]
    environment = stack.resources["gateway/function"]["environment_variables"]
    assert environment["DICOM_ALLOWED_ORIGINS"] == "https://viewer[.]clinic[.]cn"


def test_without_origins_no_page_may(stack_with: Callable[..., Synthesized]) -> None:
    assert "cors_config" not in stack_with(**WITHOUT).resources["gateway/domain"].attributes


def test_the_image_is_built_on_the_archive_host_before_the_function(default_stack: Synthesized) -> None:
    function = default_stack.resources["gateway/function"]
    assert default_stack.resources["archive/gateway-image/run"].address in function["depends_on"]
    image = function["custom_container_config"]["image"]
    parameters = default_stack.resources["archive/gateway-image/run"]["parameters"]["values"]
    assert image in parameters


def test_an_image_of_the_sites_own_is_not_built(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**OWN)
    assert stack.resources["gateway/function"]["custom_container_config"]["image"] == GATEWAY_IMAGE
    assert "archive/gateway-image/run" not in stack.resources


def test_the_function_sends_what_it_logs_to_its_store(default_stack: Synthesized) -> None:
    config = default_stack.resources["gateway/function"]["log_config"]
    assert config["logstore"] == "${alicloud_log_store.logs_gateway.logstore_name}"


def test_without_min_instances_none_is_provisioned(stack_with: Callable[..., Synthesized]) -> None:
    assert not stack_with(**CHOSEN).of_type("fcv3_provision_config")
