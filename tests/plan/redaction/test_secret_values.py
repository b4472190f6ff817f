"""A marker in every secret place of a stack comes out of no command, in no format."""

import base64
import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.offline.store import ADDRESSES, Mode, shipped_store
from dicom_cdk.plan import terraform
from dicom_cdk.plan.redaction.plan_json import redacted
from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.redaction.secret_values import REDACTED, clean, hidden, literals
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.gate import judge
from dicom_cdk.policy.reports import FORMATS as POLICY_FORMATS
from dicom_cdk.review import folders
from dicom_cdk.review.before_after.values import differences
from dicom_cdk.review.reports import FORMATS as REVIEW_FORMATS
from dicom_cdk.review.review import review

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
    # Literals that reach a secret place from where nothing marks them.
    repeated = {
        "for_each": {"a": mark},
        "secret_name": "${each.key}",
        "secret_data": "${each.value}",
        "version_id": "v1",
    }
    one = {"secret_name": "one", "secret_data": '${local.users["a"]}', "version_id": "v1"}
    return {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}},
        "provider": {"alicloud": [{"region": "cn-shanghai", "access_key": mark, "secret_key": mark}]},
        "variable": {
            "v": {"default": mark, "sensitive": True},
            "admin_password": {"default": mark},
            "e": {"default": mark, "ephemeral": True},
            "m": {"default": {"a": mark}, "sensitive": True},
        },
        "locals": {"token": mark, "users": {"a": mark}},
        "output": {
            "o": {"value": mark, "sensitive": True},
            "db_password": {"value": mark},
            "told": {"value": "${var.v}", "sensitive": True},
        },
        "resource": {
            **json.loads(text),
            "alicloud_kms_secret": {"each": repeated, "one": one},
            # Copied by the provider into the argument that this one came after, and shown by a diagram.
            "alicloud_vpc": {"v": {"vpc_name": "${var.v}", "description": "${var.v}", "cidr_block": "10.0.0.0/16"}},
        },
    }


def folder(place: Path, document: dict[str, Any]) -> Path:
    target = place / "stacks/s"
    target.mkdir(parents=True)
    (target / "cdk.tf.json").write_text(json.dumps(document))
    return target


