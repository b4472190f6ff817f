"""Our own wheel: bindings, assets, policies and facts are inside, and it works without the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (made,) = out.glob("dicom_cdk-*.whl")
    return made


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel installed, our dependencies seen, and no way to the checkout.

    A line in a .pth file shows it this environment's packages, but not the editable install, which is a .pth file itself.
    """
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin/python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)),
            *("install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel)),
        ],
        check=True,
    )
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def outside(python: Path, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CDKTF"))}
    return subprocess.run([str(python), *arguments], cwd=cwd, env=environment, capture_output=True, text=True)


IN_ONE = """\
import contextlib, io, json, sys
from dicom_cdk.cli import main
for arguments, said in json.loads(sys.argv[1]):
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = main(arguments)
    assert code == 0 and said in told.getvalue(), (arguments, code, told.getvalue())
"""
"""Commands one after the other, whose imports take longer than what they do."""


def test_in_a_clean_environment_every_command_works_outside_the_repository(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text((ROOT / "sites/dicom-sh.yaml").read_text())
    where = outside(
        clean,
        "-c",
        "import dicom_cdk, cdktf_cdktf_provider_alicloud as bindings; print(dicom_cdk.__file__, bindings.__file__)",
        cwd=tmp_path,
    )
    assert [Path(file).is_relative_to(clean.parents[1]) for file in where.stdout.split()] == [True, True], where.stderr
    made = outside(clean.with_name("dicom-cdk"), "synth", "--site", "site.yaml", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} resources in cdktf.out/stacks/dicom-sh/cdk.tf.json" in made.stdout
    stack = "cdktf.out/stacks/dicom-sh/cdk.tf.json"
    assert (tmp_path / stack).read_text() == (ROOT / stack).read_text()
    others = (
        (("plan",), f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create"),
        (("check",), "nothing failed"),
        (("review", "cdktf.out", "cdktf.out"), "no change"),
        (("report", "--out", "page.html"), "page.html"),
        (("handoff", "out", "--today", "2026-11-25"), "out.tar.gz"),
        (("schema",), '"title"'),
    )
    done = outside(clean, "-c", IN_ONE, json.dumps(others), cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_in_a_clean_environment_an_example_of_the_library_runs(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "rooms_alone.py").write_text((ROOT / "examples/library/rooms_alone.py").read_text())
    done = outside(clean, "rooms_alone.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cdktf.out/stacks/images/cdk.tf.json").exists()


def test_the_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    for what, source in (("--sdist", ROOT), ("--wheel", None)):
        if source is None:
            (packed,) = tmp_path.glob("dicom_cdk-*.tar.gz")
            with tarfile.open(packed) as archive:
                archive.extractall(tmp_path / "unpacked", filter="data")
            (source,) = (tmp_path / "unpacked").iterdir()
        subprocess.run(
            [sys.executable, "-m", "build", what, "--no-isolation", "--outdir", str(tmp_path), str(source)],
            check=True,
            capture_output=True,
        )
    (again,) = tmp_path.glob("dicom_cdk-*.whl")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    archive = zipfile.ZipFile(wheel)
    return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def test_it_carries_bindings_assets_and_facts(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "cdktf_cdktf_provider_alicloud/vpc/__init__.py",
        "cdktf_cdktf_provider_alicloud/LICENSE",
        "dicom_cdk/py.typed",
        "dicom_cdk/data/assets/docker_host/step.sh",
        "dicom_cdk/data/assets/gateway/default.conf.template.j2",
        "dicom_cdk/data/docs/site.schema.json",
        "dicom_cdk/data/provider/schema.json.gz",
    ):
        assert name in names
    assert not [name for name in names if "/cases/" in name or "tests/" in name]


def test_it_requires_nobody_elses_bindings(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    required = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist") or []
    assert [each for each in required if each.startswith("cdktf==0.21.0")]
    assert not [each for each in required if "alicloud" in each]
