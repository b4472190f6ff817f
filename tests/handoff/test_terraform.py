"""The hand-off elsewhere, with Terraform or OpenTofu and a mirror: init, validate, the same plan, apply, nothing left to do."""

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff.folder import archive_of
from dicom_cdk.plan import terraform
from dicom_cdk.plan.redaction.plan_json import redacted
from dicom_cdk.rehearsal.programs import ProgramMissing
from tests import commanding
from tests.plan.test_opentofu import alike
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = pytest.mark.terraform

VARIABLES = {
    "TF_VAR_gateway_certificate": "dummy-of-gateway_certificate",
    "TF_VAR_gateway_private_key": "dummy-of-gateway_private_key",
}
RANDOM = ("timestamp", "relevant_attributes", "terraform_version", "applyable", "complete", "errored")


class Program:
    """terraform or tofu as a platform engineer calls it, in one folder."""

    def __init__(self, command: tuple[str, ...], folder: Path, settings: Path) -> None:
        self.command, self.folder, self.settings = command, folder, settings
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder.parent), "TF_CLI_CONFIG_FILE": str(settings),
            "DICOM_CDK_OFFLINE_APPLY": "1", "TF_IN_AUTOMATION": "1", "GOGC": "off", "GOMEMLIMIT": "1GiB", **VARIABLES,
        }  # fmt: skip

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.command, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = self.run(*arguments)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@dataclass(frozen=True)
class Applied:
    """What the hand-off's root module became with a program: its folder with the state, and what was said on the way."""

    run: Program
    validated: dict[str, Any]
    planned: dict[str, Any]
    said: str


def tofu() -> tuple[str, ...]:
    found = shutil.which("tofu")
    if found is None:
        raise ProgramMissing("tofu is not installed: no Debian package; see OpenTofu's own instructions")
    return (found,)


@pytest.fixture(scope="module")
def applied(handed: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Applied]:
    """The root module, unpacked from the archive into another folder, initialized, planned and applied, once a program.

    To be read, or copied and then changed.
    """

    @cache
    def by(program: str) -> Applied:
        command = terraform.find().command if program == "terraform" else tofu()
        folder = tmp_path_factory.mktemp(program)
        with tarfile.open(archive_of(handed)) as archive:
            archive.extractall(folder / "elsewhere", filter="data")
        settings = commanding.mirror(folder / "mirror")
        run = Program(command, folder / "elsewhere/dicom-sh/terraform/dicom-sh", settings)
        run("init", "-input=false")
        validated = json.loads(run("validate", "-json"))
        run("plan", "-input=false", "-out=first")
        return Applied(run, validated, json.loads(run("show", "-json", "first")), run("apply", "-input=false", "first"))

    return by


@pytest.mark.parametrize("program", ["terraform", "tofu"])
def test_it_is_validated_planned_as_ours_and_applied_until_nothing_is_left(
    program: str, handed: Path, applied: Callable[[str], Applied]
) -> None:
    done = applied(program)
    assert done.validated["valid"] is True
    ours = json.loads((handed / "plan/dicom-sh.json").read_text())
    assert alike(plain(redacted(done.planned))) == alike(plain(ours))
    assert f"{DEFAULT_SITE_RESOURCES} added" in done.said
    done.run("plan", "-input=false", "-detailed-exitcode")
    outputs = json.loads(done.run("output", "-json"))
    assert outputs["gateway_url"]["value"] == "https://www.dicomweb-example.com"
    assert outputs["ldap_url"]["value"] == "ldap://172.18.92.189:389"
    refused = done.run.run("destroy", "-auto-approve", "-refresh=false")
    assert refused.returncode == 1
    assert "prevent_destroy" in refused.stderr


def test_the_stages_of_the_tear_down_destroy_what_they_say_and_come_back(
    handed: Path, applied: Callable[[str], Applied], tmp_path: Path
) -> None:
    before_it = applied("terraform").run
    shutil.copytree(before_it.folder, tmp_path / "module", symlinks=True)
    run = Program(before_it.command, tmp_path / "module", before_it.settings)
    before = set(run("state", "list").split())
    runbook = (handed / "docs/dicom-sh/runbook.md").read_text()
    blocks = [block for block in runbook.split("```") if "terraform destroy" in block and "-target=" in block]
    assert len(blocks) == 2
    for block in blocks:
        targets = [line.strip(" '\\\n") for line in block.splitlines() if "-target=" in line]
        run("destroy", "-auto-approve", "-refresh=false", *targets)
        gone = before - set(run("state", "list").split())
        assert gone == {target.removeprefix("-target=") for target in targets}, "no more and no less"
        before -= gone
    run("apply", "-input=false", "-auto-approve", "-refresh=false")
    run("plan", "-input=false", "-detailed-exitcode", "-refresh=false")


def plain(plan: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from run to run, and the lower bound on Terraform that only the hand-off has."""
    return {key: value for key, value in plan.items() if key not in RANDOM}
