"""The providers under the real Terraform: recorded plans through the wire, apply behind a switch, garbage, no leftovers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicom_cdk.cli import main
from dicom_cdk.offline import mirror, wire
from dicom_cdk.offline.plugin import COOKIE
from dicom_cdk.offline.server import reattach, serving
from dicom_cdk.offline.service import Service, answer
from dicom_cdk.offline.store import ADDRESSES, shipped_store
from dicom_cdk.offline.values import UNKNOWN, MalformedValueError, decode, encode
from dicom_cdk.offline.wire import MalformedMessageError
from dicom_cdk.plan.terraform import Answer, Terraform, find
from tests.interrupting import interruptible
from tests.offline.replay import cases, differences

pytestmark = pytest.mark.terraform

SAMPLE = 12
"""Every how many of the recorded creations goes through the real Terraform."""
PROVIDER = {"region": "cn-shanghai", "account_id": "1234567890123456"}
UNKNOWNS = {"u": "x", "un": 1, "ub": True, "ul": ["x"], "um": {"k": "v"}}


@pytest.fixture(scope="module")
def terraform() -> Terraform:
    return find()


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    services = [Service(name, shipped_store(), applies=True) for name in ADDRESSES]
    with serving(services) as found:
        yield {"TF_REATTACH_PROVIDERS": reattach(found)}


def write(folder: Path, resources: dict[str, Any], **more: Any) -> None:
    sources = {name: {"source": address} for name, address in ADDRESSES.items()}
    document = {
        "terraform": {"required_providers": sources},
        "provider": {"alicloud": PROVIDER},
        "resource": resources,
        **more,
    }
    (folder / "main.tf.json").write_text(json.dumps(document))


def done(answer: Answer) -> Answer:
    assert answer.code == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    return answer


def test_recorded_creations_come_through_terraform_as_the_real_provider_plans_them(
    terraform: Terraform, environment: dict[str, str], tmp_path: Path
) -> None:
    creations = [case for case in cases("plan") if case.get("prior") is None and case["config"] is not None][::SAMPLE]
    resources: dict[str, Any] = {"terraform_data": {name: {"input": value} for name, value in UNKNOWNS.items()}}
    for case in creations:
        resources.setdefault(case["type"], {})[case["id"]] = case["config"]
    write(tmp_path, resources)
    done(terraform.run(tmp_path, "plan", "-refresh=false", "-out=plan", environment=environment))
    shown = done(terraform.run(tmp_path, "show", "-json", "plan", environment=environment)).json
    changes = {one["name"]: one["change"] for one in shown["resource_changes"]}
    assert len(creations) > 80
    for case in creations:
        got = changes[case["id"]]
        answer = {key: got[key] for key in ("actions", "after", "after_unknown")}
        assert differences({**answer, "replace_paths": got.get("replace_paths", [])}, case["expect"]) == [], case["id"]


def test_what_was_applied_plans_empty_changes_in_place_and_is_destroyed(
    terraform: Terraform, environment: dict[str, str], tmp_path: Path
) -> None:
    def resources(name: str, cidr: str) -> dict[str, Any]:
        vswitch = {"vpc_id": "${alicloud_vpc.v.id}", "cidr_block": cidr, "zone_id": "cn-shanghai-l"}
        return {
            "alicloud_vpc": {"v": {"vpc_name": name, "cidr_block": "10.0.0.0/16"}},
            "alicloud_vswitch": {"s": vswitch},
            "random_password": {"p": {"length": 24}},
            "time_sleep": {"t": {"create_duration": "30s"}},
            "tls_private_key": {"k": {"algorithm": "RSA"}},
        }

    def actions() -> dict[str, list[str]]:
        done(terraform.run(tmp_path, "plan", "-out=plan", environment=environment))
        shown = done(terraform.run(tmp_path, "show", "-json", "plan", environment=environment)).json
        return {one["address"]: one["change"]["actions"] for one in shown["resource_changes"]}

    write(tmp_path, resources("one", "10.0.1.0/24"))
    done(terraform.run(tmp_path, "apply", "-auto-approve", environment=environment))
    assert set(map(tuple, actions().values())) == {("no-op",)}
    write(tmp_path, resources("two", "10.0.2.0/24"))
    changed = {address: action for address, action in actions().items() if action != ["no-op"]}
    assert changed == {"alicloud_vpc.v": ["update"], "alicloud_vswitch.s": ["delete", "create"]}
    done(terraform.run(tmp_path, "destroy", "-auto-approve", environment=environment))
    assert json.loads((tmp_path / "terraform.tfstate").read_text())["resources"] == []


@pytest.mark.parametrize("source", ["", "registry.opentofu.org/aliyun/alicloud", "hashicorp/alicloud"])
def test_the_provider_is_found_under_every_name_that_programs_and_opentofu_have_for_it(
    source: str, terraform: Terraform, environment: dict[str, str], tmp_path: Path
) -> None:
    required = (
        f'terraform {{\n  required_providers {{\n    alicloud = {{ source = "{source}" }}\n  }}\n}}\n' if source else ""
    )
    (tmp_path / "main.tf").write_text(f'{required}resource "alicloud_vpc" "v" {{\n  cidr_block = "10.0.0.0/8"\n}}\n')
    planned = done(terraform.run(tmp_path, "plan", "-refresh=false", "-no-color", environment=environment))
    assert "Plan: 1 to add" in planned.stdout


def test_the_mirror_holds_the_provider_under_both_hosts_and_without_a_namespace_of_its_own(tmp_path: Path) -> None:
    mirror.install(tmp_path)
    found = {
        "/".join(file.relative_to(tmp_path / "mirror").parts[:3])
        for file in (tmp_path / "mirror").rglob("terraform-provider-alicloud_v*")
    }
    assert found == {
        f"{host}/{name}/alicloud"
        for host in ("registry.terraform.io", "registry.opentofu.org")
        for name in ("aliyun", "hashicorp")
    }


def test_tests_of_modules_run_with_data_sources_answered_by_override_data(
    terraform: Terraform, environment: dict[str, str], tmp_path: Path
) -> None:
    vswitch = {"vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24", "zone_id": "${data.alicloud_zones.z.ids[0]}"}
    write(tmp_path, {"alicloud_vswitch": {"w": vswitch}}, data={"alicloud_zones": {"z": {}}})
    (tmp_path / "zones.tftest.hcl").write_text(
        """run "zones" {
  command = plan
  override_data {
    target = data.alicloud_zones.z
    values = { ids = ["cn-shanghai-l", "cn-shanghai-g"] }
  }
  assert {
    condition     = alicloud_vswitch.w.zone_id == "cn-shanghai-l"
    error_message = "the first zone is taken"
  }
}
"""
    )
    assert "1 passed, 0 failed" in done(terraform.run(tmp_path, "test", "-no-color", environment=environment)).stdout


def test_apply_is_refused_without_the_switch(terraform: Terraform, tmp_path: Path) -> None:
    write(tmp_path, {"random_pet": {"p": {}}})
    with serving([Service(name, shipped_store()) for name in ADDRESSES]) as found:
        said = terraform.run(tmp_path, "apply", "-auto-approve", environment={"TF_REATTACH_PROVIDERS": reattach(found)})
    assert said.code == 1
    assert "random_pet: the offline provider creates nothing" in " ".join(said.stderr.replace("│", " ").split())


def test_two_terraforms_at_once_share_the_servers(
    terraform: Terraform, environment: dict[str, str], tmp_path: Path
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
        write(folder, {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}})
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda folder: terraform.run(folder, "plan", environment=environment), folders))
    assert [answer.code for answer in answers] == [0, 0, 0]


def test_sockets_are_gone_afterwards() -> None:
    with serving([Service("random", shipped_store())]) as found:
        (socket,) = {Path(one["Addr"]["String"]) for one in found.values()}
        assert socket.exists()
        assert socket.parent.stat().st_mode & 0o077 == 0
    assert not socket.parent.exists()


def test_serve_prints_one_line_and_ends_with_its_input(terraform: Terraform, tmp_path: Path) -> None:
    write(tmp_path, {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}})
    later = tmp_path / "later"
    later.mkdir()
    write(later, {"alicloud_cr_internet_endpoint": {"e": {"instance_id": "cri-1"}}})
    for end, words, known in (("close", [], True), ("terminate", ["--version", "1.288.0"], False)):
        process = subprocess.Popen(
            [sys.executable, "-m", "dicom_cdk.cli", "provider", "serve", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        sockets = [Path(one["Addr"]["String"]) for one in json.loads(line).values()]
        done(terraform.run(tmp_path, "plan", environment={"TF_REATTACH_PROVIDERS": line}))
        # A type that came after 1.288.0.
        planned = terraform.run(later, "plan", environment={"TF_REATTACH_PROVIDERS": line})
        assert ("does not support resource type" not in planned.stderr) is known
        if end == "close":
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stdout.read() == ""
        process.stdout.close()
        process.stdin.close()
        assert not any(socket.parent.exists() for socket in sockets)


def test_a_release_of_which_nothing_is_known_is_not_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["provider", "serve", "--version", "1.200.0"]) == 2
    assert capsys.readouterr() == (
        "",
        "no facts of aliyun/alicloud 1.200.0 here; there are: 1.288.0, 1.289.0 "
        "(docs/provider-facts.md: how to add one)\n",
    )


def test_the_mirror_serves_a_terraform_started_by_hand_under_a_version_of_its_own(
    terraform: Terraform, tmp_path: Path
) -> None:
    settings = mirror.install(tmp_path / "mirror")
    assert mirror.install(tmp_path / "mirror") == settings, "a second time brings it up to date"
    folder, temporary = tmp_path / "stack", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    write(folder, {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}, "random_pet": {"p": {}}})
    on = {"TF_CLI_CONFIG_FILE": str(settings), "TMPDIR": str(temporary)}
    done(terraform.run(folder, "init", environment=on))
    assert '"1.289.0+offline"' in (folder / ".terraform.lock.hcl").read_text()
    planned = done(terraform.run(folder, "plan", "-no-color", environment=on))
    assert "Plan: 2 to add" in planned.stdout
    assert not list(temporary.glob("tfp-*")), "plug-ins remove their sockets"


def test_a_mirror_is_never_written_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(mirror.NotEmpty, match="is not empty and no mirror of ours"):
        mirror.install(tmp_path)


def test_a_plugin_started_by_hand_says_what_it_is() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "dicom_cdk.offline.plugin", "random"],
        env={name: value for name, value in os.environ.items() if name != "TF_PLUGIN_MAGIC_COOKIE"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("This is dicom-cdk's offline stand-in")


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A provider as Terraform starts it, and the address that it gave."""
    with interruptible():
        running = subprocess.Popen(
            [sys.executable, "-m", "dicom_cdk.offline.plugin", "random"],
            env={**os.environ, "TF_PLUGIN_MAGIC_COOKIE": COOKIE[1], "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
    assert running.stdout
    with running:
        yield running, "unix:" + running.stdout.readline().split("|")[3]
        running.kill()


def test_a_plugin_that_is_killed_while_it_ends_leaves_nothing(
    plugin: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    """Terraform waits for two seconds, which pass on a busy machine; two folders stayed."""
    running, address = plugin
    with grpc.insecure_channel(address) as channel:
        channel.unary_unary("/plugin.GRPCController/Shutdown")(b"", timeout=30)
    running.kill()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_left_to_terraform(plugin: tuple[subprocess.Popen[str], str]) -> None:
    running, address = plugin
    running.send_signal(signal.SIGINT)
    with grpc.insecure_channel(address) as channel:
        channel.unary_unary("/plugin.GRPCController/Shutdown")(b"", timeout=30)
    assert running.wait(timeout=30) == 0


SERVICE = Service("alicloud", shipped_store(), applies=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(SERVICE.calls())), st.binary(max_size=200))
def test_garbage_is_refused_as_garbage(name: str, request: bytes) -> None:
    with suppress(MalformedMessageError, MalformedValueError):
        assert isinstance(answer(SERVICE.calls()[name], request), bytes)


@settings(deadline=None)
@given(VALUES)
def test_values_come_back_as_they_went(value: Any) -> None:
    assert decode(encode(value)) == value


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 100), st.lists(st.binary(max_size=30), min_size=1, max_size=3), max_size=5))
def test_messages_come_back_as_they_went(fields: dict[int, list[bytes]]) -> None:
    message = b"".join(wire.repeated(number, values) for number, values in fields.items())
    assert wire.decode(message) == fields


def test_a_truncated_request_is_refused() -> None:
    whole = wire.field(1, "alicloud_vpc") + wire.field(2, wire.field(1, encode({"cidr_block": "10.0.0.0/8"})))
    with pytest.raises(MalformedMessageError, match="wants"):
        answer(SERVICE.calls()["ValidateResourceTypeConfig"], whole[:-3])


def test_a_configuration_of_absurd_depth_is_refused() -> None:
    deep = b"\x91" * 100_000 + b"\xc0"
    with pytest.raises(MalformedValueError, match="not a Terraform value"):
        answer(
            SERVICE.calls()["ValidateResourceTypeConfig"],
            wire.field(1, "alicloud_vpc") + wire.field(2, wire.field(1, deep)),
        )
