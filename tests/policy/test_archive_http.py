"""Ways of networks to an archive's own HTTP port, as they are printed, and what is none."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document
from dicom_cdk.policy.archive_http import ways_to_archives

GROUP = {"alicloud_security_group": {"g": {"security_group_name": "g"}}}
HERE = "${alicloud_security_group.g.id}"
ARCHIVE = {"image_url": "registry.example.com/x/dcm4chee-arc-psql:5.25.2", "security_group_id": HERE}
SAE = {"alicloud_sae_application": {"web": ARCHIVE}}


def host(ports: str, image: str = "x/dcm4chee-arc-psql:5.25.2", environment: str = "{}") -> dict[str, Any]:
    service = f"          image: {image}\n          environment: {environment}\n          ports: {ports}\n"
    compose = f"      services:\n        arc:\n{service}"
    text = f"#cloud-config\nwrite_files:\n  - path: /opt/docker-compose.yml\n    content: |\n{compose}"
    return {
        "alicloud_instance": {"h": {"security_groups": [HERE], "user_data": base64.b64encode(text.encode()).decode()}}
    }


def rule(**changed: Any) -> dict[str, Any]:
    body = {"type": "ingress", "ip_protocol": "tcp", "port_range": "8080/8080", "security_group_id": HERE}
    return {"alicloud_security_group_rule": {"r": {**body, "cidr_ip": "10.8.0.0/16", **changed}}}


def ways(*parts: dict[str, Any]) -> list[str]:
    resources = {kind: named for part in (GROUP, *parts) for kind, named in part.items()}
    return [str(way) for way in ways_to_archives(document.of_stack(Stack(Path("s"), {"resource": resources})))]


END = "the archive itself, without login or filter"
TO_WEB = f"10.8.0.0/16 → alicloud_security_group_rule.r → alicloud_sae_application.web, port 8080: {END}"
TO_HOST = f"10.8.0.0/16 → alicloud_security_group_rule.r → alicloud_instance.h, port 8080: {END}"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([SAE, rule()], [TO_WEB]),
        ([SAE, rule(port_range="8000/9000")], [TO_WEB, TO_WEB.replace("8080", "8443")]),
        ([SAE, rule(port_range=None)], [TO_WEB, TO_WEB.replace("8080", "8443")]),
        ([SAE, rule(ipv6_cidr_ip="fd00::/8", cidr_ip=None)], [TO_WEB.replace("10.8.0.0/16", "fd00::/8")]),
        (
            [
                SAE,
                rule(cidr_ip=None, prefix_list_id="${alicloud_ecs_prefix_list.p.id}"),
                {"alicloud_ecs_prefix_list": {"p": {"entry": [{"cidr": "10.8.0.0/16"}, {"cidr": "100.64.0.0/10"}]}}},
            ],
            [TO_WEB],
        ),
        ([SAE, rule(cidr_ip="100.64.0.0/8")], [TO_WEB.replace("10.8.0.0/16", "100.64.0.0/8")]),
        (
            [{"alicloud_sae_application": {"web": {**ARCHIVE, "image_url": "x/own:1", "envs": '[{"name":"ARCHIVE_DEVICE_NAME"}]'}}},
             rule()],
            [TO_WEB],
        ),
        ([host('["8080:8080"]'), rule()], [TO_HOST]),
        ([host('["0.0.0.0:80:8080/tcp"]'), rule()], [TO_HOST]),
        ([host("[{target: 8080, published: 8080}]"), rule()], [TO_HOST]),
        ([host('["8080:8080"]', image="${IMAGE}", environment="{ARCHIVE_DEVICE_NAME: a}"), rule()], [TO_HOST]),
    ],
)  # fmt: skip
def test_a_network_that_an_archives_group_lets_in_is_told_by_rule_and_port(
    parts: list[dict[str, Any]], found: list[str]
) -> None:
    assert ways(*parts) == found


@pytest.mark.parametrize(
    "parts",
    [
        [SAE, rule(policy="drop")],
        [SAE, rule(type="egress")],
        [SAE, rule(port_range="11112/11112")],
        [SAE, rule(cidr_ip="100.64.0.0/10")],
        [SAE, rule(cidr_ip=None, source_security_group_id=HERE)],
        [SAE, rule(security_group_id="sg-other")],
        [{"alicloud_sae_application": {"web": {**ARCHIVE, "image_url": "x/nginx:1.28.0"}}}, rule()],
        [host('["127.0.0.1:8080:8080", "11112:11112"]'), rule()],
        [host("[{target: 8080, published: 8080, host_ip: 127.0.0.1}]"), rule()],
        [host('["8080:8080"]', image="x/nginx:1.28.0"), rule()],
    ],
)
def test_rooms_other_ports_loopback_and_a_filter_are_no_way(parts: list[dict[str, Any]]) -> None:
    assert ways(*parts) == []


def test_an_archive_of_a_module_is_found_beside_a_host_of_the_same_name(tmp_path: Path) -> None:
    inner = {**GROUP, **host('["8080:8080"]'), **rule()}
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf.json").write_text(json.dumps({"resource": inner}))
    outer = {
        "resource": {"alicloud_instance": {"h": {"user_data": "#!/bin/sh\n"}}},
        "module": {"m": {"source": "../m"}},
    }
    found = ways_to_archives(document.of_stack(Stack(tmp_path / "s", outer)))
    assert [str(way) for way in found] == [TO_HOST.replace("alicloud_", "module.m.alicloud_")]
