"""Our own wheel: bindings, assets, policies and facts are inside, and it works without the checkout."""

import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.conftest import ROOT


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


def test_it_carries_bindings_assets_and_facts(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "cdktf_cdktf_provider_alicloud/vpc/__init__.py",
        "cdktf_cdktf_provider_alicloud/LICENSE",
        "dicom_cdk/py.typed",
        "dicom_cdk/data/assets/docker_host/step.sh",
        "dicom_cdk/data/assets/gateway/default.conf.template",
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


def test_it_synthesizes_the_same_bytes_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    (tmp_path / "site.yaml").write_text((ROOT / "sites" / "dicom-sh.yaml").read_text())
    program = (
        "import sys, dicom_cdk, cdktf_cdktf_provider_alicloud as bindings\n"
        f"for module in (dicom_cdk, bindings): assert module.__file__.startswith({str(installed)!r}), module.__file__\n"
        "from dicom_cdk.cli import main\n"
        "sys.exit(main(['synth', '--site', 'site.yaml', '--out', 'out']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stack = "stacks/dicom-sh/cdk.tf.json"
    assert (tmp_path / "out" / stack).read_text() == (ROOT / "cdktf.out" / stack).read_text()
