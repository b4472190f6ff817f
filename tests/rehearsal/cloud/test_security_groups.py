"""What the security groups of a stack let in, as rules of a machine."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.rehearsal.cloud.security_groups import opened
from dicom_cdk.rehearsal.machines.network import Network
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.site import FILTER, Site
from tests.rehearsal.test_command import STACK


def site(folder: Path, *rules: dict[str, Any]) -> Site:
    def group(room: str) -> dict[str, Any]:
        return {"//": {"metadata": {"path": f"s/network/group-{room}"}}}

    stack = {
        "alicloud_security_group": {"network_group-web": group("web"), "network_group-gate": group("gate")},
        "alicloud_security_group_rule": {f"r{number}": rule for number, rule in enumerate(rules)},
    }
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": stack}))
    return Site(folder)


WEB = {
    "type": "ingress",
    "security_group_id": "${alicloud_security_group.network_group-web.id}",
    "port_range": "8080/8080",
}
GATE = {"source_security_group_id": "${alicloud_security_group.network_group-gate.id}"}


def test_networks_come_by_their_range_rooms_by_the_address_of_their_machine(tmp_path: Path) -> None:
    found = opened(site(tmp_path, {**WEB, "cidr_ip": "10.8.0.0/16"}, {**WEB, **GATE}), "web", {"gate": "198.18.0.20"})
    assert found == [("10.8.0.0/16", 8080, 8080), ("198.18.0.20/32", 8080, 8080)]


def test_all_ports_are_all_ports_and_what_leaves_or_is_anothers_is_none(tmp_path: Path) -> None:
    rules = (
        {**WEB, "cidr_ip": "10.8.0.0/16", "port_range": "-1/-1"},
        {**WEB, "cidr_ip": "10.9.0.0/16", "type": "egress"},
        {**WEB, "cidr_ip": "10.9.0.0/16", "security_group_id": "${alicloud_security_group.network_group-gate.id}"},
        {**WEB, **GATE},
    )
    assert opened(site(tmp_path, *rules), "web", {}) == [("10.8.0.0/16", 1, 65535)]


def test_the_committed_stack_lets_no_network_to_dicomweb_but_the_balancers_own() -> None:
    found = opened(Site(STACK), "dicomweb", {"gateway": "198.18.0.20", "archive": "172.18.92.175"})
    assert {source for source, _, _ in found} == {"100.64.0.0/10", "198.18.0.20/32", "172.18.92.175/32"}
    assert {(first, last) for _, first, last in found} == {(8080, 8080)}


def test_a_filter_whose_address_is_not_fixed_has_one_of_the_rehearsal(tmp_path: Path) -> None:
    variables = [
        {"name": "DICOM_CUSTOM_DOMAIN", "value": "${alicloud_slb_load_balancer.b.address}:8080"},
        {"name": "DICOM_SIDE", "value": "intranet"},
    ]
    application = {"alicloud_sae_application": {"f": {"envs": json.dumps(variables)}, "web": {"envs": "[]"}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": application}))
    assert Site(tmp_path).filter["DICOM_CUSTOM_DOMAIN"] == f"{FILTER}:8080"
    assert Site(STACK).filter == {}


@pytest.mark.server
def test_a_guarded_machine_answers_whom_its_rules_name_and_asks_whom_it_likes() -> None:
    try:
        network = Network(f"drg{os.getpid()}")
    except ProgramMissing as missing:
        pytest.skip(str(missing))
    with network:
        network.add("inner", "172.18.92.191")
        network.add("known", "10.8.0.5")
        network.add("stranger", "10.9.0.5")
        listening = {machine: network.inside(machine, _listener) for machine in ("inner", "stranger")}
        network.guard("inner", [("10.8.0.0/16", PORT, PORT)])
        assert network.reaches("known", "172.18.92.191", PORT)
        assert not network.reaches("stranger", "172.18.92.191", PORT)
        assert network.reaches("inner", "10.9.0.5", PORT)
        assert network.reaches("inner", "127.0.0.1", PORT)
        network.unguard("inner")
        assert network.reaches("stranger", "172.18.92.191", PORT)
        for listener in listening.values():
            listener.close()


PORT = 8080


def _listener() -> socket.socket:
    return socket.create_server(("0.0.0.0", PORT))
