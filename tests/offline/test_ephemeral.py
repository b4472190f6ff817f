"""Ephemeral resources of random and tls: served, opened with what the configuration asks for, never the same twice."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.service import Service, answer
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.values import encode
from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.planning import plan_offline
from dicom_cdk.plan.stack import Stack

pytestmark = pytest.mark.terraform


def called(method: str, name: str, given: dict[str, Any]) -> wire.Fields:
    store = shipped_store()
    facts = store.find("ephemeral", name)
    assert facts is not None
    config = {**dict.fromkeys(facts.schema["block"]["attributes"]), **given}
    request = wire.always(1, name.encode()) + wire.always(2, wire.always(1, encode(config)))
    return wire.decode(answer(Service(name.partition("_")[0], store).calls()[method], request))


def opened(name: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = dynamic_value.decoded(wire.data_of(called("OpenEphemeralResource", name, given), 3))
    return found


def test_a_password_is_as_long_and_made_of_what_is_asked_for() -> None:
    found = opened("random_password", length=20, min_special=3, override_special="_", upper=False)
    assert re.fullmatch(r"[a-z0-9_]{20}", found["result"])
    assert found["result"].count("_") >= 3
    assert (found["special"], found["min_special"], found["upper"], found["min_lower"]) == (True, 3, False, 0)
    assert found["bcrypt_hash"]
    assert found["result"] != opened("random_password", length=20)["result"]


def test_bytes_are_as_many_as_are_asked_for() -> None:
    found = opened("random_bytes", length=4)
    assert re.fullmatch(r"[0-9a-f]{8}", found["hex"])
    assert len(found["base64"]) == 8


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("random_password", {}, "length: is required, got nothing."),
        ("random_password", {"length": 0}, "length: got 0, allowed: a number of at least 1."),
        ("random_password", {"length": 2, "min_upper": 3}, "length: got 2, allowed: at least the sum of"),
        ("random_bytes", {"length": 4, "hex": "ab"}, "hex: is decided by the provider and cannot be set; remove it."),
        ("tls_private_key", {"algorithm": "DSA"}, "algorithm: got 'DSA', allowed: one of RSA, ECDSA, ED25519."),
    ],
)
def test_a_mistake_is_refused_as_in_the_resource_of_that_name(name: str, given: dict[str, Any], said: str) -> None:
    (found,) = called("ValidateEphemeralResourceConfig", name, given)[1]
    assert isinstance(found, bytes)
    assert wire.text_of(wire.decode(found), 3).startswith(said)


def test_terraform_opens_them_in_a_plan_and_none_of_it_is_in_the_plan(tmp_path: Path) -> None:
    program = terraform.find()
    if tuple(map(int, program.version.split(".")[:2])) < (1, 10):
        pytest.skip(f"{program.name} {program.version} has no ephemeral resources; 1.10 does")
    asked = "${length(ephemeral.random_password.p.result) == 20 && length(ephemeral.random_bytes.b.hex) == 8}"
    document = {
        "ephemeral": {
            "random_password": {"p": {"length": 20}},
            "random_bytes": {"b": {"length": 4}},
            "tls_private_key": {"k": {"algorithm": "RSA"}},
            "tls_public_key": {"k": {"private_key_pem": "${ephemeral.tls_private_key.k.private_key_pem}"}},
        },
        "resource": {
            "terraform_data": {"x": {"lifecycle": {"precondition": {"condition": asked, "error_message": "other"}}}}
        },
    }
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    planned = plan_offline(Stack.read(tmp_path), program)
    assert list(summary.lines(planned))[-1] == f"{tmp_path.name}: 1 to create"
    assert planned.plan is not None
    assert [one["address"] for one in planned.plan["resource_changes"]] == ["terraform_data.x"]
