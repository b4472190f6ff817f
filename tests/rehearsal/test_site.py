"""What is taken from a stack: hosts with their payloads, steps in an order that apply could take, references filled in."""

import json

from dicom_cdk.rehearsal.site import DATABASE, Site
from tests.rehearsal.test_command import STACK

SITE = Site(STACK)


def test_every_host_has_its_address_and_its_user_data() -> None:
    assert set(SITE.hosts) == {"directory/l", "directory/g", "archive/host"}
    for host in SITE.hosts.values():
        assert host.user_data.text.startswith("#cloud-config\n")
    assert SITE.hosts["archive/host"].private_ip == "172.18.92.175"


def test_steps_come_after_what_they_wait_for() -> None:
    order = [step.path for step in SITE.steps]
    for earlier, later in (
        ("directory/l/boot", "directory/prepare-l"),
        ("directory/prepare-l", "directory/enable-l"),
        ("directory/enable-g", "directory/load-l"),
        ("directory/load-l", "directory/verify-g"),
        ("directory/verify-g", "archive/storage"),
        ("archive/schema", "archive/up"),
        ("archive/storage", "archive/up"),
        ("archive/up", "archive/check"),
    ):
        assert order.index(earlier) < order.index(later)


def test_references_in_values_are_filled_in() -> None:
    schema = SITE.step("archive/schema")
    assert schema.values["database_host"] == DATABASE
    assert "${" not in json.dumps([dict(step.values) for step in SITE.steps])


def test_a_command_carries_the_values_it_is_given() -> None:
    step = SITE.step("archive/schema")
    assert '"generation": "other"' in step.command(generation="other")
    assert "{{values}}" not in step.command()
    assert "DICOM_SECONDS=7\n" in step.command(seconds=7)


def test_the_functions_environment_is_taken() -> None:
    assert SITE.function["DICOM_SERVER_PORT"] == "8080"
    assert SITE.region == "cn-shanghai"
