"""A release is laid beside the others whole or not at all; bad checkouts, programs and releases are refused in words."""

import json
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline.versions import difference, whole
from provider.derive import binary, command, committed, reading_back, reads
from provider.derive.__main__ import main
from provider.derive.golang import Checkout, NotTheProvider
from tests.provider.derive import checkout, dug

APIS = {
    "water:Dig": ["Water 2020-01-01 Dig"],
    "water:Pump": ["Water 2020-01-01 Pump"],
    "water:Look": ["Water 2020-01-01 Look"],
}


@pytest.fixture
def facts_folder(tmp_path: Path) -> Path:
    """A provider/ of the small checkout itself as base 1.289.0, with one rule."""
    return base_of(facts_of(tmp_path / "base"), tmp_path / "provider")


def facts_of(folder: Path) -> dict[str, Any]:
    """Of the small checkout, written into `folder`."""
    return command.derived(checkout.RELEASE, checkout.write(folder)).facts


def base_of(facts: dict[str, Any], folder: Path) -> Path:
    """A folder like provider/ whose base, 1.289.0, has these facts."""
    folder.mkdir()
    facts["overlay"]["provider_version"] = "1.289.0"
    schemas = {"format_version": "1.0", "provider_schemas": {whole.ADDRESS: facts["schema"]}}
    (folder / "schema.json.gz").write_bytes(difference.written(schemas))
    (folder / "overlay.json.gz").write_bytes(difference.written(facts["overlay"]))
    (folder / "functions.json").write_text(committed.functions_text(facts["functions"]))
    actions = {**facts["actions"], "alicloud_well": facts["actions"].get("alicloud_well", {})}
    names = {"apis": APIS, "services": {"Water": ["water"]}, "marks": {}, "extra": {}, "provider": []}
    (folder / "actions.json").write_text(json.dumps({**actions, **names}))
    (folder / "derive").mkdir()
    (folder / reads.FILE).write_text(reading_back.text(facts["reads"]))
    rule = {"type": "alicloud_well", "attr": "note", "kind": "suppress", "when": {"create": True}}
    (folder / "suppress.json").write_text(json.dumps([rule]))
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_is_laid_beside_the_base_as_its_difference(facts_folder: Path, tmp_path: Path) -> None:
    before = content(facts_folder)
    text = checkout.FILES["alicloud/resource_well.go"]
    text = text.replace('"shallow"', '"flat"').replace("ToLower(new)", "ToUpper(new)").replace('"tags":', '"labels":')
    source = checkout.write(tmp_path / "new", well=text)
    (source / "alicloud/service_water.go").write_text(dug.FUNCTIONS)
    assert command.add(checkout.RELEASE, source, None, facts_folder) == command.OK
    found = difference.read(facts_folder / checkout.RELEASE)
    assert list(found["resources"]) == ["alicloud_well"]
    assert found["data_sources"] == {}
    assert found["stale"] == {"alicloud_well": [["note", "suppress"]]}
    after = content(facts_folder)
    assert {name: one for name, one in after.items() if not name.startswith(checkout.RELEASE)} == before
    again = command.derived(checkout.RELEASE, source, folder=facts_folder)
    others = reading_back.changes(reading_back.held(facts_folder), again.facts.pop("reads"), {"alicloud_well": {}})
    assert difference.applied(whole.base(facts_folder), found) == {**again.facts, "read_back": others}
    news = (facts_folder / checkout.RELEASE / "news.md").read_text()
    for line in (
        "- alicloud_well.tags",
        "- alicloud_well.labels",
        "- alicloud_well.depth: also flat; no longer shallow",
        "- alicloud_well.note (suppress)",
        "- alicloud_well: create also water:Dig, water:Fill, water:Look, water:Pump",
        "- alicloud_well: read also water:Look",
        "- Water 2020-01-01 Fill: water:Fill",
    ):
        assert line in news.splitlines(), line


def test_the_same_facts_give_the_same_bytes(facts_folder: Path, tmp_path: Path) -> None:
    source = checkout.write(tmp_path / "new", well=checkout.FILES["alicloud/resource_well.go"].replace("25 *", "26 *"))
    command.add(checkout.RELEASE, source, None, facts_folder)
    first = content(facts_folder)
    shutil.rmtree(facts_folder / checkout.RELEASE)
    command.add(checkout.RELEASE, source, None, facts_folder)
    assert content(facts_folder) == first


def test_a_function_without_a_rule_whose_text_is_new_is_to_be_read(facts_folder: Path, tmp_path: Path) -> None:
    text = checkout.FILES["alicloud/resource_well.go"].replace('!= "deep"', '== "deep"')
    command.add(checkout.RELEASE, checkout.write(tmp_path / "new", well=text), None, facts_folder)
    news = (facts_folder / checkout.RELEASE / "news.md").read_text()
    assert "- diff_suppress resourceWell.func2 changed: alicloud_well.code" in news


@pytest.mark.parametrize("release", ["1.289.0", "1.288.0"])
def test_a_release_that_is_here_is_refused_and_stays_as_it_is(facts_folder: Path, tmp_path: Path, release: str) -> None:
    (facts_folder / "1.288.0").mkdir()
    before = content(facts_folder)
    with pytest.raises(
        committed.CannotAdd, match=rf"^VERSION={release}: its facts are here already \(provider/.*CHECK=1"
    ):
        command.add(release, checkout.write(tmp_path / "new"), None, facts_folder)
    assert content(facts_folder) == before


