"""The hand-off elsewhere, with Terraform or OpenTofu and a mirror: init, validate, the same plan, apply, nothing left to do."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff.folder import archive_of
from dicom_cdk.offline import mirror
from dicom_cdk.plan import terraform
from dicom_cdk.plan.planning import plan_offline
from dicom_cdk.plan.redaction import redacted
from dicom_cdk.plan.stack import Stack
from dicom_cdk.rehearsal.programs import ProgramMissing
from tests import commanding
from tests.conftest import ROOT
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = pytest.mark.terraform

VARIABLES = {
    "TF_VAR_gateway_certificate": "dummy-of-gateway_certificate",
    "TF_VAR_gateway_private_key": "dummy-of-gateway_private_key",
}
RANDOM = ("timestamp", "relevant_attributes", "terraform_version", "applyable", "complete", "errored")


@pytest.fixture
def module(handed: Path, tmp_path: Path) -> Path:
    """The root module, unpacked from the archive into another folder."""
    with tarfile.open(archive_of(handed)) as archive:
        archive.extractall(tmp_path / "elsewhere", filter="data")
    return tmp_path / "elsewhere/dicom-sh/terraform/dicom-sh"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mirror.install(tmp_path_factory.mktemp("mirror") / "mirror")


class Program:
    """terraform or tofu as a platform engineer calls it, in one folder."""

    def __init__(self, command: tuple[str, ...], folder: Path, settings: Path) -> None:
        self.command, self.folder = command, folder
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder.parent), "TF_CLI_CONFIG_FILE": str(settings),
            "DICOM_CDK_OFFLINE_APPLY": "1", "TF_IN_AUTOMATION": "1", **VARIABLES,
        }  # fmt: skip

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [*self.command, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


def tofu() -> tuple[str, ...]:
    found = shutil.which("tofu")
    if found is None:
        raise ProgramMissing("tofu is not installed: no Debian package; see OpenTofu's own instructions")
    return (found,)


@pytest.mark.parametrize("program", ["terraform", "tofu"])
def test_it_is_validated_planned_as_ours_and_applied_until_nothing_is_left(
    program: str, module: Path, settings: Path
) -> None:
    ours = terraform.find()
    run = Program(ours.command if program == "terraform" else tofu(), module, settings)
    run("init", "-input=false")
    assert json.loads(run("validate", "-json"))["valid"] is True
    run("plan", "-input=false", "-out=first")
    shown = redacted(json.loads(run("show", "-json", "first")))
    expected = plan_offline(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"), ours).plan
    assert expected is not None
    assert plain(shown) == plain(expected)
    assert f"{DEFAULT_SITE_RESOURCES} added" in run("apply", "-input=false", "first")
    run("plan", "-input=false", "-detailed-exitcode")
    outputs = json.loads(run("output", "-json"))
    assert outputs["gateway_url"]["value"] == "https://www.dicomweb-example.com"
    refused = subprocess.run(
        [*run.command, "destroy", "-auto-approve"], cwd=module, env=run.environment, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "prevent_destroy" in refused.stderr


def test_the_stages_of_the_tear_down_destroy_what_they_say_and_come_back(module: Path, tmp_path: Path) -> None:
    run = Program(terraform.find().command, module, commanding.mirror(tmp_path / "mirror"))
    run("init", "-input=false")
    run("apply", "-input=false", "-auto-approve")
    before = set(run("state", "list").split())
    runbook = (module.parents[1] / "docs/dicom-sh/runbook.md").read_text()
    blocks = [block for block in runbook.split("```") if "terraform destroy" in block and "-target=" in block]
    assert len(blocks) == 2
    for block in blocks:
        targets = [line.strip(" '\\\n") for line in block.splitlines() if "-target=" in line]
        run("destroy", "-auto-approve", *targets)
        gone = before - set(run("state", "list").split())
        assert gone == {target.removeprefix("-target=") for target in targets}, "no more and no less"
        before -= gone
    run("apply", "-input=false", "-auto-approve")
    run("plan", "-input=false", "-detailed-exitcode")


def plain(plan: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from run to run, and the lower bound on Terraform that only the hand-off has."""
    return {key: value for key, value in plan.items() if key not in RANDOM}
