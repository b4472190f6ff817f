"""`dicom-cdk review`: folders that do not fit, allow files, whole stacks that come and go, forms of the report."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dicom_cdk.review import command
from tests.browsing import DESKTOP, PHONE, Opened, complaints, overflow
from tests.commanding import Done, dicom_cdk, process
from tests.conftest import ROOT
from tests.interrupting import interruptible
from tests.policy.mutation import mutated
from tests.policy.test_mutations import SITE
from tests.review.test_kinds import KINDS, TODAY, put, review

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

LOGS = {
    **SITE,
    "resource": {kind: SITE["resource"][kind] for kind in ("alicloud_log_project", "alicloud_log_store")},
    "output": {},
    "variable": {},
}
"""As much of the site as a loss needs."""
LOSING = mutated(LOGS, KINDS["replaced-logs"])
ALLOWED = "- {address: alicloud_log_store.logs_gateway, reason: logs were exported on Monday}\n"


def run(*arguments: str, cwd: Path = ROOT) -> Done:
    return dicom_cdk("review", "--today", "2026-11-25", *arguments, cwd=cwd)


def test_what_is_lost_exits_3_unless_an_allow_file_names_it(tmp_path: Path) -> None:
    base, head = put(tmp_path / "base", LOGS), put(tmp_path / "head", LOSING)
    done = process("review", "--today", "2026-11-25", base, head)
    assert done.returncode == 3
    assert "replace alicloud_log_store.logs_gateway: logs" in done.stdout
    assert done.stderr.startswith("data could be lost: name each address with a reason in an allow file")
    (tmp_path / "allow.yaml").write_text(ALLOWED)
    done = run(str(base), str(head), "--allow", str(tmp_path / "allow.yaml"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "alicloud_log_store.logs_gateway: logs. Allowed: logs were exported on Monday" in done.stdout


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ALLOWED.replace("gateway,", "other,"), "logs_other is not lost by this change; lost is: alicloud_log_store.logs_gateway;"),
        ("address: a\n", "got dict, allowed is a list of {address: ..., reason: ...}"),
        ("- {address: a}\n", "entry 1: allowed are exactly the keys address and reason"),
        ("- {address: a, reason: because}\n", "entry 1: reason is 'because', allowed are 10 letters or more; say why"),
        ("- [", "not YAML: "),
    ],
)  # fmt: skip
def test_an_allow_file_that_does_not_fit_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    base, head = put(tmp_path / "base", LOGS), put(tmp_path / "head", LOSING)
    (tmp_path / "allow.yaml").write_text(text)
    done = run(str(base), str(head), "--allow", str(tmp_path / "allow.yaml"))
    assert done.returncode == 2
    assert problem in done.stderr


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (None, "no such folder; name a folder that synth wrote, such as cdktf.out"),
        (
            "empty",
            "neither cdk.tf.json nor stacks/NAME/cdk.tf.json in it; name a folder that synth wrote, such as cdktf.out",
        ),
    ],
)
def test_a_folder_that_is_no_synth_is_refused(make: str | None, problem: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    if make:
        other.mkdir()
    done = run(str(other), "cdktf.out")
    assert done.returncode == 2
    assert done.stderr.strip() == f"{other}: {problem}"


def test_a_stack_that_goes_is_lost_with_all_its_data(tmp_path: Path) -> None:
    base = put(tmp_path / "base", SITE)
    head = tmp_path / "head/stacks/other"
    head.mkdir(parents=True)
    (head / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}}))
    done = run(str(base), str(tmp_path / "head"))
    assert done.returncode == 3
    assert f"dicom-sh: the stack is gone: {sum(map(len, SITE['resource'].values()))} to destroy" in done.stdout
    assert "destroy alicloud_oss_bucket.storage_images: objects of the bucket" in done.stdout
    assert "other: a new stack: 1 to create" in done.stdout


def test_other_outputs_and_provider_versions_are_told(tmp_path: Path) -> None:
    head = json.loads(json.dumps(SITE))
    head["terraform"]["required_providers"]["alicloud"]["version"] = "~> 1.290.0"
    head["output"]["bucket"]["value"] = "another"
    code, said = review(tmp_path, head)
    assert code == 0
    assert "- alicloud: ~> 1.289.0 → ~> 1.290.0" in said
    assert "- bucket: ${alicloud_oss_bucket.storage_images.bucket} → another" in said


def test_a_rename_that_is_declared_destroys_nothing(tmp_path: Path) -> None:
    head = mutated(SITE, KINDS["renamed"])
    head["moved"] = [{"from": "alicloud_kms_alias.secrets_key-alias", "to": "alicloud_kms_alias.secrets_other"}]
    code, said = review(tmp_path, head)
    assert code == 0
    assert "**dicom-sh**: no changes" in said
    assert "moved" not in said


def test_json_is_whole_and_stable(tmp_path: Path) -> None:
    code, said = review(tmp_path, LOSING, base_document=LOGS, format="json")
    told = json.loads(said)
    assert code == 3
    assert told["data_could_be_lost"] is True
    (stack,) = told["stacks"]
    assert stack["losses"] == [
        {
            "address": "alicloud_log_store.logs_gateway",
            "action": "replace",
            "what": "logs",
            "reason": "",
            "came_from": "",
            "allowed": False,
        }
    ]
    (replaced,) = [one for one in stack["changes"] if one["address"] == "alicloud_log_store.logs_gateway"]
    assert replaced["forced_by"] == ["logstore_name"]
    assert replaced["held"] is True


def test_a_huge_change_of_a_file_is_cut_and_counted(tmp_path: Path) -> None:
    lines = "\n".join(f"echo {number}" for number in range(900))
    change = {
        "file": {"alicloud_ecs_command.archive_schema_command": {"schema.sh": ["step_begin ", f"{lines}\nstep_begin "]}}
    }
    _, said = review(tmp_path, mutated(SITE, change))
    assert " more lines" in said
    assert len(said) < 65536


def test_the_page_is_one_file_that_fetches_nothing(tmp_path: Path) -> None:
    _, said = review(tmp_path, LOSING, base_document=LOGS, format="html")
    assert said.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in said
    assert "Data could be lost: 1 resource that holds data would be destroyed or replaced" in said
    assert "<script" not in said
    assert "http" not in said.replace("http_", "")


def test_without_checkov_the_review_says_that_policies_were_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    base, head = put(tmp_path / "base", SITE), put(tmp_path / "head", mutated(SITE, KINDS["updated"]))
    file = tmp_path / "review.md"
    command.run(base, head, format="markdown", allowed=None, output=file, answers=None, today=TODAY)
    said = file.read_text()
    assert "- not judged: install dicom-cdk[policy]" in said


def test_the_page_is_readable_by_everybody(opened: Opened, tmp_path: Path) -> None:
    base, head = put(tmp_path / "base", LOGS), put(tmp_path / "head", LOSING)
    file = tmp_path / "review.html"
    assert run(str(base), str(head), "--also", f"html={file}", "--output", str(tmp_path / "review.txt")).returncode == 3
    assert "replace alicloud_log_store.logs_gateway: logs" in (tmp_path / "review.txt").read_text()
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        with opened(file, size, scheme) as shown:
            assert "Data could be lost: 1 resource that holds data" in shown.locator("header").inner_text()
            shown.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            assert complaints(shown) == []
            assert overflow(shown) == []


@pytest.mark.parametrize("later_seconds", [0.2, 0.8])
def test_an_interrupted_review_ends_at_once_and_without_a_trace(later_seconds: float, tmp_path: Path) -> None:
    base, head = put(tmp_path / "base", SITE), put(tmp_path / "head", mutated(SITE, KINDS["replaced-logs"]))
    with interruptible():
        running = subprocess.Popen(
            [sys.executable, "-m", "dicom_cdk.cli", "review", str(base), str(head)],
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while not children.read_text():
        time.sleep(0.02)
    time.sleep(later_seconds)
    os.killpg(running.pid, signal.SIGINT)
    said, told = running.communicate(timeout=60)
    assert (told, running.returncode, said) == (
        "dicom-cdk: interrupted; what was there before is unchanged\n",
        130,
        "",
    )
