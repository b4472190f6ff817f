"""A host step: static command with a hashed name, one parameter, and a gate that waits long enough."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cdktf
import pytest
from cdktf_cdktf_provider_alicloud.instance import Instance
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider

from dicom_cdk.payload import Bundle, SecretInTextError, TooLargeError
from dicom_cdk.payload.unpack import payloads
from dicom_cdk.service.parts.host_step import HostStep
from tests.synthesized import app, without_hashes

ROOM = {"prepare.sh": "#!/bin/bash\necho\n", "enable.sh": "#!/bin/bash\ntrue\n"}


@dataclass
class Host:
    """All that a step asks of its host."""

    host_name: str
    instance_id: str
    steps_after: Sequence[cdktf.ITerraformDependable] = field(default_factory=list)


@dataclass
class Site:
    """A stack with two hosts, l and g."""

    stack: cdktf.TerraformStack
    hosts: dict[str, Host]

    def synth(self) -> dict[str, Any]:
        made: dict[str, Any] = without_hashes(cdktf.Testing.synth(self.stack))["resource"]
        return made


@pytest.fixture
def site() -> Site:
    stack = cdktf.TerraformStack(app(), "site")
    AlicloudProvider(stack, "alicloud", region="cn-shanghai")
    hosts = {}
    for role in ("l", "g"):
        instance = Instance(stack, f"host-{role}", instance_type="ecs.g7.large", image_id="image")
        hosts[role] = Host(f"ldap-{role}", instance.id, [instance])
    return Site(stack, hosts)


def test_a_step_is_a_command_with_its_bundle_and_one_invocation_that_waits(site: Site) -> None:
    bundle = Bundle.of("directory", ROOM)
    HostStep(
        site.stack,
        "prepare-l",
        host=site.hosts["l"],
        bundle=bundle,
        entry="prepare",
        values={"node": "l", "list": ["a", "b"], "host": site.hosts["g"].instance_id, "port": 389},
        timeout_seconds=900,
    )
    made = site.synth()
    command = made["alicloud_ecs_command"]["prepare-l_command"]
    text = base64.b64decode(command.pop("command_content")).decode()
    assert text.startswith("#!/bin/sh\n# dicom-cdk step directory/prepare\n")
    name = command.pop("name")
    assert name.startswith("ldap-l-directory-prepare-")
    assert len(name) <= 128
    assert command == {
        "description": "DICOM service: prepare of directory on ldap-l",
        "type": "RunShellScript",
        "enable_parameter": True,
        "timeout": 900,
        "working_dir": "/root",
        "lifecycle": {"create_before_destroy": True},
    }
    assert made["alicloud_ecs_invocation"]["prepare-l_run"] == {
        "command_id": "${alicloud_ecs_command.prepare-l_command.id}",
        "instance_id": ["${alicloud_instance.host-l.id}"],
        "parameters": {
            "values": '${jsonencode({"host" = alicloud_instance.host-g.id, "list" = ["a", "b"], '
            '"node" = "l", "port" = 389})}'
        },
        "timeouts": {"create": "20m"},
        "depends_on": ["alicloud_instance.host-l"],
    }


def test_the_invocation_never_forces_a_new_host_before_the_old_one_is_gone(site: Site) -> None:
    """create_before_destroy spreads to everything waited for, and two instances cannot hold one address."""
    HostStep(site.stack, "step", host=site.hosts["l"], bundle=Bundle.of("directory", ROOM), entry="enable")
    assert "lifecycle" not in site.synth()["alicloud_ecs_invocation"]["step_run"]


def test_the_longest_host_name_still_makes_a_legal_command_name(site: Site) -> None:
    site.hosts["l"].host_name = "h" * 128
    HostStep(site.stack, "step", host=site.hosts["l"], bundle=Bundle.of("directory", ROOM), entry="enable")
    assert len(site.synth()["alicloud_ecs_command"]["step_command"]["name"]) <= 128


def test_steps_wait_for_their_host_and_for_what_they_are_told(site: Site) -> None:
    bundle = Bundle.of("directory", ROOM)
    first = HostStep(site.stack, "first", host=site.hosts["l"], bundle=bundle, entry="prepare")
    HostStep(site.stack, "second", host=site.hosts["g"], bundle=bundle, entry="enable", after=[first.ready])
    assert site.synth()["alicloud_ecs_invocation"]["second_run"]["depends_on"] == [
        "alicloud_instance.host-g",
        "alicloud_ecs_invocation.first_run",
    ]


def commands(files: dict[str, str], node: str = "l", timeout_seconds: int = 900) -> dict[str, Any]:
    stack = cdktf.TerraformStack(app(), "site")
    AlicloudProvider(stack, "alicloud", region="cn-shanghai")
    host = Host("ldap-l", "i-1")
    for room in ("directory", "archive"):
        bundle = Bundle.of(room, files if room == "directory" else ROOM)
        for entry in ("prepare", "enable"):
            HostStep(
                stack,
                f"{room}-{entry}",
                host=host,
                bundle=bundle,
                entry=entry,
                values={"node": node} if entry == "enable" else {},
                timeout_seconds=timeout_seconds,
            )
    made: dict[str, Any] = without_hashes(cdktf.Testing.synth(stack))["resource"]
    return {f"{kind}.{name}": block for kind, blocks in made.items() for name, block in blocks.items()}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    assert before.keys() == after.keys()
    return sorted(address.removeprefix("alicloud_") for address in before if before[address] != after[address])


def test_an_edited_asset_changes_name_and_content_of_exactly_the_commands_that_carry_it() -> None:
    before, after = commands(ROOM), commands({**ROOM, "enable.sh": "#!/bin/bash\nfalse\n"})
    assert changed(before, after) == ["ecs_command.directory-enable_command", "ecs_command.directory-prepare_command"]
    for address in changed(before, after):
        for argument in ("name", "command_content"):
            assert before[f"alicloud_{address}"][argument] != after[f"alicloud_{address}"][argument]


def test_a_changed_value_changes_invocations_only() -> None:
    assert changed(commands(ROOM), commands(ROOM, node="g")) == [
        "ecs_invocation.archive-enable_run",
        "ecs_invocation.directory-enable_run",
    ]


def test_a_changed_time_limit_changes_the_name_too_so_that_old_and_new_stand_side_by_side() -> None:
    before, after = commands(ROOM), commands(ROOM, timeout_seconds=960)
    address = "alicloud_ecs_command.directory-enable_command"
    assert before[address]["name"] != after[address]["name"]
    assert after["alicloud_ecs_invocation.directory-enable_run"]["timeouts"] == {"create": "21m"}


def test_synthesizing_twice_gives_the_same_text() -> None:
    assert commands(ROOM) == commands(dict(reversed(ROOM.items())))


def test_what_was_sent_can_be_read_back(site: Site) -> None:
    bundle = Bundle.of("directory", ROOM)
    HostStep(site.stack, "step", host=site.hosts["l"], bundle=bundle, entry="enable")
    (payload,) = payloads({"resource": site.synth()})
    assert (payload.room, payload.entry, payload.bundles) == ("directory", "enable", (bundle,))


def test_a_secret_among_the_values_stops_the_synthesis(site: Site) -> None:
    word = "Tr0ub4" + "dor"
    with pytest.raises(SecretInTextError, match=r"^values of directory/enable: .*database_password"):
        HostStep(
            site.stack,
            "step",
            host=site.hosts["l"],
            bundle=Bundle.of("directory", ROOM),
            entry="enable",
            values={"database_password": word},
        )


def test_too_many_values_stop_the_synthesis(site: Site) -> None:
    values = {f"key{number}": "x" * 200 for number in range(80)}
    with pytest.raises(TooLargeError, match=r"^directory/enable: command has \d+ bytes, allowed 18432: values \d+, "):
        HostStep(
            site.stack,
            "step",
            host=site.hosts["l"],
            bundle=Bundle.of("directory", ROOM),
            entry="enable",
            values=values,
        )
