"""`plan --provider real` takes providers from where the user's own Terraform takes them."""

import json
from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.offline import mirror
from dicom_cdk.plan import real
from dicom_cdk.plan.planning import Planned
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform

pytestmark = pytest.mark.terraform


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    folder.mkdir()
    source = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": ">= 1.289.0"}}}
    resource = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": source, "resource": resource}))
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, and no settings in the environment."""
    found = tmp_path / "home"
    found.mkdir()
    monkeypatch.setenv("HOME", str(found))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    return found


@pytest.mark.parametrize("by", ["home folder", "environment", "path from here"])
def test_a_mirror_of_the_users_settings_is_seen(
    by: str, stack: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = mirror.install(home / "offline")
    if by == "environment":
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(settings))
    elif by == "path from here":
        monkeypatch.chdir(home)
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(settings.relative_to(home)))
    else:
        (home / ".terraformrc").write_text(settings.read_text())
    found: list[str] = []

    def planned(of: Stack, program: Terraform, folder: Path, _: object) -> Planned:
        # What init took; to plan with the mirror's whole schema costs more than it proves here.
        found.append((folder / ".terraform.lock.hcl").read_text())
        return Planned(of, program, {})

    monkeypatch.setattr(real, "planned_in", planned)
    assert main(["plan", "--provider", "real", "--stack-dir", str(stack)]) == 0, capsys.readouterr()
    assert '"1.289.0+offline"' in found[0]


def test_a_build_of_the_users_own_and_their_variables_are_taken(
    stack: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built = next((mirror.install(home / "offline").parent).rglob("linux*/terraform-provider-alicloud*")).parent
    (built / "terraform-provider-alicloud").write_bytes(next(built.iterdir()).read_bytes())
    (built / "terraform-provider-alicloud").chmod(0o755)
    (home / ".terraformrc").write_text(
        f'provider_installation {{\n  dev_overrides {{\n    "aliyun/alicloud" = "{built}"\n  }}\n'
        f'  filesystem_mirror {{\n    path = "{home}"\n  }}\n}}\n'
    )
    document = json.loads((stack / "cdk.tf.json").read_text())
    document["variable"] = {"mine": {"type": "string"}, "nobodys": {"type": "string"}}
    document["output"] = {name: {"value": f"${{var.{name}}}"} for name in document["variable"]}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    monkeypatch.setenv("TF_VAR_mine", "said-by-me")
    plan = stack.parent / "plan.json"
    said = main(["plan", "--provider", "real", "--stack-dir", str(stack), "--json", str(plan)])
    assert said == 0, capsys.readouterr()
    outputs = json.loads(plan.read_text())["planned_values"]["outputs"]
    assert [outputs[name]["value"] for name in ("mine", "nobodys")] == ["said-by-me", "dummy-of-nobodys"]


def test_why_it_cannot_be_had_is_said_from_the_beginning(
    stack: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".terraformrc").write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{home}"\n  }}\n}}\n'
    )
    assert main(["plan", "--provider", "real", "--stack-dir", str(stack)]) == 69
    said = capsys.readouterr().err
    assert said.startswith("s: the real provider cannot be had: Error: ")
    assert (
        "install aliyun/alicloud 1.289.0 into a filesystem mirror or plug-in folder, or plan with --provider offline"
        in said
    )