@pytest.mark.terraform
def test_no_command_says_a_secret_in_any_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that is said and written, but the configuration itself, which a hand-off brings as it is."""
    monkeypatch.chdir(tmp_path)
    seed = random.randrange(10**6)
    old, new = (stack(random.Random(seed), f"{MARK}-{seed}-{side}") for side in ("before", "after"))
    new["data"] = {"alicloud_kms_ciphertext": {"d": {"key_id": "k", "plaintext": f"{MARK}-{seed}"}}}
    base, head, out = tmp_path / "base", tmp_path / "head", tmp_path / "out"
    folder(base, old), folder(head, {key: part for key, part in new.items() if key != "data"})
    out.mkdir()
    asking = folder(tmp_path / "asking", new)
    refused = json.loads(json.dumps(new))
    refused["resource"]["alicloud_db_account"] = {"a": {"db_instance_id": "i", "account_name": "A B", "password": MARK}}
    wrong = folder(tmp_path / "wrong", refused)
    one = ["--stack-dir", str(head / "stacks/s")]
    codes = [main(["plan", *one, "--json", "out/plan.json"])]
    codes += [main(["plan", *one, "--from", str(base), "--json", "out/changed.json"])]
    main(["plan", "--stack-dir", str(wrong), "--json", "out/refused.json"])
    main(["answers", "--stack-dir", str(asking), "--output", "out/answers.yaml"])
    pairs = folders.pairs(base, head)
    found = [review(*pair, terraform.find()) for pair in pairs]
    for form, written in REVIEW_FORMATS.items():
        (out / f"review.{form}").write_text(written(found))
    judged = judge([of_stack(Stack.read(head / "stacks/s"))], catalogue.load(), datetime.date(2026, 11, 25))
    assert judged.of("failed")
    for form, told in POLICY_FORMATS.items():
        (out / f"check.{form}").write_text(told(judged))
    changed = json.loads((out / "changed.json").read_text())
    drifted = [one for one in changed["resource_changes"] if one["change"]["actions"] == ["update"]]
    secret = {"before": {"password": f"{MARK}-1"}, "after": {"password": f"{MARK}-2"}, "actions": ["update"]}
    drifted.append({"address": "alicloud_instance.r", "type": "alicloud_instance", "change": secret})
    (tmp_path / "drifted.json").write_text(json.dumps({**changed, "resource_drift": drifted}))
    for form in ("text", "json", "markdown"):
        main(["drift", "drifted.json", "--format", form, "--output", f"out/drift.{form}"])
    main(["report", *one, "--out", "out/report.html"])
    codes.append(main(["handoff", "out/handed", *one]))
    said = "".join(capsys.readouterr())
    assert set(codes) == {0}, said
    files = {
        file.relative_to(out).as_posix(): file.read_text()
        for file in out.rglob("*")
        if file.is_file() and file.suffix not in (".zip", ".gz") and "handed/terraform" not in file.as_posix()
    }
    assert len(files) > 40
    for name, text in {**files, "output": said}.items():
        at = text.find(MARK)
        assert at < 0, f"{name}: …{text[max(at - 300, 0) : at + 100]}…"


def marked(block: dict[str, Any], paths: frozenset[str], mark: str, path: str = "") -> dict[str, Any]:
    """A value of the block with `mark` at every one of `paths`, and one element in every nested block on the way."""
    found: dict[str, Any] = {}
    for name, facts in block.get("attributes", {}).items():
        below = f"{path}{name}"
        if below in paths:
            kind = facts["type"]
            outer = kind[0] if isinstance(kind, list) else "plain"
            found[name] = {"map": {"k": mark}, "list": [mark], "set": [mark]}.get(outer, mark)
    for name, facts in block.get("block_types", {}).items():
        inner = marked(facts["block"], paths, mark, f"{path}{name}.")
        if inner:
            found[name] = inner if facts["nesting_mode"] == "single" else [inner]
    return found


def test_a_marker_in_every_sensitive_place_of_every_type_comes_out_of_no_plan_and_no_review() -> None:
    store, seen = shipped_store(), 0
    for provider in ADDRESSES:
        for kind in store.names(provider, "managed"):
            paths = hidden(kind)
            facts = store.find("managed", kind)
            assert facts is not None
            before, after = (marked(facts.schema["block"], paths, f"{MARK}-{side}") for side in "ab")
            if not before:
                continue
            seen += 1
            change = {
                "actions": ["update"],
                "before": before,
                "after": after,
                "before_sensitive": {},
                "after_sensitive": {},
            }
            told = {name: {"constant_value": part} for name, part in after.items()}
            root = {"resources": [{"type": kind, "address": f"{kind}.r", "values": after, "sensitive_values": {}}]}
            plan = {
                "resource_changes": [{"type": kind, "address": f"{kind}.r", "change": change}],
                "resource_drift": [{"type": kind, "address": f"{kind}.r", "change": change}],
                "planned_values": {"root_module": {**root, "child_modules": [root]}},
                "configuration": {"root_module": {"resources": [{"type": kind, "expressions": told}]}},
            }
            assert MARK not in json.dumps(redacted(plan)), kind
            assert MARK not in str(differences(kind, before, after)), kind
            assert MARK not in json.dumps(clean(after, paths)), kind
    assert seen > 100


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
        '[{"parameter_key": "DbPassword", "parameter_value": "hunter22two"}]',
        "%{ if true }password=hunter22two%{ endif }",
        "password=%{ if var.a }hunter22two%{ endif }",
        '%{ for x in ["hunter22two"] }token: ${x}%{ endfor }',
        '${format("password=%s", "hunter22two")} of the database',
        '${format("password=%s-%s", "hunter22two", var.a)}',
        '${join("", ["token: ", "hunter22two"])}',
        '${replace("password=X", "X", "hunter22two")}',
        '${jsonencode({a = var.a, password = "hunter22two"})}',
        '${base64encode(jsonencode({api_key = "hunter22two"}))}',
        "${base64encode(<<EOT\npassword = hunter22two\nEOT\n)}",
    ],
)
def test_texts_that_look_like_a_secret_are_gone(text: str) -> None:
    assert "hunter22two" not in json.dumps(clean({"description": text}))


@pytest.mark.parametrize(
    "said", ["password=hunter22two", '{"api_key":"hunter22two"}', "db: https://u:hunter22two@db.invalid/"]
)
def test_what_base64_encodes_is_looked_at(said: str) -> None:
    encoded = base64.b64encode(said.encode()).decode()
    for text in (encoded, f"run {encoded} now"):
        assert clean(text) == REDACTED
    plain = base64.b64encode(b"#!/bin/sh\nexec nginx\n").decode()
    assert clean(f"run {plain}") == f"run {plain}"


def test_a_secret_that_is_put_together_is_found_as_it_comes_to() -> None:
    account = {"account_password": '${format("%s!", local.word)}'}
    document = {
        "locals": {"word": "hunter22two"},
        "variable": {"given": {"default": "other-words"}},
        "resource": {"alicloud_db_account": {"a": account, "b": {"account_password": "${var.given}"}}},
    }
    assert {"hunter22two!", "other-words"} <= literals(document)


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
        {"description": "%{ if var.a }the password policy%{ endif } of ${var.b}"},
        {"content": "password=${random_password.p.result}"},
        {"content": '${format("password=%s", random_password.p.result)}'},
        {"content": '${jsonencode({name = "DB_TOKEN", key = alicloud_kms_key.k.id})}'},
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


@pytest.mark.parametrize(
    ("mode", "kind", "value"),
    [
        ("managed", "alicloud_vpc_bgp_group", {"auth_key": MARK}),
        ("managed", "alicloud_launch_template", {"userdata": MARK}),
        ("managed", "alicloud_cs_kubernetes_node_pool", {"pre_user_data": MARK}),
        ("managed", "alicloud_cs_managed_kubernetes", {"certificate_authority": {"client_key": MARK}}),
        ("managed", "alicloud_service_mesh_service_mesh", {"kubeconfig": MARK}),
        ("managed", "alicloud_nas_smb_acl_attachment", {"keytab": MARK}),
        ("managed", "alicloud_rds_clone_db_instance", {"server_key": MARK}),
        ("managed", "alicloud_fcv2_function", {"environment_variables": {"A": MARK}}),
        ("managed", "alicloud_edas_k8s_application", {"envs": {"A": MARK}}),
        ("managed", "alicloud_oos_execution", {"parameters": MARK}),
        ("managed", "alicloud_cdn_domain", {"auth_config": [{"master_key": MARK, "slave_key": MARK}]}),
        ("managed", "alicloud_gpdb_jdbc_data_source", {"jdbc_connection_string": MARK}),
        ("data", "alicloud_oos_secret_parameters", {"parameters": [{"value": MARK}]}),
        ("data", "alicloud_cas_certificates", {"certificates": [{"key": MARK}]}),
        ("data", "alicloud_fcv3_functions", {"functions": [{"environment_variables": {"A": MARK}}]}),
        ("data", "alicloud_sae_applications", {"applications": [{"envs": MARK}]}),
        ("data", "alicloud_ecs_invocations", {"invocations": [{"parameters": MARK}]}),
        ("data", "alicloud_rds_backups", {"backups": [{"backup_download_url": MARK}]}),
        ("data", "alicloud_ecd_ad_connector_directories", {"directories": [{"ad_connectors": [{"trust_key": MARK}]}]}),
        ("data", "alicloud_vpn_connections", {"connections": [{"vpn_bgp_config": [{"auth_key": MARK}]}]}),
    ],
)  # fmt: skip
def test_what_the_provider_forgets_to_mark_is_gone_in_resources_and_where_data_sources_list_them(
    mode: Mode, kind: str, value: dict[str, Any]
) -> None:
    assert MARK not in json.dumps(clean(value, hidden(kind, mode)))


def test_a_list_of_what_holds_no_secret_is_shown() -> None:
    assert hidden("alicloud_vpcs", "data") == hidden("alicloud_vswitches", "data") == frozenset()


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


@pytest.mark.terraform
def test_what_was_secret_before_a_change_shows_in_no_plan_of_the_change(tmp_path: Path) -> None:
    """Handed on under names that tell nothing, and gone from the configuration by then."""
    for side in ("base", "head"):
        place = folder(tmp_path / side, handing_on(f"{MARK}-{side}"))
        (place / "m").mkdir()
        (place / "m/main.tf").write_text(
            'variable "shown" {\n}\nvariable "db_password" {\n  sensitive = true\n}\nresource "terraform_data" "in" {\n'
            '  input = { a = nonsensitive(var.db_password), b = "${var.shown}" }\n}\n'
        )
    words = ["--stack-dir", str(tmp_path / "head/stacks/s"), "--from", str(tmp_path / "base")]
    assert main(["plan", *words, "--json", str(tmp_path / "plan.json")]) == 0
    said = (tmp_path / "plan.json").read_text()
    assert [mark for mark in (MARK, MARK[::-1], MARK.lower()) if mark in said] == []


def handing_on(mark: str) -> dict[str, Any]:
    return {
        "variable": {"site": {"default": {"db": {"password": mark}}}},
        "locals": {"cfg": {"api_key": f"local-{mark[::-1]}"}},
        "module": {"m": {"source": "./m", "db_password": f"module-{mark.lower()}", "shown": "${local.cfg.api_key}"}},
        "resource": {"terraform_data": {"t": {"input": "by ${var.site.db.password}"}}},
    }


def test_ids_by_which_random_values_are_imported_are_secret_however_they_are_said() -> None:
    document = {
        "variable": {"one": {"default": "made-up-one"}, "many": {"default": {"a": "made-up-many"}}},
        "locals": {"named": {"a": {"id": "made-up-named", "room": "archive"}}},
        "import": [
            {"to": "random_password.a", "id": "made-up-plain"},
            {"to": "module.m.random_bytes.b", "id": "${var.one}"},
            {"for_each": "${var.many}", "to": "random_password.c[each.key]", "id": "${each.value}"},
            {"for_each": "${local.named}", "to": "random_password.d[each.key]", "id": '${each.value["id"]}'},
            {"for_each": ["made-up-listed"], "to": "random_id.e[each.key]", "id": "${each.value}"},
            {"to": "alicloud_oss_bucket.b", "id": "clinic-images"},
        ],
    }
    assert literals(document) == {f"made-up-{one}" for one in ("plain", "one", "many", "named", "listed")}
