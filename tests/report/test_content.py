"""Ways in: who may call what, told as it is."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.content import exposure, networks, provider_page, shown

FUNCTION = {"alicloud_fcv3_function": {"f": {"function_name": "do"}}}


def doors(**resources: Any) -> list[str]:
    named = {f"alicloud_{kind}": {"one": body} for kind, body in resources.items()}
    return exposure(of_stack(Stack(Path("clinic"), {"resource": {**FUNCTION, **named}})))[0]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"authType": "function", "methods": ["GET"]}', "signed requests only; GET"),
        ('{"authType": "jwt"}', "callers with a token; any method"),
        ('{"authType": "anonymous", "methods": ["GET", "POST"]}', "anybody; GET, POST"),
        ("{}", "anybody; any method"),
    ],
)
def test_a_trigger_says_who_may_call_it(config: str, said: str) -> None:
    trigger = {
        "trigger_type": "http",
        "trigger_config": config,
        "function_name": "${alicloud_fcv3_function.f.function_name}",
    }
    assert doors(fcv3_trigger=trigger) == [f"internet → alicloud_fcv3_trigger.one ({said}) → alicloud_fcv3_function.f"]


def test_a_trigger_without_internet_and_one_of_another_kind_are_no_door() -> None:
    assert doors(fcv3_trigger={"trigger_type": "http", "trigger_config": '{"disableURLInternet": true}'}) == []
    assert doors(fcv3_trigger={"trigger_type": "timer"}) == []


def test_a_domain_is_a_door_of_its_own() -> None:
    domain = {
        "custom_domain_name": "a.example.com", "protocol": "HTTPS", "auth_config": [{"auth_type": "jwt"}],
        "route_config": {"routes": [{"function_name": "${alicloud_fcv3_function.f.function_name}"}]},
    }  # fmt: skip
    assert doors(fcv3_custom_domain=domain) == [
        "internet → alicloud_fcv3_custom_domain.one (a.example.com, HTTPS; callers with a token) → alicloud_fcv3_function.f"
    ]
    assert (
        "(b.example.com, HTTP; anybody) → a function that alicloud_fcv3_custom_domain.one names"
        in (doors(fcv3_custom_domain={"custom_domain_name": "b.example.com"})[0])
    )


@pytest.mark.parametrize(
    ("version", "page"),
    [
        ("~> 1.289.0", "aliyun/alicloud/1.289.0/docs/resources/vpc"),
        ("1.289", "aliyun/alicloud/1.289.0/docs/resources/vpc"),
        ("", ""),
    ],
)
def test_the_provider_s_page_is_of_the_version_that_the_stack_allows(version: str, page: str) -> None:
    stack = Stack(
        Path("clinic"),
        {"terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": version}}}},
    )
    assert provider_page(stack, "alicloud_vpc").endswith(page)
    assert provider_page(stack, "random_password") == ""


def test_private_networks_are_listed_with_what_they_reach_and_apart_from_those_that_pass_the_filter_by() -> None:
    rule = {"type": "ingress", "port_range": "8080/8080", "cidr_ip": "10.8.0.0/16", "description": "DICOMweb"}
    resources = {
        "alicloud_security_group": {"web": {"security_group_name": "w"}, "filter": {"security_group_name": "f"}},
        "alicloud_sae_application": {
            "web": {"image_url": "x/dcm4chee-arc-psql:1", "security_group_id": "${alicloud_security_group.web.id}"}
        },
        "alicloud_security_group_rule": {
            "good": {**rule, "security_group_id": "${alicloud_security_group.filter.id}"},
            "bad": {**rule, "security_group_id": "${alicloud_security_group.web.id}"},
            "list": {
                **rule,
                "cidr_ip": None,
                "prefix_list_id": "${alicloud_ecs_prefix_list.p.id}",
                "security_group_id": "${alicloud_security_group.filter.id}",
            },
            "room": {**rule, "cidr_ip": None, "source_security_group_id": "${alicloud_security_group.filter.id}"},
        },
        "alicloud_ecs_prefix_list": {"p": {"entry": [{"cidr": "10.9.0.0/16"}]}},
    }
    meant, past = networks(of_stack(Stack(Path("clinic"), {"resource": resources})))
    assert meant == [
        "10.8.0.0/16 → alicloud_security_group.filter, port 8080: DICOMweb",
        "10.9.0.0/16 → alicloud_security_group.filter, port 8080: DICOMweb",
    ]
    assert past == [
        "10.8.0.0/16 → alicloud_security_group_rule.bad → alicloud_sae_application.web, port 8080: the archive itself, "
        "without login or filter"
    ]


@pytest.mark.parametrize("mark", ["sensitive", "ephemeral"])
def test_what_a_marked_variable_says_is_shown_nowhere(mark: str) -> None:
    document = {
        "variable": {"v": {"default": "somebodys-bucket", mark: True}},
        "resource": {"alicloud_oss_bucket": {"b": {"bucket": "${var.v}", "tags": [{"a": "by somebodys-bucket"}]}}},
    }
    stack = Stack(Path("clinic"), document)
    (bucket,) = shown(stack, of_stack(stack)).resources.values()
    assert bucket.values == {"bucket": "(redacted)", "tags": [{"a": "by (redacted)"}]}
