"""`dicom-cdk report`: its forms, and folders that do not fit."""

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.commanding import Done, dicom_cdk, process
from tests.conftest import ROOT
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = pytest.mark.terraform


def run(*arguments: str, cwd: Path = ROOT) -> Done:
    return dicom_cdk("report", *arguments, cwd=cwd)


def test_the_page_is_written_beside_and_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "cdktf.out", tmp_path / "cdktf.out")
    done = process("report", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "dicom-sh.html\n", "")
    assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create" in (tmp_path / "dicom-sh.html").read_text()


def test_the_diagram_alone_is_a_picture_with_its_own_colours_or_mermaid_text(tmp_path: Path) -> None:
    for form in ("svg", "mmd"):
        assert run("--out", str(tmp_path / f"site.{form}")).returncode == 0
    root = ElementTree.parse(tmp_path / "site.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme" in (tmp_path / "site.svg").read_text()
    assert (tmp_path / "site.mmd").read_text().startswith("flowchart LR\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ("--out", "report.pdf"),
            "--out report.pdf: allowed are .html, .svg, .mmd, .txt (page, diagram alone, diagram as Mermaid text, "
            "sheets of modalities)",
        ),
        (("--stack-dir", "docs"),
         "docs/cdk.tf.json: No such file or directory; synthesize first, or name a stack's folder by --stack-dir"),
        (("--stack-dir", "a/one", "--stack-dir", "a/two"),
         "2 stacks there (one, two), a report is of one; name its folder by --stack-dir"),
        (("--out", "nowhere/report.svg"), "nowhere/report.svg: No such file or directory; name a file that can be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_reported_is_said(arguments: tuple[str, ...], problem: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", problem)
