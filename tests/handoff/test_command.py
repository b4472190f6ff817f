"""`dicom-cdk handoff`: what is in it, the same every time, never over something, all or nothing."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from dicom_cdk.handoff import command, folder
from dicom_cdk.handoff.errors import HandoffError
from dicom_cdk.payload.secrets_scan import findings
from tests.commanding import Done, dicom_cdk
from tests.conftest import ROOT
from tests.handoff.conftest import TODAY

pytestmark = pytest.mark.terraform

STACK = ROOT / "cdktf.out/stacks/dicom-sh"


def run(*arguments: str, cwd: Path = ROOT) -> Done:
    return dicom_cdk("handoff", *arguments, cwd=cwd)


def files(top: Path) -> dict[str, bytes]:
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def test_the_readme_names_everything_that_is_there(handed: Path) -> None:
    readme = (handed / "README.md").read_text()
    for path in sorted(handed.iterdir()):
        assert f"`{path.name}" in readme or f"{path.name}/" in readme or path.name == "README.md", path.name
    for inside in ("terraform", "docs", "plan", "iam", "images"):
        for path in (handed / inside).rglob("*"):
            name = path.name.replace("dicom-sh", "<stack>")
            assert path.is_dir() or name.rstrip("-0123456789.json") in readme, path


def test_the_same_stack_gives_the_same_archive_and_the_archive_is_the_folder(handed: Path, tmp_path: Path) -> None:
    command.run(tmp_path / "dicom-sh", [STACK], answers=None, today=TODAY)
    again = folder.archive_of(tmp_path / "dicom-sh").read_bytes()
    assert again == folder.archive_of(handed).read_bytes()
    with tarfile.open(folder.archive_of(handed)) as archive:
        assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in archive} == {(0, 0, 0, "", 0o644)}
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert files(tmp_path / "unpacked/dicom-sh") == files(handed)


def test_sha256sum_takes_the_checksums_and_they_cover_everything(handed: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=handed, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == len(files(handed)) - 1


def test_no_machine_day_or_secret_is_in_it(handed: Path) -> None:
    for name, data in files(handed).items():
        text = data.decode()
        assert str(ROOT) not in text, name
        assert "2026-11" not in text, name
        if not name.startswith("policies/"):
            lines = text.splitlines()
            # A log index splits words at these; the scan takes them for a token.
            told = [one for one in findings(text) if ", '\\\";=()[]{}" not in lines[one.line - 1]]
            assert told == [], name


def test_a_site_file_is_synthesized_for_it(tmp_path: Path) -> None:
    done = run(str(tmp_path / "out"), "--site", "examples/minimal.yaml")
    assert done.returncode == 0, done.stderr
    (stack,) = (tmp_path / "out/terraform").iterdir()
    assert f"{tmp_path / 'out'}: " in done.stdout
    assert (tmp_path / f"out/docs/{stack.name}/runbook.md").exists()


def test_a_bootstrap_stack_goes_first_in_the_runbook(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    shutil.copy(ROOT / "examples/minimal.yaml", site)
    site.write_text(site.read_text() + "\nstate: {bootstrap: true, backend: oss}\n")
    done = run(str(tmp_path / "out"), "--site", str(site), "--answers", str(ROOT / "examples/_answers.yaml"))
    assert done.returncode == 0, done.stderr
    main, bootstrap = sorted(path.name for path in (tmp_path / "out/terraform").iterdir())
    assert bootstrap == f"{main}-bootstrap"
    assert f"Apply the stack `{bootstrap}`" in (tmp_path / f"out/docs/{main}/runbook.md").read_text()
    backend = (tmp_path / f"out/terraform/{main}/backend.tf.example").read_text()
    assert "<" not in backend, "the site's own backend, filled in"
    assert "ots:PutRow" in (tmp_path / f"out/iam/{main}/deployer-policy.md").read_text()


def test_a_destination_that_is_taken_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "free.tar.gz").write_text("")
    for name, problem in {
        "full": "full: not empty, and nothing is overwritten; name a new folder, or empty this one",
        "file": "file: is a file; name a new folder",
        "free": "free.tar.gz: is there already, and nothing is overwritten; name another folder",
        "none/new": "none: no folder that can be written; make it, or name another one",
    }.items():
        before = files(tmp_path)
        done = run(str(tmp_path / name))
        assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", f"{tmp_path}/{problem}")
        assert files(tmp_path) == before


def test_a_very_long_name_is_taken(tmp_path: Path) -> None:
    destination = tmp_path / ("a" * 170)
    folder.write(destination, {f"{'b' * 120}/c": "text\n"})
    with tarfile.open(folder.archive_of(destination)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert files(tmp_path / "unpacked" / destination.name) == files(destination)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folder.write(tmp_path / "out", {"a/b": "text\n"})
    assert files(tmp_path / "out")["a/b"] == b"text\n"


def test_what_breaks_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "packed", full)
    with pytest.raises(HandoffError, match="out: No space left on device; name a folder that can be written"):
        folder.write(tmp_path / "out", {"a": "text\n"})
    assert list(tmp_path.iterdir()) == []


def test_a_stack_that_cannot_be_planned_is_not_handed_over(tmp_path: Path) -> None:
    bad = tmp_path / "clinic"
    bad.mkdir()
    document = {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud"}}},
        "resource": {"alicloud_vpc": {"v": {"cidr_block": "nonsense", "no_such": 1}}},
    }
    (bad / "cdk.tf.json").write_text(json.dumps(document))
    done = run(str(tmp_path / "out"), "--stack-dir", str(bad))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "clinic: cannot be planned, so it is not handed over"
    assert "no_such" in done.stderr
    assert not (tmp_path / "out").exists()


def test_findings_are_handed_over_with_a_warning(tmp_path: Path) -> None:
    bad = tmp_path / "clinic"
    bad.mkdir()
    document = {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud"}}},
        "resource": {"alicloud_security_group": {"g": {"security_group_name": "g", "inner_access_policy": "Accept"}}},
    }
    (bad / "cdk.tf.json").write_text(json.dumps(document))
    done = run(str(tmp_path / "out"), "--stack-dir", str(bad))
    assert done.returncode == 0, done.stderr
    assert "policy findings are handed over too: dicom-cdk check" in done.stderr
    assert "CKV2_DICOM" in (tmp_path / "out/docs/clinic/report.html").read_text()


def test_without_a_stack_it_says_what_to_do(tmp_path: Path) -> None:
    done = run(str(tmp_path / "out"), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("cdktf.out/stacks: no stack there; synthesize first")
    done = run(str(tmp_path / "out"), "--site", "a.yaml", "--stack-dir", "b")
    assert "not allowed with argument" in done.stderr
