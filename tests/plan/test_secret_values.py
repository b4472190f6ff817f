"""A marker in every secret place of a stack comes out of no command, in no format."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.redaction import redacted
from dicom_cdk.plan.secret_values import REDACTED, clean, hidden, literals, scrubbed

MARK = "Marker-8c1f"
PLACES: dict[str, dict[str, Any]] = {
    "alicloud_sae_application": {
        "app_name": "a",
        "package_type": "Image",
        "replicas": 1,
        "command_args": '["--port", "80", "--db-password", "MARK"]',
        "envs": '[{"name": "DB_PASSWORD", "value": "MARK"}]',
    },
    "alicloud_cms_alarm": {
        "name": "a",
        "project": "acs_ecs_dashboard",
        "metric": "cpu",
        "contact_groups": ["a"],
        "webhook": "https://hooks.invalid/services/MARK",
        "escalations_critical": [{"threshold": "90"}],
    },
    "alicloud_vpc": {
        "vpc_name": "a",
        "cidr_block": "10.0.0.0/8",
        "description": "first password: MARK",
        "tags": {"api_key": "MARK"},
    },
    "alicloud_instance": {
        "image_id": "ubuntu_22_04_x64",
        "instance_type": "ecs.g7.large",
        "security_groups": ["sg-1"],
        "vswitch_id": "vsw-1",
        "password": "MARK",
        "user_data": "#!/bin/sh\nexport DB_PASSWORD=MARK\n",
    },
    "alicloud_ess_scaling_configuration": {
        "scaling_group_id": "g",
        "image_id": "i",
        "security_group_id": "sg-1",
        "instance_type": "ecs.g7.large",
        "user_data": "IyEvYmluL3NoCkE9TUFSSwo= MARK",
    },
}
"""Type to arguments with which it can be planned, MARK where a secret stands."""


def stack(chosen: random.Random, mark: str) -> dict[str, Any]:
    """Some of PLACES, and a sensitive variable, output, local and provider key, each with its own marker."""
    kinds = chosen.sample(sorted(PLACES), 4)
    text = json.dumps({kind: {"r": PLACES[kind]} for kind in kinds}).replace("MARK", mark)
    return {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}},
        "provider": {"alicloud": [{"region": "cn-shanghai", "access_key": mark, "secret_key": mark}]},
        "variable": {
            "v": {"default": mark, "sensitive": True},
            "admin_password": {"default": mark},
            "m": {"default": {"a": mark}, "sensitive": True},
        },
        "locals": {"token": mark},
        "output": {
            "o": {"value": mark, "sensitive": True},
            "db_password": {"value": mark},
            "told": {"value": "${var.v}", "sensitive": True},
        },
        "resource": json.loads(text),
    }


def folder(place: Path, document: dict[str, Any]) -> Path:
    target = place / "stacks/s"
    target.mkdir(parents=True)
    (target / "cdk.tf.json").write_text(json.dumps(document))
    return target


@pytest.mark.parametrize("seed", range(2))
def test_no_command_says_a_secret_in_any_format(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = random.Random(seed)
    old, new = (stack(random.Random(seed), f"{MARK}-{chosen.randrange(10**6)}-{side}") for side in ("before", "after"))
    base, head = tmp_path / "base", tmp_path / "head"
    folder(base, old), folder(head, new)
    refused = json.loads(json.dumps(new))
    refused["resource"]["alicloud_db_account"] = {"a": {"db_instance_id": "i", "account_name": "A B", "password": MARK}}
    wrong = folder(tmp_path / "wrong", refused)
    one = ["--stack-dir", str(head / "stacks/s")]
    codes = [main(["plan", *one, "--json", "plan.json"])]
    codes += [main(["plan", *one, "--from", str(base), "--json", "changed.json"])]
    main(["plan", "--stack-dir", str(wrong), "--json", "refused.json"])
    for form in ("text", "json", "markdown", "html"):
        codes.append(main(["review", str(base), str(head), "--format", form, "--output", f"review.{form}"]))
    main(["report", *one, "--out", "report.html"])
    said = "".join(capsys.readouterr())
    assert set(codes) == {0}, said
    written = {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}
    assert len(written) == 8
    for name, text in {**written, "output": said}.items():
        at = text.find(MARK)
        assert at < 0, f"{name}: …{text[max(at - 300, 0) : at + 100]}…"


@pytest.mark.parametrize(
    "text",
    [
        "--db-password hunter22two",
        '["-c", "--token", "hunter22two"]',
        "the first password is hunter22two",
        "token: hunter22two, for a day",
        "https://u:hunter22two@db.invalid/",
        "https://oapi.invalid/robot/send?access_token=hunter22two",
        '{"a": [{"name": "clientSecret", "value": "hunter22two"}]}',
    ],
)
def test_texts_that_look_like_a_secret_are_gone(text: str) -> None:
    assert "hunter22two" not in json.dumps(clean({"description": text}))


@pytest.mark.parametrize(
    "value",
    [
        {"http_tokens": "required"},
        {"full_text": [{"token": ",;\n"}]},
        {"password": "${var.database}"},
        {"description": "password policy of the account"},
        {"secret_name": "dicom-ldap"},
        {"password": ""},
        {"envs": "[]", "empty": [], "map": "{}", "nested": [[], {}]},
        {"token": None},
    ],
)
def test_names_references_and_plain_words_stay(value: dict[str, Any]) -> None:
    assert clean(value) == value


def test_every_mark_of_the_providers_schema_counts() -> None:
    assert {"password", "kms_encrypted_password"} & hidden("alicloud_instance")
    assert "result" in hidden("random_password")
    for kind in ("alicloud_db_account", "alicloud_kvstore_instance", "alicloud_cs_managed_kubernetes"):
        marked = {
            name
            for name, body in shipped_store().find("managed", kind).schema["block"]["attributes"].items()  # type: ignore[union-attr]
            if body.get("sensitive")
        }
        assert marked
        assert marked <= hidden(kind)


def test_literals_in_the_configuration_of_modules_are_gone() -> None:
    child = {
        "variables": {"pw": {"sensitive": True, "default": MARK}},
        "resources": [
            {"type": "alicloud_instance", "mode": "managed", "expressions": {"password": {"constant_value": MARK}}}
        ],
        "outputs": {"o": {"sensitive": True, "expression": {"constant_value": MARK}}},
    }
    root = {
        "module_calls": {"m": {"expressions": {"pw": {"constant_value": MARK}}, "module": child}},
        "resources": [
            {
                "type": "alicloud_vpc",
                "mode": "managed",
                "expressions": {"vpc_name": {"constant_value": f"named-{MARK}"}, "id": {"references": ["var.pw"]}},
            }
        ],
    }
    found = redacted({"configuration": {"root_module": root}})
    assert MARK not in json.dumps(found)
    assert found["configuration"]["root_module"]["resources"][0]["expressions"] == {
        "vpc_name": {"constant_value": f"named-{REDACTED}"},
        "id": {"references": ["var.pw"]},
    }


def test_what_others_quote_is_scrubbed_and_words_stay() -> None:
    secrets = literals(
        {"variable": {"a": {"sensitive": True, "default": MARK}, "b": {"sensitive": True, "default": "a"}}}
    )
    assert scrubbed(f"got {MARK} in a", secrets) == f"got {REDACTED} in a"
