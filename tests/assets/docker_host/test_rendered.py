"""Goldens of what is made from templates and code for a host, in tests/rendered/docker_host; everything else ships as it is."""

import json
import re
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.host_bundle import FIRST_BOOT, host_bundle
from dicom_cdk.payload.user_data import UserData

GOLDENS = Path(__file__).resolve().parents[2] / "rendered/docker_host"
REGENERATE = ".venv/bin/pytest tests/assets/docker_host/test_rendered.py --regenerate"


def without_bundles(text: str) -> str:
    """The packed bytes say nothing to a reader, and change with every edit of a script."""
    text = re.sub(r"(<<'BUNDLE'\n)[^\n]+(\nBUNDLE\n)", r"\1...\2", text)
    text = re.sub(r"(content: )/Td6WFo[^\n]+", r"\1...", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "0123456789ab", text)


def rendered() -> dict[str, str]:
    nat = host_bundle(
        taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", packages=["postgresql-client"]
    )
    none = host_bundle(taken_cidrs=["172.16.0.0/12", "192.168.0.0/16"], time_zone="UTC", egress="none")
    return {
        "daemon.json": nat.text("daemon.json"),
        "daemon-beside-172-and-192.json": none.text("daemon.json"),
        "health.sh": nat.text("health.sh"),
        "host-nat.env": nat.text("host.env"),
        "host-no-egress.env": none.text("host.env"),
        "user-data.yaml": without_bundles(UserData("host", (nat,), FIRST_BOOT).text),
        "boot-command.sh": without_bundles(Command(nat, "boot", 1800).text),
    }


@pytest.mark.parametrize("name", sorted(rendered()))
def test_a_rendered_file_is_what_it_was(name: str, regenerate: bool) -> None:
    golden, text = GOLDENS / name, rendered()[name]
    if regenerate:
        golden.write_text(text)
    assert golden.exists(), f"{golden.name} has no golden; {REGENERATE}"
    assert text == golden.read_text(), f"tests/rendered/docker_host/{name} differs; if that is meant: {REGENERATE}"


def test_no_golden_is_left_over() -> None:
    assert sorted(path.name for path in GOLDENS.iterdir()) == sorted(rendered())


def test_rendered_json_is_json() -> None:
    for name, text in rendered().items():
        if name.endswith(".json"):
            json.loads(text)


def test_the_room_has_no_template_beside_those_rendered_here() -> None:
    assets = Path(__file__).resolve().parents[3] / "assets/docker_host"
    assert sorted(path.name for path in assets.glob("*.j2")) == [
        "daemon.json.j2",
        "health.sh.j2",
        "host.env.j2",
    ]


def test_rendering_twice_gives_the_same_bytes(bundle: Bundle) -> None:
    again = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", packages=["ldap-utils"])
    assert again.packed == bundle.packed
