"""Bindings move to a release whose facts are here, whole or not at all; the build itself is stood in for."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from provider.bindings import move, source
from provider.bindings.source import BINDINGS, PROVIDER, VERSION

OTHER = "1.288.0"


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, ...]:
    """Copies of the texts that carry the release."""
    copies = []
    for path in move.TEXTS:
        copy = tmp_path / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copies.append(Path(shutil.copyfile(path, copy)))
    monkeypatch.setattr(move, "TEXTS", tuple(copies))
    return tuple(copies)


def build(folder: Path, code: int) -> list[str]:
    """Stands in for build.py: notes the release that package.json names, then ends with `code`."""
    script = folder / "build.py"
    script.write_text(
        "import json, sys, pathlib\n"
        f"named = json.loads(pathlib.Path({str(folder / 'bindings/package.json')!r}).read_text())['version']\n"
        f"pathlib.Path({str(folder / 'built')!r}).write_text(named + ' ' + ' '.join(sys.argv[1:]))\n"
        f"raise SystemExit({code})\n"
    )
    return [sys.executable, str(script), "--update"]


def test_all_texts_name_the_new_release_when_its_wheel_is_built(tmp_path: Path, texts: tuple[Path, ...]) -> None:
    assert move.move(OTHER, build(tmp_path, 0)) == 0
    assert (tmp_path / "built").read_text() == f"{OTHER} --update"
    for path in texts:
        text = path.read_text()
        assert VERSION not in text
        assert OTHER in text


@pytest.mark.parametrize("code", [1, 69])
def test_all_is_as_before_when_the_build_fails(tmp_path: Path, texts: tuple[Path, ...], code: int) -> None:
    before = [path.read_bytes() for path in texts]
    assert move.move(OTHER, build(tmp_path, code)) == code
    assert (tmp_path / "built").read_text() == f"{OTHER} --update"
    assert [path.read_bytes() for path in texts] == before


def test_a_longer_number_that_holds_the_release_stays() -> None:
    assert move.moved(f"{VERSION} {VERSION}1 2{VERSION} {VERSION}.4 ~> {VERSION}.", OTHER) == (
        f"{OTHER} {VERSION}1 2{VERSION} {VERSION}.4 ~> {OTHER}."
    )


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ("v1.290.0", "VERSION=v1.290.0: is no release; allowed is a number such as 1.290.0, without v"),
        ("latest", "VERSION=latest: is no release; allowed is a number such as 1.290.0, without v"),
        (
            "1.300.0",
            f"VERSION=1.300.0: no facts of aliyun/alicloud 1.300.0 here; there are: {OTHER}, {VERSION} "
            "(docs/provider-facts.md: how to add one)",
        ),
    ],
)
def test_a_release_whose_facts_are_not_here_is_refused_before_anything_is_written(
    release: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [path.read_bytes() for path in move.TEXTS]
    assert move.main([release]) == 1
    assert capsys.readouterr() == ("", f"bindings: {said}\n")
    assert [path.read_bytes() for path in move.TEXTS] == before


def test_a_release_without_a_type_that_is_bound_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "types.txt").write_text("alicloud_cr_internet_endpoint\nalicloud_vpc\n")
    for name in ("schema.json.gz", "overlay.json.gz", "functions.json", OTHER):
        (tmp_path / name).symlink_to(PROVIDER / name)
    monkeypatch.setattr(source, "PROVIDER", tmp_path)
    assert move.main([OTHER]) == 1
    assert capsys.readouterr().err == (
        f"bindings: provider/types.txt: alicloud_cr_internet_endpoint: not in the schema of aliyun/alicloud {OTHER}; "
        "allowed are its resource types, and its data sources with the prefix `data.`; correct or remove the lines\n"
    )


def test_the_schema_that_bindings_of_another_release_are_made_of_is_that_releases() -> None:
    base: dict[str, Any] = {"resource_schemas": {"alicloud_cr_internet_endpoint": {}}}
    assert source.schemas_of(VERSION, base) is base
    assert "alicloud_cr_internet_endpoint" not in source.schemas_of(OTHER, base)["resource_schemas"]


def test_without_one_release_the_command_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert move.main([]) == 1
    assert capsys.readouterr().err == "bindings: one release is needed: make bindings VERSION=1.290.0\n"


def test_the_script_that_is_started_is_the_one_that_builds() -> None:
    assert move.BUILD == BINDINGS / "build.py"
    assert move.BUILD.is_file()
