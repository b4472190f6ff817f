"""No plan and no review runs what a stack would run when it is applied."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan import provisioners
from dicom_cdk.plan.stack import Stack

MODULE = """
resource "null_resource" "inside" {
  provisioner "local-exec" {
    command = "echo ran >> %(ran)s"
  }
}
resource "terraform_data" "beside" {
  input = 1
  connection {
    host = "192.0.2.1"
  }
  provisioner "remote-exec" {
    inline = ["true"]
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ran >> %(ran)s"
  }
}
output "id" {
  value = null_resource.inside.id
}
"""


def folders(place: Path) -> tuple[Path, Path]:
    """Before and after: a stack and a module that run programs when they are applied, and write into the file `ran`."""
    ran: dict[str, Any] = {"local-exec": {"command": f"echo ran >> {place / 'ran'}"}}
    far = {"connection": {"host": "192.0.2.1"}, "provisioner": {"remote-exec": {"inline": ["true"]}}}
    for side in ("base", "head"):
        folder = place / side / "stacks/s"
        (folder / "m").mkdir(parents=True)
        (folder / "m/main.tf").write_text(MODULE % {"ran": place / "ran"})
        bodies = {"one": {"provisioner": [ran]}, "more": [{"provisioner": [ran, ran], "count": 2}], "far": far}
        gone = {"gone": {"provisioner": [{"local-exec": {**ran["local-exec"], "when": "destroy"}}]}}
        document = {
            "module": {"m": {"source": "./m"}},
            "resource": {"null_resource": {**bodies, **(gone if side == "base" else {})}},
            "output": {"side": {"value": side}},
        }
        (folder / "cdk.tf.json").write_text(json.dumps(document))
        stacks = {"s": {"name": "s", "workingDirectory": "stacks/s", "synthesizedStackPath": "stacks/s/cdk.tf.json"}}
        (place / side / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": stacks}))
    return place / "base", place / "head"


@pytest.mark.terraform
def test_nothing_of_a_stack_is_run_for_a_plan_from_a_base_or_for_a_review(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pull request could run what it liked where it was reviewed, and what calls a host waited five minutes for it."""
    base, head = folders(tmp_path)
    assert main(["plan", "--stack-dir", str(head / "stacks/s"), "--from", str(base)]) == 0, capsys.readouterr()
    assert "1 to destroy" in capsys.readouterr().out
    assert main(["review", str(base), str(head)]) == 0, capsys.readouterr()
    assert not (tmp_path / "ran").exists()


def test_only_what_runs_something_is_written_anew(tmp_path: Path) -> None:
    base, _ = folders(tmp_path)
    stack = Stack.read(base / "stacks/s")
    assert provisioners.without(stack).document["resource"]["null_resource"] == {
        "one": {}, "more": {"count": 2}, "far": {}, "gone": {},
    }  # fmt: skip
    ((place, text),) = provisioners.overrides(stack).items()
    assert place == Path("m", provisioners.OVERRIDE)
    said = json.loads(text)["resource"]
    assert {kind: list(named) for kind, named in said.items()} == {
        "null_resource": ["inside"], "terraform_data": ["beside"],
    }  # fmt: skip
    plain = Stack(stack.folder, {"resource": {"null_resource": {"n": {}}}})
    assert provisioners.without(plain) is plain
    assert provisioners.overrides(plain) == {}
