"""From a construct path to the Python line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document, sources
from tests.conftest import ROOT
from tests.service.test_overlay import FILES
from tests.synthesized import Synthesized

KNOWN = {
    "network/vpc": ("network.py", "Vpc("),
    "archive/host/instance": ("docker_host.py", "Instance("),
    "database/instance": ("database.py", "DbInstance("),
    "directory/from-archive": ("directory.py", "allow_group("),
    "gateway/function": ("gateway.py", "Fcv3Function("),
    "secrets/role-archive": ("secrets.py", "ram.Role("),
    "storage/images": ("storage.py", "private_bucket("),
    "storage/images-acl": ("storage.py", "private_bucket("),
}


@pytest.mark.parametrize("path", sorted(KNOWN))
def test_the_line_is_that_of_the_call(path: str) -> None:
    name, call = KNOWN[path]
    found = sources.find(path)
    assert found is not None
    assert found.file.name == name
    assert call in found.file.read_text().splitlines()[found.line - 1]


@pytest.mark.parametrize("file", FILES)
def test_every_resource_of_every_example_has_a_python_line(file: str, stack_of: Callable[[str], Synthesized]) -> None:
    read = document.of_stack(Stack(Path("s"), stack_of(file).json))
    for address, one in read.resources.items():
        found, line = sources.place(read, address, ROOT)
        assert re.fullmatch(r"constructs/dicom_cdk/service/(?:(?:rooms|parts)/)?\w+\.py", found), (
            f"{address} ({one.path}) is at {found}:{line}"
        )
        assert "(" in (ROOT / found).read_text().splitlines()[line - 1]


def test_a_stack_of_another_program_is_placed_in_its_json(tmp_path: Path) -> None:
    folder = tmp_path / "stacks/other"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text('{\n "resource": {\n  "alicloud_vpc": {\n   "v": {}\n  }\n }\n}\n')
    read = document.read(folder)
    assert sources.place(read, "alicloud_vpc.v", tmp_path) == ("stacks/other/cdk.tf.json", 4)


def test_an_unknown_path_has_no_line() -> None:
    assert sources.find("nowhere/at/all") is None
