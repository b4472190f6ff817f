"""Payloads in files of a module or beside the stack are what hosts get; what Terraform fills in later stays as it is written."""

import base64
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.payload_files import read_in

SCRIPT = '#!/bin/sh\necho "${HOME}"\n'


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A module's folder and the stack's."""
    module, root = tmp_path / "module", tmp_path / "s"
    for folder in (module, root):
        folder.mkdir()
    (module / "init.sh").write_text(SCRIPT)
    (root / "beside.sh").write_text("beside\n")
    (module / "t.yaml").write_text("#cloud-config\nhostname: ${name}-$${kept}-${other}-${db_password}\n")
    (module / "loop.sh").write_text("%{ for x in list }x%{ endfor }")
    (tmp_path / "outside.sh").write_text("of another program\n")
    return module, root


def text(value: str, folders: tuple[Path, Path], argument: str = "user_data") -> str | None:
    """What is read in, None where the argument stays as it is."""
    (got,) = read_in({argument: value}, *folders).values()
    return None if got == value else base64.b64decode(got).decode()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('${file("${path.module}/init.sh")}', SCRIPT),
        ('${base64encode(file("${path.module}/init.sh"))}', SCRIPT),
        ('${filebase64("${path.module}/${"init"}.sh")}', SCRIPT),
        ('${file("${path.root}/beside.sh")}', "beside\n"),
        ('${file("beside.sh")}', "beside\n"),
        ("#!/bin/sh\necho $${HOME}", "#!/bin/sh\necho ${HOME}"),
        ('${base64encode("#!/bin/sh\\necho $${HOME}")}', "#!/bin/sh\necho ${HOME}"),
        ("${base64encode(<<EOT\nset -e\nEOT\n)}", "set -e\n"),
        (
            '${templatefile("${path.module}/t.yaml", { name = "pacs", other = alicloud_vpc.v.id, db_password = "geheim" })}',
            "#cloud-config\nhostname: pacs-${kept}-${other}-${db_password}\n",
        ),
    ],
)
def test_what_a_host_gets_is_read_in(value: str, read: str, folders: tuple[Path, Path]) -> None:
    assert text(value, folders) == read


@pytest.mark.parametrize(
    "value",
    [
        "echo ${alicloud_vpc.v.id}",
        '${file("${path.module}/missing.sh")}',
        '${file("${path.module}/../outside.sh")}',
        '${file("/etc/hostname")}',
        '${file("${path.module}/${var.name}.sh")}',
        '${templatefile("${path.module}/loop.sh", { list = [] })}',
        '${join("\\n", [file("${path.module}/init.sh")])}',
        "${base64encode(local.script)}",
        "${broken(",
    ],
)
def test_what_is_filled_in_later_or_lies_outside_stays_as_it_is_written(value: str, folders: tuple[Path, Path]) -> None:
    assert text(value, folders) is None


def test_payloads_are_read_in_at_any_depth_and_other_arguments_are_left_alone(folders: tuple[Path, Path]) -> None:
    given = '${file("${path.module}/init.sh")}'
    body: dict[str, Any] = {"node_groups": [{"user_data": given, "name": given}], "description": given}
    read = read_in(body, *folders)
    assert base64.b64decode(read["node_groups"][0]["user_data"]).decode() == SCRIPT
    assert (read["node_groups"][0]["name"], read["description"]) == (given, given)
    plain = {"user_data": "IyEvYmluL3No", "tags": {"a": "b"}}
    assert read_in(plain, *folders) is plain
