"""`dicom-cdk doctor`: what it prints, and its exit codes."""

import json
import os
from pathlib import Path

from tests.commanding import Done, dicom_cdk
from tests.conftest import ROOT


def doctor(*arguments: str, cwd: Path = ROOT, **environment: str) -> Done:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ALIBABA_", "TF_VAR_"))}
    return dicom_cdk("doctor", *arguments, cwd=cwd, environment={**plain, **environment})


def test_a_whole_machine_lacks_nothing_and_says_what_to_look_at() -> None:
    done = doctor()
    assert (done.returncode, done.stderr) == (0, "")
    assert "ok      machine: Terraform: " in done.stdout
    assert "look    account: ICP filing of www.dicomweb-example.com" in done.stdout
    assert (
        "look    certificate: www.dicomweb-example.com: TF_VAR_gateway_certificate and TF_VAR_gateway_private_key not set"
        in done.stdout
    )


def test_a_wrong_certificate_is_exit_1_and_its_key_is_not_shown() -> None:
    done = doctor("--format", "json", TF_VAR_gateway_certificate="made up", TF_VAR_gateway_private_key="made-up-key")
    assert done.returncode == 1
    lacking = [one for one in json.loads(done.stdout) if one["verdict"] == "lacks"]
    assert [(one["area"], one["said"]) for one in lacking] == [
        ("certificate", "TF_VAR_gateway_certificate is no PEM certificate chain")
    ]
    assert "made-up-key" not in done.stdout


def test_asking_the_account_without_a_key_says_which_variables() -> None:
    done = doctor("--account")
    assert done.returncode == 1
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID or ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" in done.stdout


def test_without_a_stack_only_the_machine_is_looked_at(tmp_path: Path) -> None:
    done = doctor(cwd=tmp_path)
    assert done.returncode == 0
    assert "look    account: stacks: none synthesized" in done.stdout
    assert doctor("--stack-dir", "nowhere", cwd=tmp_path).returncode == 2
