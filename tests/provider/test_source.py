"""What the wheel is made from: types, trimmed schema, and the record that ties the committed wheel to them."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from provider.bindings import source
from provider.bindings.build import BOUND_SCHEMA, PROVENANCE, VENDOR
from provider.bindings.source import PACKAGE, PROVIDER, SOURCE, VERSION, WHEEL

CONSTRUCTS = PROVIDER.parent / "constructs"
REBUILD = "the wheel belongs to other sources; run: .venv/bin/python provider/bindings/build.py --update"


def type_lines() -> list[str]:
    lines = (PROVIDER / "types.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_committed_wheel_belongs_to_the_committed_schema_types_scripts_and_tools() -> None:
    recorded = json.loads(PROVENANCE.read_text())
    now = source.provenance((VENDOR / WHEEL).read_bytes(), source.trimmed_schema())
    assert recorded == now, REBUILD


def test_the_checksum_file_is_that_of_the_wheel_in_the_form_of_sha256sum() -> None:
    digest = source.sha256((VENDOR / WHEEL).read_bytes())
    assert (VENDOR / f"{WHEEL}.sha256").read_text() == f"{digest}  {WHEEL}\n"


def test_vendor_holds_one_wheel() -> None:
    assert [file.name for file in VENDOR.glob("*.whl")] == [WHEEL]


def test_the_trimmed_schema_is_the_trim_of_the_full_one() -> None:
    assert gzip.decompress(BOUND_SCHEMA.read_bytes()) == source.trimmed_schema(), REBUILD


def test_the_trimmed_schema_holds_the_listed_types_and_nothing_else() -> None:
    bound = json.loads(source.trimmed_schema())
    ((key, schemas),) = bound["provider_schemas"].items()
    resources, data = source.wanted_types()
    assert list(schemas["resource_schemas"]) == resources
    assert list(schemas["data_source_schemas"]) == data
    assert bound["provider_versions"] == {key: VERSION}
    assert key.endswith(SOURCE)


def test_the_type_list_is_sorted_data_sources_last_and_nothing_twice() -> None:
    lines = type_lines()
    assert lines == sorted(set(lines), key=lambda line: (line.startswith("data."), line))
    assert all(re.fullmatch(r"(data\.)?alicloud_[a-z0-9_]+", line) for line in lines)


def test_the_type_list_has_every_type_that_a_construct_imports() -> None:
    imported: set[str] = set()
    for file in CONSTRUCTS.rglob("*.py"):
        imported |= set(re.findall(r"from cdktf_cdktf_provider_alicloud\.(\w+) import", file.read_text()))
    listed = {line.removeprefix("alicloud_").replace("data.", "data_") for line in type_lines()} | {"provider"}
    assert imported, "the constructs import no bindings at all: this test looks in the wrong place"
    assert imported <= listed


def test_cloud_actions_are_recorded_for_exactly_the_listed_types() -> None:
    actions = json.loads((PROVIDER / "actions.json").read_text())
    recorded = {name for name in actions if name.removeprefix("data.").startswith("alicloud_")}
    assert recorded == set(type_lines())


def test_a_type_that_the_provider_does_not_have_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(PROVIDER / "schema.json.gz", tmp_path / "schema.json.gz")
    (tmp_path / "types.txt").write_text("alicloud_vpc\nalicloud_vcp\ndata.alicloud_vpc\n")
    monkeypatch.setattr(source, "PROVIDER", tmp_path)
    with pytest.raises(source.BuildFailed) as refused:
        source.trimmed_schema()
    assert str(refused.value) == (
        "provider/types.txt: alicloud_vcp, data.alicloud_vpc: not in the schema of aliyun/alicloud 1.289.0; "
        "allowed are its resource types, and its data sources with the prefix `data.`; correct or remove the lines"
    )


def test_every_npm_package_is_pinned_exactly_and_locked_with_its_hash() -> None:
    lock = json.loads((PROVIDER / "bindings" / "package-lock.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in PACKAGE["devDependencies"].values())
    assert lock["packages"][""]["devDependencies"] == PACKAGE["devDependencies"]
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 100
    # A package that another one brings along has its hash there.
    assert [n for n, e in packages.items() if "integrity" not in e and not e.get("inBundle")] == []
    assert [n for n, e in packages.items() if "resolved" in e] == []
