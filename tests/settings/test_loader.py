"""Folders and several sites; what is told once for all of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from dicom_cdk.settings import loader
from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import SchemaOutOfDate, load_site, load_sites
from tests.settings.conftest import SITE, Write

ROOT = Path(__file__).resolve().parents[2]


def refused(*sources: Path | str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_sites(sources)
    return str(caught.value).splitlines()


def named(name: str, more: str = "") -> str:
    return SITE.replace("dicom-sh", name) + more


def test_a_folder_s_sites_come_sorted_by_name_without_bases(write: Write, tmp_path: Path) -> None:
    write("sites/1.yaml", named("zebra"))
    write("sites/2.yml", named("ant"))
    write("sites/_base.yaml", "this: is no site")
    write("sites/.hidden.yaml", "nor: this")
    write("sites/notes.txt", "nor this")
    assert [site.name for site in load_sites(tmp_path / "sites")] == ["ant", "zebra"]


def test_files_and_folders_may_be_mixed_and_a_file_named_twice_is_one_site(write: Write, tmp_path: Path) -> None:
    one = write("sites/1.yaml", named("one"))
    other = write("other.yaml", named("other"))
    assert [site.name for site in load_sites([tmp_path / "sites", other, one, str(other)])] == ["one", "other"]


def test_a_base_named_on_purpose_is_read_as_a_site(write: Write) -> None:
    assert load_site(write("_site.yaml", SITE)).name == "dicom-sh"


def test_a_folder_without_sites_says_how_to_begin(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("sites/_base.yaml", SITE)
    monkeypatch.chdir(tmp_path)
    assert refused("sites") == [
        "sites: holds no site file, allowed files *.yaml that do not begin with _; copy examples/minimal.yaml there and change it"
    ]


def test_errors_of_all_files_come_at_once_in_the_order_of_the_files(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("b.yaml", named("b-site", "gateway: {cpu_cores: 3}\n"))
    write("a.yaml", named("a-site", "typo: 1\nlogs: {retention_days: 0}\n"))
    monkeypatch.chdir(tmp_path)
    assert [line.split(": ")[0] for line in refused("b.yaml", "none.yaml", "a.yaml")] == [
        "b.yaml:5",
        "none.yaml",
        "a.yaml:5",
        "a.yaml:6",
    ]


def test_an_error_of_a_shared_base_is_told_once(write: Write, tmp_path: Path) -> None:
    write("sites/_base.yaml", "logs: {retention_days: 0}\n")
    for name in ("one", "two"):
        write(f"sites/{name}.yaml", named(name, "extends: _base.yaml\n"))
    assert len(refused(tmp_path / "sites")) == 1


TAKEN = "is taken by another site"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param(
            named("same"),
            named("same"),
            f'2.yaml:1: name: {TAKEN}, got "same", allowed one of its own; the other is in 1.yaml:1',
            id="name",
        ),
        pytest.param(
            named("one", "storage: {bucket: images}\n"),
            named("two", "storage: {bucket: images}\n"),
            f'2.yaml:5: storage.bucket: {TAKEN}, got "images", allowed one of its own; the other is in 1.yaml:5',
            id="bucket",
        ),
        pytest.param(
            named("one", "logs: {project: logs-all}\n"),
            named("two", "\nlogs: {project: logs-all}\n"),
            f'2.yaml:6: logs.project: {TAKEN}, got "logs-all", allowed one of its own; the other is in 1.yaml:5',
            id="log project",
        ),
        pytest.param(
            named("one", "gateway: {domain: www.example.com}\n"),
            named("two", "gateway: {domain: www.example.com}\n"),
            f'2.yaml:5: gateway.domain: {TAKEN}, got "www.example.com", allowed one of its own; the other is in 1.yaml:5',
            id="domain",
        ),
        pytest.param(
            named("one", "gateway: {function_name: do}\n"),
            named("two", "gateway: {function_name: do}\n"),
            f'2.yaml:5: gateway.function_name: {TAKEN}, got "do", allowed one of its own; the other is in 1.yaml:5',
            id="function",
        ),
        pytest.param(
            named("one", "registry: {instance_name: hospital}\n"),
            named("two", "registry: {instance_name: hospital}\n"),
            f'2.yaml:5: registry.instance_name: {TAKEN}, got "hospital", allowed one of its own; the other is in 1.yaml:5',
            id="registry",
        ),
        pytest.param(
            named("ct-a"),
            named("cta"),
            f'2.yaml:1: dicomweb.namespace: {TAKEN}, got "cta" (the default), allowed one of its own; the other is in 1.yaml:1',
            id="namespace by default",
        ),
    ],
)  # fmt: skip
def test_two_sites_do_not_share_what_exists_once(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, said: str
) -> None:
    write("1.yaml", first)
    write("2.yaml", second)
    monkeypatch.chdir(tmp_path)
    assert said in refused("1.yaml", "2.yaml")


VPC = (
    "network: {vpc_id: vpc-shared, vswitch_l: {id: vsw-sharedl, zone: cn-shanghai-l}, "
    "vswitch_g: {id: vsw-sharedg, zone: cn-shanghai-g}}\n"
)


@pytest.mark.parametrize(
    "key",
    [
        "directory.private_ip_l",
        "directory.private_ip_g",
        "directory.balancer_ip",
        "dicomweb.balancer_ip",
        "archive.private_ip",
    ],
)
def test_addresses_clash_in_a_vpc_that_two_sites_bring(write: Write, tmp_path: Path, key: str) -> None:
    fixed = "archive: {private_ip: 172.18.90.1}\n"
    for name in ("one", "two"):
        write(f"{name}.yaml", named(name, VPC + fixed))
    assert any(f" {key}: {TAKEN}, got " in line for line in refused(tmp_path))


def test_sites_in_vpcs_of_their_own_may_have_the_same_addresses(write: Write, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(f"{name}.yaml", named(name))
    assert len(load_sites(tmp_path)) == 2


def test_one_registry_may_serve_several_sites(write: Write, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(f"{name}.yaml", named(name, "registry: {instance_id: cri-shared, instance_name: hospital}\n"))
    assert len(load_sites(tmp_path)) == 2


def test_a_refused_site_takes_no_part_in_clashes_that_it_cannot_be_judged_by(write: Write, tmp_path: Path) -> None:
    write("1.yaml", named("one", "storage: {bucket: 7}\n"))
    write("2.yaml", named("two", "storage: {bucket: 7}\n"))
    assert all("is not text" in line for line in refused(tmp_path))


def test_settings_are_frozen_and_hold_only_what_is_written_as_set(write: Write) -> None:
    site = load_site(write("site.yaml", SITE))
    assert site.model_fields_set == {"name", "region", "account_id", "alarms"}


def test_a_schema_that_is_not_the_models_is_our_bug(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "given", lambda _: {"name": "dicom-sh"})
    with pytest.raises(
        SchemaOutOfDate, match=r"^docs/site\.schema\.json does not belong to the settings models; run: make docs$"
    ):
        load_site(write("site.yaml", SITE))


def test_a_refusal_imports_neither_pydantic_nor_cdktf(write: Write) -> None:
    path = write("site.yaml", SITE + "gateway: {cpu_cores: 3}\narchive: {disk_performance: PL2}\n")
    program = (
        "import sys; from dicom_cdk.settings.loader import load_site\n"
        "try: load_site(sys.argv[1])\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, *sorted({'pydantic', 'cdktf', 'jsii', 'jinja2'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "constructs")},
    )
    assert run.stdout == "SettingsError\n"
