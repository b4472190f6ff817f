"""Checkov is imported without what no policy needs here, and nobody else misses it."""

import json
import subprocess
import sys

import pytest

from dicom_cdk.policy import checkov_import
from tests.conftest import ROOT

LOADED = """\
import json, sys
from dicom_cdk.policy import catalogue
catalogue.load()
"""
LEFT_OUT = [*checkov_import.UNUSED, *checkov_import.OPTIONAL]


def _says(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def said() -> list[str]:
    """Of one process: what comes with Checkov, what docker says when it is used, what HCL is read as, what a later import of
    all the rest gives."""
    code = f"""import os, tempfile
tempfile.tempdir = tempfile.mkdtemp()
{LOADED}
print(json.dumps([name for name in sys.modules
    if name.startswith("checkov.terraform.checks.resource.aws.") or name.partition(".")[0] in {LEFT_OUT}]))
from checkov.common.images import image_referencer
try:
    image_referencer.docker.from_env()
except RuntimeError as error:
    print(error)
from checkov.common.util.parser_utils import eval_string
print(eval_string('{{a = [1, "b"]}}'), os.listdir(tempfile.gettempdir()))
import {", ".join(LEFT_OUT)}
print(*(one.__file__.rpartition('/')[2] for one in [{", ".join(LEFT_OUT)}]))
"""
    return _says(code).splitlines()


def test_neither_checks_of_other_clouds_nor_what_is_unused_is_imported(said: list[str]) -> None:
    assert json.loads(said[0]) == []


def test_what_is_left_out_and_used_all_the_same_says_so(said: list[str]) -> None:
    assert said[1] == (
        "docker.from_env: dicom-cdk imports Checkov without docker, which it needs for images of containers; report it"
    )


def test_hcl_is_parsed_without_a_file_that_anybody_may_lay_into_the_temporary_folder(said: list[str]) -> None:
    """Whoever imported Checkov unpickled it, or took longer to make it than for all the rest."""
    assert said[2] == "{'a': [1, 'b']} []"


def test_whoever_asks_for_a_package_afterwards_gets_the_real_one(said: list[str]) -> None:
    # Some policy of a user's own may need it.
    assert set(said[3].split()) == {"__init__.py", "report_types.py"}


def test_what_was_imported_before_stays_as_it_is() -> None:
    assert _says(
        f"import networkx\n{LOADED}\nimport networkx as now\nprint(now is networkx, now.DiGraph().size())"
    ) == ("True 0")
