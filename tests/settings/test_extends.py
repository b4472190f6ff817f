"""A site over a base file."""

import pytest

from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site
from tests.settings.conftest import SITE, Write


def refused(path: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_site(str(path))
    return str(caught.value).splitlines()


def test_maps_merge_lists_and_single_values_replace(write: Write) -> None:
    write(
        "_base.yaml",
        "region: cn-shanghai\ntags: {team: imaging, stage: base}\ngateway: {ae_titles: [A, B], memory_mb: 2048}\n"
        "network: {vswitch_l: {name: from-base}}\n",
    )
    site = load_site(
        write(
            "site.yaml",
            'extends: _base.yaml\nname: dicom-sh\naccount_id: "1234567890123456"\nalarms: {mail: ops@example.com}\n'
            "tags: {stage: prod}\ngateway: {ae_titles: [C]}\nnetwork: {vswitch_l: {zone: cn-shanghai-l}}\n",
        )
    )
    assert site.tags == {"team": "imaging", "stage": "prod"}
    assert (site.gateway.ae_titles, site.gateway.memory_mb) == (("C",), 2048)
    assert (site.network.vswitch_l.name, site.network.vswitch_l.zone) == ("from-base", "cn-shanghai-l")


def test_null_takes_back_what_the_base_sets(write: Write) -> None:
    write("_base.yaml", SITE + "gateway: {domain: www.example.com}\n")
    assert load_site(write("site.yaml", "extends: _base.yaml\ngateway: {domain: null}\n")).gateway.domain is None


def test_bases_chain_from_folder_to_folder(write: Write) -> None:
    write("_all.yaml", SITE)
    write("china/_base.yaml", "extends: ../_all.yaml\ntags: {country: cn}\n")
    site = load_site(write("china/prod/site.yaml", "extends: ../_base.yaml\nname: dicom-prod\n"))
    assert (site.name, site.tags) == ("dicom-prod", {"country": "cn"})


def test_an_error_points_into_the_file_that_the_value_is_written_in(write: Write, tmp_path: object) -> None:
    write("shared/_base.yaml", SITE + "gateway: {cpu_cores: 3}\ndatabase: {storage_gb: 100}\n")
    site = write("site.yaml", "extends: shared/_base.yaml\nlogs: {retention_days: 0}\ndatabase:\n  name: pacs\n")
    assert [line.removeprefix(f"{tmp_path}/").split(", ")[0] for line in refused(site)] == [
        "shared/_base.yaml:5: gateway.cpu_cores: is not one of the values",
        "shared/_base.yaml:6: database.storage_gb: is too small for storage_type cloud_essd3",
        "site.yaml:2: logs.retention_days: is out of range",
    ]


def test_what_a_site_overrides_is_not_judged_but_a_secret_is(write: Write) -> None:
    secret = "LT" + "AI" + "abcdefgh12345678"
    write("_base.yaml", SITE + f"gateway: {{cpu_cores: 3}}\ntags: {{note: {secret}}}\n")
    said = refused(
        write("site.yaml", "extends: _base.yaml\ngateway: {cpu_cores: 1, memory_mb: 1024}\ntags: {note: fine}\n")
    )
    assert len(said) == 1
    assert "_base.yaml:6: tags.note: looks like an AccessKey id (not shown)" in said[0]


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("[a, b]", "extends: is not a file name, got a list, allowed one file, such as _base.yaml"),
        ("1", "extends: is not a file name, got the number 1, allowed one file, such as _base.yaml"),
        ("", "extends: is not a file name, got nothing, allowed one file, such as _base.yaml"),
    ],
)
def test_extends_names_one_file(write: Write, extends: str, said: str) -> None:
    assert refused(write("site.yaml", f"{SITE}extends: {extends}\n"))[0].endswith(f"site.yaml:5: {said}")


def test_a_base_that_is_not_there_is_told_with_its_path(
    write: Write, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("sites/site.yaml", f"{SITE}extends: ../bases/_none.yaml\n")
    monkeypatch.chdir(str(tmp_path))
    assert refused("sites/site.yaml") == [
        'sites/site.yaml:5: extends: names a file that is not there, got "../bases/_none.yaml" (bases/_none.yaml), '
        "allowed a file, relative to this one"
    ]


def test_a_circle_of_bases_is_told_step_by_step(
    write: Write, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.yaml", f"{SITE}extends: b.yaml\n")
    write("b.yaml", "extends: ./a.yaml\n")
    monkeypatch.chdir(str(tmp_path))
    assert refused("a.yaml") == [
        "b.yaml:1: extends: goes in a circle, got a.yaml -> b.yaml -> a.yaml, allowed bases that do not lead back; "
        "remove one of these lines"
    ]


def test_a_broken_base_is_told_beside_the_site_s_own_errors(
    write: Write, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("_base.yaml", "tags: [\n")
    write("site.yaml", f"extends: _base.yaml\n{SITE}logs: {{retention_days: 0}}\n")
    monkeypatch.chdir(str(tmp_path))
    said = refused("site.yaml")
    assert said[0].startswith("_base.yaml:2: is not valid YAML: ")
    assert said[1].startswith("site.yaml:6: logs.retention_days: is out of range, ")
    assert len(said) == 2
