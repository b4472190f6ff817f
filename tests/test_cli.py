"""The command line: what it prints where, and its exit codes."""

import argparse
import gc
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from dicom_cdk import cli
from tests.conftest import ROOT
from tools import command_reference

SITE = """\
name: clinic
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
"""


def test_synth_writes_a_site_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clinic.yaml").write_text(SITE)
    code = cli.main(["synth", "--site", str(tmp_path / "clinic.yaml"), "--out", str(tmp_path / "out")])
    printed = capsys.readouterr()
    assert code == 0
    assert printed.out.startswith("clinic: ")
    assert printed.out.rstrip().endswith("stacks/clinic/cdk.tf.json")
    assert "state.backend: oss" in printed.err
    assert (tmp_path / "out" / "stacks" / "clinic" / "cdk.tf.json").exists()


def test_refused_settings_exit_2_and_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clinic.yaml").write_text(SITE.replace("clinic", "Clinic"))
    code = cli.main(["synth", "--site", str(tmp_path / "clinic.yaml"), "--out", str(tmp_path / "out")])
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert "clinic.yaml:1: name: " in printed.err
    assert not (tmp_path / "out").exists()


def test_all_files_problems_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SITE + "nonsense: 1\n")
    assert cli.main(["synth", "--site", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr().err
    assert "one.yaml:5: nonsense" in printed
    assert "two.yaml:5: nonsense" in printed


def test_schema_is_json_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["nonsense"])
    assert stopped.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_an_own_bug_exits_70_and_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise RuntimeError("impossible")

    monkeypatch.setattr("dicom_cdk.settings.schema.schema_text", broken)
    assert cli.main(["schema"]) == 70
    assert "Please report it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["synth"], ["synth", "--site"], ["init"], ["plan", "--stack-dir"], ["check", "--plan"]]
)
@pytest.mark.parametrize("place", ["x" * 5000, "loop", "file/below"], ids=["long", "loop", "below a file"])
def test_a_place_that_no_system_has_is_told_in_words(
    command: list[str], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("file").write_text("")
    asked = (
        ["--name", "a", "--account-id", "1234567890123456", "--mail", "a@example.com"] if command == ["init"] else []
    )
    assert cli.main([*command, place, *asked]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert place[:40] in said


def test_output_into_a_file_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("")
    assert cli.main(["synth", str(ROOT / "examples/minimal.yaml"), "--out", str(tmp_path / "out")]) == 2
    assert "Not a directory" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == ""


def test_an_interrupted_run_says_that_nothing_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("dicom_cdk.settings.schema.schema_text", interrupted)
    assert cli.main(["schema"]) == 130
    assert "unchanged" in capsys.readouterr().err


def loaded_by(*arguments: str) -> set[str]:
    """Names of the packages that a command imports, in a process of its own."""
    program = (
        "import sys\nfrom dicom_cdk.cli import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print('\\n'.join(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_help_needs_neither_cdktf_nor_pydantic() -> None:
    assert not {"cdktf", "jsii", "pydantic", "yaml", "rich"} & loaded_by("--help")


def test_a_settings_error_is_told_without_starting_node(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("name: 1\n")
    assert not {"cdktf", "jsii", "checkov", "grpc"} & loaded_by("synth", "--site", str(tmp_path / "bad.yaml"))


def test_main_py_is_the_same_command_and_needs_neither_terraform_nor_node_on_path(tmp_path: Path) -> None:
    # What was compiled and unpacked before is found: by Python beside this folder, by jsii below the home.
    kept = {name: os.environ[name] for name in ("HOME", "PYTHONPYCACHEPREFIX") if name in os.environ}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--site", str(ROOT / "sites/dicom-sh.yaml"), "--out", "out"],
        cwd=tmp_path,
        env={**kept, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("dicom-sh: ")
    assert done.stderr.startswith("warning: dicom-sh: Terraform's state")
    assert len(done.stderr.splitlines()) == 1, "the cdktf command line reprints stderr as errors"
    committed = ROOT / "cdktf.out" / "stacks" / "dicom-sh" / "cdk.tf.json"
    assert (tmp_path / "out" / "stacks" / "dicom-sh" / "cdk.tf.json").read_text() == committed.read_text()


def test_the_command_reference_is_the_parser_and_names_every_promised_command() -> None:
    assert (ROOT / "docs/commands.md").read_text() == command_reference.text(), "make docs"
    for command in (
        "synth", "schema", "plan", "provider serve", "provider install", "check", "review", "handoff", "report", "rehearse",
        "smoke", "doctor", "preflight", "cost", "drift", "init", "completion",
    ):  # fmt: skip
        assert f"## `dicom-cdk {command}`\n" in command_reference.text()


def test_every_command_s_options_are_explained() -> None:
    for line in command_reference.text().splitlines():
        if line.startswith("| `"):
            assert not line.endswith("|  |"), line


def test_site_files_are_plain_words_and_site_means_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.yaml").write_text("name: 1\n")
    (tmp_path / "two.yaml").write_text("name: 2\n")
    assert cli.main(["synth", str(tmp_path / "one.yaml"), "--site", str(tmp_path / "two.yaml")]) == 2
    said = capsys.readouterr().err
    assert "one.yaml:1: name" in said
    assert "two.yaml:1: name" in said


def test_the_command_alone_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Where to begin:\n  dicom-cdk init ")
    named = [line.split()[1] for line in said.splitlines() if line.startswith("  dicom-cdk ")]
    assert set(named) < set(cli.COMMANDS)


def test_every_command_is_one_line_of_the_table_and_light_until_it_runs() -> None:
    program = (
        "import sys, importlib\nfrom dicom_cdk.cli import COMMANDS\n"
        "for module in COMMANDS.values():\n"
        "    found = importlib.import_module(module)\n"
        "    assert found.HELP and callable(found.add_words) and callable(found.run), module\n"
        "heavy = {'cdktf', 'jsii', 'pydantic', 'yaml', 'rich', 'grpc', 'checkov', 'requests'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_a_command_waits_for_no_words_of_another_and_an_unknown_one_hears_of_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    load = importlib.import_module

    def noted(name: str) -> ModuleType:
        asked.append(name)
        return load(name)

    monkeypatch.setattr(importlib, "import_module", noted)
    for words in (["synth", "--help"], ["provider", "serve", "--help"]):
        with pytest.raises(SystemExit):
            cli.main(words)
    assert asked == ["dicom_cdk.synth_cli", "dicom_cdk.offline.serve_cli"]
    assert capsys.readouterr().out.startswith("usage: dicom-cdk synth [-h]")
    with pytest.raises(SystemExit):
        cli.main(["sinth"])
    assert "'init', 'synth', 'plan'" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_completes_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert "review" in said
    assert "--stack-dir" in said or "stack-dir" in said
    assert str(ROOT) not in said


def test_version_project_and_changelog_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    done = subprocess.run([sys.executable, "-m", "dicom_cdk", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dicom-cdk", project]
    assert newest[1] == project


@pytest.mark.parametrize(
    ("said", "seen", "width"), [("50", 120, 50), ("0", 120, 120), ("wide", 60, 60), (None, 0, 80), (None, None, 80)]
)
def test_help_is_as_wide_as_the_terminal(
    said: str | None, seen: int | None, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def size(_: int) -> os.terminal_size:
        if seen is None:
            raise OSError("no terminal")
        return os.terminal_size((seen, 40))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.setattr(sys, "__stdout__", SimpleNamespace(fileno=lambda: 1))
    monkeypatch.delenv("COLUMNS", raising=False)
    if said is not None:
        monkeypatch.setenv("COLUMNS", said)
    assert shutil.get_terminal_size().columns == width
    ours, argparses = (helped(formatter, monkeypatch, capsys) for formatter in (cli._Help, argparse.HelpFormatter))
    assert ours == argparses


def helped(formatter: type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(cli, "_Help", formatter)
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main(["review", "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"), [(["schema"], 0), (["synth", "--nonsense"], 2), (["synth", "--site", "none.yaml"], 2)]
)
def test_a_command_ends_its_process_without_a_search_for_garbage(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: kept.append(True))
    monkeypatch.setattr(sys, "argv", ["dicom-cdk", *words])
    with pytest.raises(SystemExit, match=f"^{code}$"):
        cli.program()
    assert kept == [True]
