"""Broken files, whatever command they are given to: exit code 2, where, what is wrong and what to do; no traceback, no hang.

Everything here is refused before anything is started.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk import text_files
from dicom_cdk.cli import main
from dicom_cdk.plan.modules.stack_files import beside, contents, lay_out, passed_over
from dicom_cdk.plan.reading.plan_shape import misfit
from dicom_cdk.plan.stack import Stack
from tests.conftest import ROOT
from tests.plan.stacks import SOURCE, VPC

Break = Callable[[bytes], bytes]
BYTES: dict[str, tuple[Break, str]] = {
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "it is UTF-16"),
    "latin-1": (
        lambda text: text.replace(b"clinic", b"clinic-\xe9"),
        r"line \d+: byte E9 is no UTF-8; save it as UTF-8",
    ),
    "binary": (lambda _: bytes(range(256)), r"line 2: byte 80 is no UTF-8"),
}
"""How the bytes of any file can be broken, and what is said."""
JSON: dict[str, tuple[Break, str]] = {
    **BYTES,
    "byte order mark": (
        lambda text: b"\xef\xbb\xbf" + text,
        "it begins with a byte order mark; save it as UTF-8 without",
    ),
    "NUL": (lambda text: text[:1] + b"\0" + text[1:], "not JSON: Expecting property name"),
    "NUL at the end": (lambda text: text + b"\0", "not JSON: Extra data"),
    "truncated": (lambda text: text[: len(text) // 2], "not JSON: "),
    "empty": (lambda _: b"", "not JSON: it is empty"),
    "blanks": (lambda _: b" \n\n", "not JSON: it is empty"),
    "twice": (lambda text: text.replace(b'"clinic"', b'1, "a": 2, "a": 3'), 'not JSON: "a" stands twice in one map'),
    "too large": (
        lambda text: text.replace(b'"clinic"', b"1e999"),
        "not JSON: 1e999 is no number that a program can hold",
    ),
    "too long": (lambda text: text.replace(b'"clinic"', b"9" * 5_000), "not JSON: a number of more than 4,300 digits"),
    "NaN": (lambda text: text.replace(b'"clinic"', b"NaN"), "not JSON: NaN is no number of JSON"),
    "deep": (lambda text: text.replace(b'"clinic"', b"[" * 100_000), "not JSON: more than 100 lists and maps"),
    "two": (lambda text: text + text, "not JSON: Extra data"),
    "list": (lambda _: b"[]", ""),
    "null": (lambda _: b"null", ""),
    "number": (lambda _: b"3", ""),
}
HCL: dict[str, tuple[Break, str]] = {
    **BYTES,
    "NUL": (lambda text: text + b"\0", r"not HCL: got '\\x00'"),
    "truncated": (lambda text: text[: len(text) // 2], ":2: not HCL: the file ends inside a block"),
    "deep": (
        lambda text: text.replace(b'"clinic"', b"[" * 100_000),
        "not HCL: more than 100 brackets within each other",
    ),
    "deep blocks": (lambda text: text + b"a {" * 5_000, "not HCL: more than 100 blocks within each other"),
    "deep texts": (lambda text: text.replace(b'"clinic"', b'"${' * 3_000), "not HCL: more than 100 texts"),
    "no letter": (
        lambda text: text.replace(b"clinic", rb"\UFFFFFFFF"),
        r":2: not HCL: \\UFFFFFFFF is no letter of Unicode",
    ),
    "no end": (lambda text: text + b"/* and so on", "not HCL: got '/'"),
}
YAML: dict[str, tuple[Break, str]] = {
    **BYTES,
    "NUL": (lambda text: text + b"\0", "x0000"),
    "tab": (lambda text: b"\t" + text, "found character '.t' that cannot start"),
    "deep": (lambda _: b"a: " + b"[\n" * 5_000, "(more lists and maps within each other|deep)"),
    "date": (lambda _: b"a: 2020-13-45\n", ""),
    "number": (lambda _: b"a: !!int zz\n", ""),
    "digits": (lambda _: b"a: " + b"9" * 5_000 + b"\n", ""),
    "python": (lambda _: b'a: !!python/object/apply:os.system ["id"]\n', ""),
    "empty": (lambda _: b"", ""),
    "list": (lambda _: b"[3]\n", ""),
}
PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {"resources": [{"address": "alicloud_vpc.v", "type": "alicloud_vpc", "name": "v", "values": {}}]}
    },
    "resource_changes": [
        {
            "address": "alicloud_vpc.v",
            "type": "alicloud_vpc",
            "change": {"actions": ["create"], "after": {"a": "clinic"}},
        }
    ],
    "configuration": {"root_module": {"resources": [{"address": "alicloud_vpc.v", "expressions": {}}]}},
}


def stack_commands(folder: Path, good: Path) -> Iterator[list[str]]:
    yield from (
        [*words, "--stack-dir", str(folder)] for words in (["check"], ["plan"], ["answers"], ["cost"], ["preflight"])
    )
    yield ["report", "--stack-dir", str(folder), "--out", str(good / "out.html")]
    yield ["handoff", "--stack-dir", str(folder), str(good / "handed")]
    yield ["plan", "--stack-dir", str(good), "--from", str(folder)]
    yield ["review", str(folder), str(good)]
    yield ["review", str(good), str(folder)]


def written(place: Path, content: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path / "good/cdk.tf.json", json.dumps({**SOURCE, "resource": VPC}).encode()).parent


def refused(arguments: list[str], file: Path, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2, arguments
    told = capsys.readouterr()
    assert re.search(f"{re.escape(str(file))}.*{said}", told.err), (arguments, told.err)
    assert "Traceback" not in told.err
    assert len(told.err) < 2_000, "no more of the file than one line is shown"


@pytest.mark.parametrize("broken", JSON)
def test_a_broken_stack_is_refused_by_every_command(
    broken: str, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.dumps({**SOURCE, "resource": VPC, "locals": {"x": "clinic"}}, indent=1).encode()
    file = written(tmp_path / "stacks/s/cdk.tf.json", JSON[broken][0](whole))
    for arguments in stack_commands(file.parent, good):
        refused(arguments, file, JSON[broken][1], capsys)


@pytest.mark.parametrize(
    ("name", "broken"),
    [("x.tf", one) for one in HCL] + [("x.tf.json", one) for one in JSON if one not in ("list", "null", "number")],
)
def test_a_broken_file_of_a_module_is_refused(
    name: str, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = (JSON if name.endswith("json") else HCL)[broken]
    text = 'locals {\n  x = "clinic"\n}\n' if name.endswith("tf") else '{"locals": {"x": "clinic"}}'
    document = {**SOURCE, "resource": VPC, "module": {"m": {"source": "./m"}}}
    folder = written(tmp_path / "stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
    file = written(folder / "m" / name, change(text.encode()))
    for command in ("check", "answers", "cost"):
        refused([command, "--stack-dir", str(folder)], file, said, capsys)


def test_a_pipe_in_a_module_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command waited without end for somebody to write into it."""
    document = {**SOURCE, "resource": VPC, "module": {"m": {"source": "./m"}}}
    folder = written(tmp_path / "stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
    (folder / "m").mkdir()
    os.mkfifo(folder / "m/data")
    assert main(["answers", "--stack-dir", str(folder)]) == 0
    assert contents(Stack.read(folder)) == {}
    os.mkfifo(folder / "m/main.tf")
    for command in ("check", "plan", "answers"):
        refused([command, "--stack-dir", str(folder)], folder / "m/main.tf", "is a pipe, allowed is a file", capsys)


@pytest.mark.parametrize("name", ["payload.sh", "more.tf", "more.tf.json", "terraform.tfstate", "x.auto.tfvars"])
def test_a_pipe_or_a_device_beside_a_stack_is_not_waited_for(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`file()` waited without end for somebody to write into the pipe, in every command and in Terraform; a device has no end."""
    command = {"name": "c", "type": "RunShellScript", "command_content": f'${{filebase64("${{path.module}}/{name}")}}'}
    document = {**SOURCE, "resource": {"alicloud_ecs_command": {"c": command}}}
    for at in ("pipe", "device"):
        folder = written(tmp_path / f"{at}/stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
        if at == "pipe":
            os.mkfifo(folder / name)
        else:
            (folder / name).symlink_to("/dev/zero")
        for arguments in (["check"], ["answers"], ["cost"]):
            assert main([*arguments, "--stack-dir", str(folder)]) in (0, 1), capsys.readouterr()
        capsys.readouterr()
        stack = Stack.read(folder)
        assert beside(stack) == {}
        assert list(lay_out(stack, tmp_path / f"{at}/laid").iterdir()) == []
        told = [one for one in passed_over(stack) if one.startswith(f"{name} is not looked into: ")]
        assert len(told) == (name != "terraform.tfstate"), "a state beside the stack is nobody's input"


def test_what_has_no_end_is_refused(tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It took all memory, and came as a bug of ours."""
    (endless := tmp_path / "zero").symlink_to("/dev/zero")
    whole = written(tmp_path / "whole.json", b"[" + b" " * (3 * text_files.PART))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(text_files, "LARGEST", 2 * text_files.PART)
        for file in (endless, whole):
            for arguments in (
                ["check", "--stack-dir", str(good), "--plan", str(file)],
                ["drift", str(file)],
                ["plan", "--stack-dir", str(good), "--answers", str(file)],
                ["review", str(good), str(good), "--allow", str(file)],
                ["cost", "--stack-dir", str(good), "--prices", str(file)],
            ):
                refused(arguments, file, "it is larger than 2,097,152 bytes; is it the right file", capsys)


def test_a_link_that_leads_back_into_a_module_is_a_circle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It was followed a thousand times, and told by an address of as many parts."""
    document = {**SOURCE, "resource": VPC, "module": {"m": {"source": "./m"}}}
    folder = written(tmp_path / "stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
    written(folder / "m/main.tf", b'module "n" {\n  source = "./back"\n}\n')
    (folder / "m/back").symlink_to("../m")
    said = r"module\.m\.module\.n: modules call each other in a circle: m → m; break it"
    refused(["check", "--stack-dir", str(folder)], folder / "cdk.tf.json", said, capsys)


def test_more_calls_of_modules_than_anybody_writes_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document: Any = {**SOURCE, "resource": VPC, "module": {f"m{at}": {"source": "./m"} for at in range(1_000)}}
    folder = written(tmp_path / "stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
    written(folder / "m/main.tf", b"locals {\n  x = 1\n}\n")
    assert main(["answers", "--stack-dir", str(folder)]) == 0
    document["module"]["more"] = {"source": "./m"}
    written(folder / "cdk.tf.json", json.dumps(document).encode())
    said = r"module\.more: more than 1000 calls of modules; does one call itself\?"
    refused(["answers", "--stack-dir", str(folder)], folder / "cdk.tf.json", said, capsys)


def test_a_folder_that_is_gone_is_told_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform was said not to answer, or it came as a bug of ours."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["check", "--stack-dir", "/"]) == 2
    assert capsys.readouterr().err == "dicom-cdk: the folder that you are in is gone; go to one that is there\n"


def test_a_number_that_no_program_holds_stays_as_a_module_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {**SOURCE, "resource": VPC, "module": {"m": {"source": "./m"}}}
    folder = written(tmp_path / "stacks/s/cdk.tf.json", json.dumps(document).encode()).parent
    written(folder / "m/x.tf", b"locals {\n  x = 1e999\n  y = " + b"9" * 5_000 + b"\n}\n")
    assert main(["answers", "--stack-dir", str(folder)]) == 0, capsys.readouterr()


@pytest.mark.parametrize("broken", JSON)
def test_a_broken_plan_is_refused(broken: str, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "plan.json", JSON[broken][0](json.dumps(PLAN, indent=1).encode()))
    for arguments in (["drift", str(file)], ["check", "--plan", str(file), "--stack-dir", str(good)]):
        refused(arguments, file, JSON[broken][1], capsys)


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*place, key)
        yield from places(part, (*place, key))


@pytest.mark.parametrize("other", [3, "x", [3], {"a": 3}, [None], True], ids=str)
def test_a_plan_of_another_form_is_told_by_its_place(
    other: Any, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `check` and `drift`; 250 of 1,300 such plans ended as a bug of ours."""
    told = 0
    for place in places(PLAN):
        plan: Any = json.loads(json.dumps(PLAN))
        inner = plan
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = other
        if not misfit(plan):
            continue
        told += 1
        file = written(tmp_path / "plan.json", json.dumps(plan).encode())
        for arguments in (["drift", str(file)], ["check", "--plan", str(file), "--stack-dir", str(good)]):
            assert main(arguments) == 2, (place, arguments)
            assert capsys.readouterr().err.startswith(f"{file}: no"), place
    assert told > 8


def test_where_a_plan_has_another_form_is_said_in_words() -> None:
    assert misfit(PLAN) == ""
    assert misfit({"resource_changes": [3]}) == "resource_changes[0] is int, allowed is a map"
    assert misfit({"resource_changes": [{"address": "a", "type": "b"}]}) == (
        "resource_changes[0].change is missing, allowed is a map"
    )
    child: Any = {"root_module": {"child_modules": [{"resources": {}}]}}
    assert misfit({"planned_values": child}) == (
        "planned_values.root_module.child_modules[0].resources is dict, allowed is a list"
    )
    call: Any = {"root_module": {"module_calls": {"m": {"module": {"resources": [{"address": 3}]}}}}}
    assert misfit({"configuration": call}) == (
        "configuration.root_module.module_calls.m.module.resources[0].address is int, allowed is a text"
    )


@pytest.mark.parametrize("broken", YAML)
def test_a_broken_policy_allow_file_or_answers_file_is_refused(
    broken: str, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = YAML[broken]
    file = written(tmp_path / "own/a.yaml", change(b"a: clinic\n"))
    refused(["check", "--stack-dir", str(good), "--policies", str(file.parent)], file, said, capsys)
    refused(["review", str(good), str(good), "--allow", str(file)], file, said, capsys)
    refused(["provider", "serve", "--answers", str(file)], file, said, capsys)


@pytest.mark.parametrize("broken", [one for one in YAML if one not in ("deep", "digits")])
def test_a_broken_site_is_refused(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, _ = YAML[broken]
    site = (ROOT / "examples/minimal.yaml").read_bytes() + b"# clinic\n"
    file = written(tmp_path / "site.yaml", change(site))
    refused(["synth", "--site", str(file), "--out", str(tmp_path / "out")], Path("site.yaml"), "", capsys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys\nsys.exit(3)\n", "SystemExit: 3; correct the policy"),
        ("def f(): f()\nf()\n", "RecursionError"),
        ("x = 1\0", "source code string cannot contain null bytes"),
    ],
    ids=["ends the process", "without end", "NUL"],
)
def test_a_policy_that_cannot_be_loaded_is_refused(
    text: str, said: str, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "own/a.py", text.encode())
    refused(["check", "--stack-dir", str(good), "--policies", str(file.parent)], file, said, capsys)


@pytest.mark.parametrize("types", ["3", "null", "{a: b}", "[3]"])
def test_types_of_a_policy_that_are_no_list_are_refused(
    types: str, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"""
metadata: {{id: CKV2_OWN_1, name: own, category: NETWORKING}}
definition: {{cond_type: attribute, resource_types: {types}, attribute: vpc_name, operator: exists}}
"""
    file = written(tmp_path / "own/a.yaml", text.encode())
    said = "definition: resource_types is .*, allowed is a list of resource types"
    refused(["check", "--stack-dir", str(good), "--policies", str(file.parent)], file, said, capsys)