@pytest.mark.parametrize("release", ["", "v1.290.0", "1.290", "../../etc", "latest"])
def test_what_is_no_release_is_refused(facts_folder: Path, tmp_path: Path, release: str) -> None:
    with pytest.raises(committed.CannotAdd, match=r"is no release; allowed is a number such as 1\.290\.0, without v"):
        command.add(release, checkout.write(tmp_path / "new"), None, facts_folder)


def test_another_module_is_no_checkout_of_the_provider(tmp_path: Path) -> None:
    other = checkout.write(tmp_path, module="module example.com/another\n")
    with pytest.raises(
        NotTheProvider,
        match=r"go\.mod: is the module example\.com/another, expected .*SOURCE is a checkout of something",
    ):
        Checkout.read(other)


def test_a_folder_without_go_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(
        NotTheProvider, match=r"no go\.mod there; SOURCE must be the top of a checkout of github\.com/aliyun"
    ):
        Checkout.read(tmp_path)


@pytest.mark.parametrize(
    ("lost", "said"),
    [("alicloud/provider.go", r"provider\.go: not there; half a checkout\?"), ("go.mod", r"no go\.mod there")],
)
def test_half_a_checkout_is_refused(tmp_path: Path, lost: str, said: str) -> None:
    checkout.write(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(NotTheProvider, match=said):
        Checkout.read(tmp_path)


def test_a_checkout_that_lacks_files_of_types_is_refused_with_the_types_by_name(
    facts_folder: Path, tmp_path: Path
) -> None:
    source = checkout.write(tmp_path / "new")
    (source / "alicloud" / "resource_chain.go").unlink()
    before = content(facts_folder)
    with pytest.raises(NotTheProvider, match="1 of 3 types are not there: alicloud_chain; half a checkout"):
        command.add(checkout.RELEASE, source, None, facts_folder)
    assert content(facts_folder) == before


def test_a_checkout_that_lacks_a_service_of_its_types_is_refused_by_its_name(
    facts_folder: Path, tmp_path: Path
) -> None:
    source = checkout.write(tmp_path / "new")
    text = dug.FUNCTIONS.replace("type WaterService struct {\n\tclient *connectivity.AliyunClient\n}\n", "")
    assert text != dug.FUNCTIONS
    (source / "alicloud/service_water.go").write_text(text)
    before = content(facts_folder)
    with pytest.raises(
        NotTheProvider,
        match="1 types of Go are used and declared nowhere: WaterService; half a checkout\\? get all of it again",
    ):
        command.add(checkout.RELEASE, source, None, facts_folder)
    assert content(facts_folder) == before


def test_a_checkout_of_another_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        NotTheProvider,
        match=r"its newest releases are 1\.291\.0, 1\.290\.0, asked for is 1\.200\.0; check out the tag v1\.200",
    ):
        command.derived("1.200.0", checkout.write(tmp_path))


def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["1.290.0", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"provider facts: {tmp_path}: no go.mod there; SOURCE must be the top of a checkout of "
        "github.com/aliyun/terraform-provider-alicloud\n"
    )


def program(folder: Path, says: str) -> Path:
    file = folder / "terraform-provider-alicloud"
    file.write_text(f"#!{sys.executable}\nimport time\nprint({says!r}, flush=True)\ntime.sleep(30)\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("1|6|unix|/nowhere|grpc|", "speaks plugin protocol 6, known here is 5 .*leave BINARY out"),
        ("1|5|unix|/nowhere|netrpc|", "speaks netrpc, known here is grpc"),
        ("hello", "answered 'hello', expected a plug-in's handshake; it is no Terraform provider"),
    ],
)
def test_a_program_that_is_no_provider_of_this_protocol_is_refused(tmp_path: Path, says: str, error: str) -> None:
    with pytest.raises(binary.NoAnswer, match=error):
        binary.schema(program(tmp_path, says))


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("1|6|unix|/nowhere|grpc|", "speaks plugin protocol 6, known here is 5"),
        ("hello", "it is no Terraform provider"),
    ],
)
def test_a_program_that_is_refused_leaves_the_committed_facts_as_they_are(
    facts_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], says: str, error: str
) -> None:
    before = content(facts_folder)
    source = checkout.write(tmp_path / "new")
    words = [checkout.RELEASE, str(source), "--binary", str(program(tmp_path, says)), "--into", str(facts_folder)]
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"provider facts: BINARY={tmp_path}/terraform-provider-alicloud: ")
    assert error in said.err
    assert content(facts_folder) == before


def test_a_program_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 30\n")
    silent.chmod(0o755)
    with pytest.raises(binary.NoAnswer, match=r"said nothing within 0\.2 s; is it a Terraform provider\?"):
        binary.schema(silent, patience=0.2)


def test_a_program_that_shakes_hands_and_then_never_answers_is_given_up(tmp_path: Path) -> None:
    file = program(tmp_path, f"1|5|unix|{tmp_path}/socket|grpc|")
    with pytest.raises(binary.NoAnswer, match="gives no answer to GetSchema: DEADLINE_EXCEEDED"):
        binary.schema(file, answer=0.5)


@pytest.mark.parametrize("kind", ["missing", "folder", "text"])
def test_what_cannot_be_started_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "program"
    if kind == "folder":
        file.mkdir()
    elif kind == "text":
        file.write_text("no program")
    with pytest.raises(binary.NoAnswer, match="is no program that can be started; name the provider's executable"):
        binary.schema(file)


def test_a_running_provider_is_asked_for_the_schema_that_the_record_has_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It was killed with its socket in the temporary folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    asked = binary.schema(Path(sys.executable), ("-m", "dicom_cdk.offline.plugin", "alicloud"))
    assert asked == whole.base()["schema"]
    assert list(tmp_path.iterdir()) == []
