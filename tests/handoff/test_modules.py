"""A stack with local modules is handed over whole: it can be planned from the hand-off alone."""

import json
from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.handoff import terraform_files
from dicom_cdk.handoff.errors import HandoffError
from dicom_cdk.plan.stack import Stack

pytestmark = pytest.mark.terraform

REQUIRED = 'terraform {\n  required_providers {\n    alicloud = { source = "aliyun/alicloud" }\n  }\n}\n'
OUTER = 'variable "name" {}\nmodule "inner" {\n  source = "../parts/inner"\n  name   = var.name\n}\n'
INNER = 'variable "name" {}\nresource "alicloud_oss_bucket" "b" {\n  bucket = var.name\n}\n'


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    for name, text in {"lib/outer": OUTER, "lib/parts/inner": INNER}.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "main.tf").write_text(REQUIRED + text)
    folder = tmp_path / "stacks/s"
    folder.mkdir(parents=True)
    source = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
    call = {"outer": {"source": "../../lib/outer", "name": "clinic"}}
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": source, "module": call}))
    return folder


def test_the_modules_come_along_and_the_hand_off_plans_alone(
    stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["handoff", str(tmp_path / "out"), "--stack-dir", str(stack)]) == 0, capsys.readouterr()
    given = tmp_path / "out/terraform/s"
    assert json.loads((given / "cdk.tf.json").read_text())["module"]["outer"]["source"] == "./modules/outer"
    assert (given / "modules/parts/inner/main.tf").read_text() == REQUIRED + INNER
    assert "oss:PutBucket" in "".join(file.read_text() for file in (tmp_path / "out/iam/s").glob("*.json"))
    assert "module.outer.module.inner.alicloud_oss_bucket.b" in (tmp_path / "out/docs/s/report.html").read_text()
    capsys.readouterr()
    assert main(["plan", "--stack-dir", str(given)]) == 0, capsys.readouterr()
    assert capsys.readouterr().out.endswith("s: 1 to create\n")


def test_a_modules_file_that_is_no_text_is_refused_by_name(stack: Path) -> None:
    binary = stack.parent.parent / "lib/outer/function.zip"
    binary.write_bytes(b"PK\xff\xfe")
    with pytest.raises(HandoffError, match=r"lib/outer/function\.zip: a module's file that is no text; take it out"):
        terraform_files.files(Stack.read(stack))
