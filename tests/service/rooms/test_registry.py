"""Room registry: five repositories, a link on vSwitch g, who may pull and push; or the site's own."""

import json
from collections.abc import Callable

from tests.service.sites import ARCHIVE_IMAGE, CHOSEN, OWN
from tests.synthesized import Synthesized


def test_five_private_repositories_whose_tags_never_move(default_stack: Synthesized) -> None:
    repositories = default_stack.of_type("cr_ee_repo")
    assert {each["name"] for each in repositories} == {
        "slapd-dcm4chee",
        "dcm4chee-arc-psql",
        "dcm4che-tools",
        "postgres-dcm4chee",
        "nginx",
    }
    assert {(each["repo_type"], each["tag_immutability"]) for each in repositories} == {("PRIVATE", True)}


def test_the_vpc_link_is_on_the_vswitch_of_the_function(default_stack: Synthesized) -> None:
    link = default_stack.resources["registry/vpc-link"]
    assert link["vswitch_id"] == "${alicloud_vswitch.network_vswitch-g.id}"
    assert default_stack.resources["gateway/function"]["vpc_config"]["vswitch_ids"] == [link["vswitch_id"]]


def test_subscription_rules_fetch_exactly_the_tags_in_use(default_stack: Synthesized) -> None:
    rules = {
        rule["source_repo_name"]: rule["tag_regexp"] for rule in default_stack.of_type("cr_artifact_subscription_rule")
    }
    assert rules["slapd-dcm4chee"] == r"^2\.6\.0-25\.2$"
    assert rules["dcm4chee-arc-psql"] == r"^5\.25\.2$"


def test_images_of_the_sites_own_are_used_and_not_subscribed_to(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert "registry/subscription-nginx" not in stack.resources
    assert "registry/subscription-slapd-dcm4chee" in stack.resources


def test_an_own_instance_is_used_and_none_is_made(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**OWN)
    assert not stack.of_type("cr_ee_instance")
    assert not stack.of_type("cr_vpc_endpoint_linked_vpc")
    assert not stack.of_type("cr_artifact_subscription_rule")
    assert {each["instance_id"] for each in stack.of_type("cr_ee_repo")} == {"cri-own"}
    assert stack.resources["dicomweb/application"]["acr_instance_id"] == "cri-own"
    image = stack.resources["dicomweb/application"]["image_url"]
    assert image == "hospital-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/dcm4chee-arc-psql:5.25.2"


def test_only_the_archive_may_push_and_only_the_gateway_image(default_stack: Synthesized) -> None:
    pushes = {
        policy.path: statement["Resource"]
        for policy in default_stack.of_type("ram_policy")
        for statement in json.loads(policy["policy_document"])["Statement"]
        if "cr:PushRepository" in statement["Action"]
    }
    assert list(pushes) == ["registry/pull-archive"]
    assert pushes["registry/pull-archive"][0].endswith("/dicom/nginx")


def test_repositories_that_are_there_already_are_not_made(stack_with: Callable[..., Synthesized]) -> None:
    own = {"instance_id": "cri-own", "instance_name": "hospital", "make_repositories": False, "subscribe": False}
    stack = stack_with(registry=own)
    assert not stack.of_type("cr_ee_repo")
    assert not stack.of_type("cr_ee_namespace")


def test_an_archive_image_from_elsewhere_is_not_looked_for_in_the_registry(
    stack_with: Callable[..., Synthesized],
) -> None:
    application = stack_with(**CHOSEN).resources["dicomweb/application"]
    assert (application["image_url"], application.get("acr_instance_id")) == (ARCHIVE_IMAGE, None)
