"""From Terraform JSON back to files: stacks and plans, ours and others', whole and broken."""

import base64
import gzip
from typing import Any

import pytest

from dicom_cdk.payload import Bundle, NotAPayloadError
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.unpack import payloads, usages
from dicom_cdk.payload.user_data import user_data

HOST = Bundle.of("docker_host", {"setup.sh": "#!/bin/bash\n", "daemon.json": "{}\n"})
ROOM = Bundle.of("directory", {"prepare.sh": "#!/bin/bash\necho ü\n"})
DOCUMENT = user_data("ldap-l", [HOST, ROOM], "docker_host/setup.sh")
STEP = Command(ROOM, "prepare", 900)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def stack(**resources: Any) -> dict[str, Any]:
    return {"resource": {f"alicloud_{kind}": blocks for kind, blocks in resources.items()}}


def test_bundles_come_back_from_user_data_and_command() -> None:
    found = payloads(
        stack(
            instance={"directory_l": {"user_data": b64(DOCUMENT)}},
            ecs_command={"directory_prepare": {"command_content": STEP.content}},
        )
    )
    command, document = found
    assert (command.address, command.carrier) == ("alicloud_ecs_command.directory_prepare", "command")
    assert (command.room, command.entry, command.bundles) == ("directory", "prepare", (ROOM,))
    assert (document.address, document.carrier) == ("alicloud_instance.directory_l", "user data")
    assert document.bundles == (HOST, ROOM)
    assert list(document.files) == ["/opt/dicom/first-boot.sh"]
    assert document.text == DOCUMENT


def test_a_plan_is_read_like_a_stack() -> None:
    def planned(address: str, mode: str = "managed", **values: object) -> dict[str, Any]:
        return {"address": address, "type": address.split(".")[-2], "mode": mode, "values": values}

    root = {
        "resources": [
            planned("alicloud_instance.x", user_data=b64(DOCUMENT)),
            planned("data.alicloud_instance.y", mode="data", user_data="x"),
        ],
        "child_modules": [
            {
                "resources": [
                    planned("module.m.alicloud_ecs_command.c", command_content=STEP.content),
                    planned("module.m.alicloud_ecs_command.d", command_content=None),
                ]
            }
        ],
    }
    plan = {"planned_values": {"root_module": root}}
    assert [payload.address for payload in payloads(plan)] == ["alicloud_instance.x", "module.m.alicloud_ecs_command.c"]


def test_what_terraform_fills_in_later_is_left_out() -> None:
    later = stack(instance={"a": {"user_data": "${base64encode(local.x)}"}, "b": {}, "c": {"user_data": None}})
    assert payloads(later) == []


def test_other_peoples_payloads_come_back_as_text() -> None:
    found = payloads(
        stack(
            instance={
                "a": {"user_data": b64("#!/bin/bash\necho hi\n")},
                "b": {"user_data": "#!/bin/sh\nplain: not base64\n"},
            },
            ecs_command={"c": {"command_content": b64("uptime\n")}},
        )
    )
    assert [(payload.text, payload.bundles, payload.files) for payload in found] == [
        ("uptime\n", (), {}),
        ("#!/bin/bash\necho hi\n", (), {}),
        ("#!/bin/sh\nplain: not base64\n", (), {}),
    ]


def test_every_encoding_of_cloud_init_is_undone() -> None:
    packed = base64.b64encode(gzip.compress(b"text\n", mtime=0)).decode()
    document = (
        "#cloud-config\nwrite_files:\n"
        f"  - {{path: /a, encoding: gz+b64, content: {packed}}}\n"
        f"  - {{path: /b, encoding: b64, content: {b64('text')}}}\n"
        "  - {path: /c, content: plain}\n"
        "  - {path: /d}\n"
    )
    (payload,) = payloads(stack(instance={"a": {"user_data": b64(document)}}))
    assert payload.files == {"/a": b"text\n", "/b": b"text", "/c": b"plain", "/d": b""}


def broken(text: str) -> dict[str, Any]:
    return stack(ecs_command={"c": {"command_content": b64(text)}})


def data(text: str) -> dict[str, Any]:
    return stack(instance={"a": {"user_data": b64(text)}})


PACKED = base64.a85encode(ROOM.packed).decode()
NO_XZ = base64.a85encode(b"no xz").decode()
HALF = "#cloud-config\nwrite_files:\n- {path: /a, encoding: gz+b64, content: eA==}\n"
BINARY = base64.b64encode(b"\xff\xfe\x00").decode()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (broken(STEP.text.replace("<<'BUNDLE'", "<<'OTHER'")), "c: a step of directory without its bundle; synthesize"),
        (broken(STEP.text.replace(PACKED, "vvvv{{")), "alicloud_ecs_command.c: bundle of directory: "),
        (broken(STEP.text.replace(PACKED, NO_XZ)), "bundle of directory: not a tar.xz: "),
        (data("#cloud-config\nwrite_files: [\n"), "alicloud_instance.a: #cloud-config that is no YAML: "),
        (data(HALF), "alicloud_instance.a: /a: broken gz+b64: "),
        (data(DOCUMENT.replace(HOST.hash12, "0" * 12)), f"000.tar.xz holds {HOST.hash12}, its name says 000000000000"),
        (stack(instance={"a": {"user_data": BINARY}}), "instance.a: user_data is neither base64 of text nor text; "),
    ],
)
def test_what_is_broken_is_refused_with_its_address(document: dict[str, Any], message: str) -> None:
    with pytest.raises(NotAPayloadError) as caught:
        payloads(document)
    assert message in str(caught.value)


def test_usage_is_read_back_with_parts_and_parameters() -> None:
    values = '${jsonencode({"a" = alicloud_x.y.id})}'
    document = stack(
        instance={"a": {"user_data": b64(DOCUMENT)}},
        ecs_command={"c": {"command_content": STEP.content}, "d": {"command_content": STEP.content}},
        ecs_invocation={"i": {"command_id": "${alicloud_ecs_command.c.id}", "parameters": {"values": values}}},
    )
    command, bare, written = usages(document)
    assert command.size == len(STEP.content) + 4 * len(values) // 3
    assert [part.name for part in command.parts] == ["bundle directory", "launcher and document", "values"]
    assert bare.size == len(STEP.content)
    assert written.size == len(DOCUMENT.encode())
    assert [part.name for part in written.parts] == ["bundle docker_host", "bundle directory", "launcher and document"]
