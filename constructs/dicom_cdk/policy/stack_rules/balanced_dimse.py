"""DIMSE behind a balancer reaches several archives, each of which is who the site says it is."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

PLAIN_PORTS, TLS_PORTS = ("11112", "2575"), ("2762", "12575")
KEY = "ARCHIVE_KEY_STORE"
"""Variable that brings the site's own key; the image's is published."""


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for binding in document.of("alicloud_sae_load_balancer_intranet"):
        ways = [one for one in _items(binding.get("intranet")) if isinstance(one, dict)]
        dimse = [one for one in ways if str(one.get("target_port")) in (*PLAIN_PORTS, *TLS_PORTS)]
        if not dimse:
            continue
        for one in dimse:
            if one.get("protocol") != "TCP":
                yield (
                    binding.address,
                    f"port {one.get('port')} is {one.get('protocol')}, which neither DICOM nor HL7 is",
                )
        application = document.target(binding.values.get("app_id"), "alicloud_sae_application")
        if application is not None:
            yield from ((binding.address, problem) for problem in _archives(application, dimse))


def _archives(application: Resource, dimse: list[Any]) -> Iterator[str]:
    replicas = str(application.get("replicas"))
    if not replicas.isdigit() or int(replicas) < 2:
        yield f"{application.address} has {replicas} instances: DIMSE is lost with one"
    over_tls = [str(one.get("target_port")) for one in dimse if str(one.get("target_port")) in TLS_PORTS]
    if over_tls and f'"{KEY}"' not in str(application.get("envs")).replace("'", '"'):
        yield f"port {over_tls[0]} of {application.address} shows the image's own certificate, whose key is published"


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _binding(app: str, *ways: tuple[int, str]) -> dict[str, Any]:
    listed = [{"port": port, "target_port": port, "protocol": protocol} for port, protocol in ways]
    return {"app_id": f"${{alicloud_sae_application.{app}.id}}", "intranet": listed}


BALANCED_DIMSE = StackRule(
    id="CKV2_DICOM_116",
    name="DIMSE behind a balancer is TCP to several archives with the site's own key",
    severity="HIGH",
    fix="replicas 2 or more, protocol TCP, and with port 2762 the variables archive_key_store and archive_key_store_password",
    types=("alicloud_sae_load_balancer_intranet",),
    judge=judge,
    weighs={
        "alicloud_sae_load_balancer_intranet": {
            "intranet.target_port": Open("8080", PLAIN_PORTS[0]),
            "intranet.protocol": Open("TCP", "HTTP"),
        },
        "alicloud_sae_application": {"replicas": Open(2, 1), "envs": Open(f'"{KEY}"', "[]", text=True)},
    },
    failing={
        "alicloud_sae_application": {
            "one": {"replicas": 1, "envs": "[]"},
            "keyless": {"replicas": 2, "envs": '[{"name":"TZ","value":"UTC"}]'},
        },
        "alicloud_sae_load_balancer_intranet": {
            "bad_alone": _binding("one", (11112, "TCP")),
            "bad_key": _binding("keyless", (11112, "TCP"), (2762, "TCP")),
            "bad_protocol": _binding("keyless", (11112, "HTTP")),
            "plain": _binding("keyless", (11112, "TCP")),
        },
    },
    passing={
        "alicloud_sae_application": {
            "two": {"replicas": 2, "envs": '[{"name":"ARCHIVE_KEY_STORE","value":"${var.a}"}]'},
            "web": {"replicas": 1, "envs": "[]"},
        },
        "alicloud_sae_load_balancer_intranet": {
            "own": _binding("two", (11112, "TCP"), (2762, "TCP")),
            "web": _binding("web", (8080, "TCP")),
        },
    },
)
