"""What is written without cdktf's preparing pass; that the bytes stay is held by test_synth.py and test_library.py together."""

import json
from pathlib import Path

import pytest
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_alicloud.log_store import LogStore
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider

from dicom_cdk.service.session import write


def stack(app: App, name: str) -> TerraformStack:
    made = TerraformStack(app, name)
    LocalBackend(made, path=f"{name}.tfstate")
    LogStore(made, "store", project_name="p", logstore_name="l")
    return made


def test_each_stack_and_the_manifest_are_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stacks = [stack(app, "clinic"), stack(app, "ward")]
    for one in stacks:
        AlicloudProvider(one, "alicloud")
    write(app, stacks, tmp_path)
    assert list(json.loads((tmp_path / "manifest.json").read_text())["stacks"]) == ["clinic", "ward"]
    by_us = {file.parent.name: file.read_text() for file in tmp_path.glob("stacks/*/cdk.tf.json")}
    app.synth()
    assert by_us == {file.parent.name: file.read_text() for file in tmp_path.glob("stacks/*/cdk.tf.json")}


def test_what_cdktf_refuses_is_refused_before_it_is_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    with pytest.raises(RuntimeError, match="Found resources without a matching provider"):
        write(app, [stack(app, "clinic")], tmp_path)
    assert not list(tmp_path.glob("stacks/*/cdk.tf.json"))
