"""Use as a library: what is public stays so, is lazy, works in other people's apps; examples run, plan and pass the policies."""

import datetime
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_alicloud.log_store import LogStore
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from constructs import Construct

import dicom_cdk
from dicom_cdk import DicomStack, load_site, synth_app
from dicom_cdk.plan import terraform
from dicom_cdk.plan.planning import plan_offline
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import judge
from tests.conftest import ROOT
from tools import api_reference

pytestmark = pytest.mark.terraform

PUBLIC = [
    "BootstrapStack", "DicomStack", "Identity", "SettingsError", "SiteSettings", "load_site", "load_sites", "synth_app",
    "synthesize", "waive",
]  # fmt: skip
SITE = ROOT / "sites/dicom-sh.yaml"


def run(script: Path, *arguments: str, cwd: Path) -> Path:
    environment = {name: value for name, value in os.environ.items() if name != "CDKTF_OUTDIR"}
    done = subprocess.run(
        [sys.executable, str(script), *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return cwd / "cdktf.out/stacks"


def test_what_is_public_is_what_this_list_says_and_all_of_it_can_be_had() -> None:
    assert dicom_cdk.__all__ == PUBLIC
    for name in PUBLIC:
        assert inspect.getdoc(getattr(dicom_cdk, name)), name
        assert name in dir(dicom_cdk)
    with pytest.raises(AttributeError, match="module 'dicom_cdk' has no attribute 'Site'"):
        dicom_cdk.Site  # noqa: B018


def test_importing_the_package_starts_nothing() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c", "import dicom_cdk, sys; dicom_cdk.load_site\n"
              "print([name for name in sys.modules if name in ('jsii', 'cdktf', 'pydantic')])"),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_the_api_reference_is_the_sources() -> None:
    assert (ROOT / "docs/api.md").read_text() == api_reference.text(), "make docs"
    assert [name for name in PUBLIC if f"### {name}\n" not in api_reference.text()] == []


def test_an_app_of_somebody_else_writes_the_same_stack_and_what_is_beside_it(tmp_path: Path) -> None:
    stacks = run(ROOT / "examples/library/service_with_more.py", str(SITE), cwd=tmp_path)
    made = json.loads((stacks / "dicom-sh/cdk.tf.json").read_text())
    ours = json.loads((ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text())
    more = made["resource"]["alicloud_log_store"].pop("audit")
    assert made["output"].pop("audit_store")["value"] == "${alicloud_log_store.audit.logstore_name}"
    assert {**made, "//": None} == {**ours, "//": None}
    assert more["project_name"] == "${alicloud_log_project.logs_project.project_name}"


def test_rooms_alone_are_planned_and_pass_the_policies(tmp_path: Path) -> None:
    stacks = run(ROOT / "examples/library/rooms_alone.py", cwd=tmp_path)
    stack = Stack.read(stacks / "images")
    planned = plan_offline(stack, terraform.find())
    assert planned.plan is not None, planned.findings
    assert len(planned.plan["resource_changes"]) == 40
    # A range: a mirror may hold a later release than the bindings were made from.
    assert stack.document["terraform"]["required_providers"]["random"]["version"] == "~> 3.7"
    judgement = judge([document.of_stack(stack)], catalogue.load(), datetime.date(2026, 11, 25))
    # Nothing runs here that could read the secrets, and the gate rightly says so.
    assert {one.policy.id for one in judgement.of("failed")} == {"CKV2_DICOM_105"}


def test_two_constructs_that_would_share_an_address_are_refused(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = DicomStack(app, load_site(SITE))
    beside = Construct(stack, "a")
    for scope, name in ((stack, "a_b"), (beside, "b")):
        LogStore(scope, name, project_name="p", logstore_name="l")
    with pytest.raises(
        ValueError, match=r"stack dicom-sh: dicom-sh/a.* and dicom-sh/a.* would both be a_b; give one of them"
    ):
        synth_app(app)


def test_stacks_of_other_classes_are_left_as_cdktf_writes_them(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    other = TerraformStack(app, "other")
    AlicloudProvider(other, "alicloud")
    scope = Construct(other, "inner")
    LogStore(scope, "store", project_name="p", logstore_name="l")
    DicomStack(app, load_site(SITE))
    found = {stack.name: stack for stack in synth_app(app)}
    assert set(found) == {"dicom-sh", "other"}
    (name,) = json.loads(found["other"].file.read_text())["resource"]["alicloud_log_store"]
    assert name.startswith("inner_store_")
    assert found["dicom-sh"].file.read_text() == (ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text()
