"""Every argument of the provider that may open a way from the internet is judged, or stands in a table that says why it is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.policy import catalogue
from tests.policy.judging import failed, judged

NAMED = re.compile(
    r"cidr|white_?list|white_ip|ip_white|ip_list|(?:^|[._])(?:security_)?ips$|allowed_ip|client_list|network_segment|acl_entry_ip"
    r"|(?:^|\.)entry$|source_ip|network_mask|public(?!_key)|internet(?!_charge)|(?:^|[._])eip|anonymous|address_type|net(?:work)?_type"
    r"|web_tracking|external_ip"
)
"""Names of arguments that say who may come, or give an address of the internet."""
TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load((Path(__file__).parent / "opens_nothing.yaml").read_text())
"""Why nothing is opened → type → arguments."""


def arguments(block: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, attribute in (block.get("attributes") or {}).items():
        if attribute.get("optional") or attribute.get("required"):
            yield above + name
    for name, nested in (block.get("block_types") or {}).items():
        yield from arguments(nested["block"], f"{above}{name}.")


def judged_arguments(kind: str) -> set[str]:
    """Those that a policy of the ways in asks for."""
    from ingress_from_internet import OTHERS
    from public_endpoint import PUBLIC
    from whitelist_internet import WHITELISTS

    block, _, _, sources = OTHERS.get(kind, ("", "", "", ()))
    return {*WHITELISTS.get(kind, ()), *PUBLIC.get(kind, ()), *(f"{block}.{one}".removeprefix(".") for one in sources)}


def test_each_argument_that_may_open_a_way_has_a_verdict() -> None:
    catalogue.load()  # which finds the policies' folder
    store = shipped_store()
    there, excused = set(), set()
    for kind in store.names("alicloud", "managed"):
        facts = store.find("managed", kind)
        assert facts is not None
        found = {one for one in arguments(facts.schema["block"]) if NAMED.search(one)}
        there |= {(kind, one) for one in found - judged_arguments(kind)}
    for kinds in TABLE.values():
        excused |= {(kind, one) for kind, named in kinds.items() for one in named}
    assert sorted(there - excused) == [], "judge it (policies/), or say in opens_nothing.yaml why it opens nothing"
    assert sorted(excused - there) == [], (
        "is judged, or is no argument of the provider: take it out of opens_nothing.yaml"
    )


@pytest.mark.parametrize(
    ("policy", "kind", "body"),
    [
        ("CKV2_DICOM_1", "alicloud_ens_security_group", {"permissions": [{"direction": "Ingress", "source_cidr_ip": "0.0.0.0/0"}]}),
        ("CKV2_DICOM_18", "alicloud_dfs_access_rule", {"network_segment": "0.0.0.0/0"}),
        ("CKV2_DICOM_19", "alicloud_alb_load_balancer", {"address_type": "Internet"}),
        ("CKV2_DICOM_19", "alicloud_slb", {"internet": "true"}),
        ("CKV2_DICOM_19", "alicloud_hologram_instance", {"endpoints": [{"type": "VPCSingleTunnel"}, {"type": "Internet"}]}),
        ("CKV2_DICOM_40", "alicloud_fc_trigger", {"type": "http", "config": '{"authType": "anonymous"}'}),
    ],
)  # fmt: skip
def test_ways_that_no_policy_saw_are_found(policy: str, kind: str, body: dict[str, Any]) -> None:
    assert (policy, f"{kind}.r") in failed({kind: {"r": body}})


@pytest.mark.parametrize(
    ("policy", "kind", "body", "argument"),
    [
        ("CKV2_DICOM_19", "alicloud_nlb_load_balancer", {"address_type": "${var.kind}"}, "address_type"),
        ("CKV2_DICOM_19", "alicloud_slb", {"internet": "${var.kind}"}, "internet"),
        (
            "CKV2_DICOM_1", "alicloud_ens_security_group",
            {"permissions": [{"direction": "ingress", "source_cidr_ip": "${var.kind}"}]}, "permissions.source_cidr_ip",
        ),
        ("CKV2_DICOM_18", "alicloud_message_service_endpoint_acl", {"cidr": "${var.kind}"}, "cidr"),
    ],
)  # fmt: skip
def test_a_way_that_only_a_plan_knows_is_not_judged(
    policy: str, kind: str, body: dict[str, Any], argument: str
) -> None:
    (found,) = (one for one in judged({kind: {"r": body}}, variable={"kind": {}}).findings if one.policy.id == policy)
    said = f"{argument} is an expression that only a plan knows: check --plan tells"
    assert (found.status, found.problems) == ("not judged", (said,))
