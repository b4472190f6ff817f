"""The picture of a stack: who stands where, who asks whom."""

import re
from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.diagram import Diagram, Edge, Node, network_diagram
from dicom_cdk.report.mermaid import mermaid
from dicom_cdk.report.svg import svg
from tests.conftest import ROOT

DOCUMENTED = ROOT / "docs/network.md"


def diagram(resources: dict[str, Any]) -> Diagram:
    return network_diagram(of_stack(Stack(Path("clinic"), {"resource": resources})))


def test_the_documented_network_is_the_default_site_s(regenerate: bool) -> None:
    found = mermaid(network_diagram(of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))))
    text = DOCUMENTED.read_text()
    if regenerate:
        text = re.sub(r"```mermaid\n.*?```", lambda _: f"```mermaid\n{found}```", text, flags=re.DOTALL)
        DOCUMENTED.write_text(text)
    assert f"```mermaid\n{found}```" in text, "if meant: pytest tests/report/test_diagram.py --regenerate"


def test_a_rule_between_groups_is_an_edge_from_members_to_members() -> None:
    found = diagram(
        {
            "alicloud_security_group": {"web": {}, "base": {}},
            "alicloud_instance": {
                "web": {"instance_name": "web-01", "security_groups": ["${alicloud_security_group.web.id}"]},
                "base": {"instance_name": "base-01", "security_groups": ["${alicloud_security_group.base.id}"]},
            },
            "alicloud_security_group_rule": {
                "one": {
                    "type": "ingress", "port_range": "5432/5432", "security_group_id": "${alicloud_security_group.base.id}",
                    "source_security_group_id": "${alicloud_security_group.web.id}",
                },
                "out": {"type": "egress", "port_range": "1/65535", "security_group_id": "${alicloud_security_group.base.id}"},
            },
        }
    )  # fmt: skip
    assert found.edges == (Edge("alicloud_instance.web", "alicloud_instance.base", "5432"),)
    assert [node.name for node in found.nodes] == ["base-01", "web-01"]


def test_a_rule_by_range_comes_from_the_hospitals_and_health_checks_from_nobody() -> None:
    rule = {"type": "ingress", "port_range": "11112/11112", "security_group_id": "${alicloud_security_group.base.id}"}
    found = diagram(
        {
            "alicloud_security_group": {"base": {}},
            "alicloud_instance": {"base": {"security_groups": ["${alicloud_security_group.base.id}"]}},
            "alicloud_security_group_rule": {
                "checks": {**rule, "cidr_ip": "100.64.0.0/10"}, "modalities": {**rule, "cidr_ip": "10.9.0.0/16"},
                "dropped": {**rule, "cidr_ip": "10.8.0.0/16", "policy": "drop", "port_range": "22/22"},
            },
        }
    )  # fmt: skip
    assert found.edges == (Edge("hospitals", "alicloud_instance.base", "11112"),)


def test_members_behind_a_balancer_are_reached_through_it_and_ask_each_other_directly() -> None:
    found = network_diagram(of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))).edges
    pair = ("alicloud_instance.directory_g_instance", "alicloud_instance.directory_l_instance")
    balancer = "alicloud_slb_load_balancer.directory_balancer"
    assert Edge("alicloud_sae_application.dicomweb_application", balancer, "389") in found
    assert Edge(balancer, pair[0], "389") in found
    assert Edge(*pair, "389", both_ways=True) in found
    assert not [edge for edge in found if edge.target in pair and edge.source not in (balancer, *pair)]


def test_a_stack_without_anything_to_draw_is_an_empty_picture() -> None:
    found = diagram({"alicloud_ram_role": {"one": {}}})
    assert (found.nodes, found.edges) == ((), ())
    assert "nothing speaks to anything" in svg(found, "empty")
    assert mermaid(found) == "flowchart LR\n"


def test_letters_with_a_meaning_to_svg_and_mermaid_are_taken_as_letters() -> None:
    odd = Diagram("a <b> & c", (Node("x", 'the "<one>"|[x]', "s", 0), Node("y", "y", "s", 1)), (Edge("x", "y", "<&>"),))
    assert '"the one' in mermaid(odd)
    drawn = svg(odd, "odd")
    assert "&lt;one&gt;" in drawn
    assert "a &lt;b&gt; &amp; c" in drawn
