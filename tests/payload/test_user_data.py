"""User data: a document that cloud-init accepts, without duplicates, whose script puts bundles in place and starts one."""

import base64
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.payload import Bundle, MissingTemplateError, SecretInTextError, TooLargeError
from dicom_cdk.payload.host_bundle import FIRST_BOOT, FIRST_BOOT_FILES, host_bundle
from dicom_cdk.payload.unpack import user_data_payload
from dicom_cdk.payload.user_data import UserData, user_data
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.payload import cloud_init
from tests.payload.test_command import noise

SETUP = '#!/usr/bin/env bash\necho "room $DICOM_ROOM"; cat "$DICOM_ROOT"/opt/dicom/*/current/*.txt\n'


class NoDuplicates(yaml.SafeLoader):
    """YAML as cloud-init reads it, but a key given twice is an error: cloud-init lets the last one win, silently."""


def _mapping(loader: NoDuplicates, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"given twice: {keys}"
    return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}


NoDuplicates.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@pytest.fixture
def host_room() -> Bundle:
    return Bundle.of("docker_host", {"setup.sh": SETUP, "a.txt": "one\n"})


@pytest.fixture
def room() -> Bundle:
    return Bundle.of("directory", {"b.txt": "two ü\n"})


def document(text: str) -> Any:
    return yaml.load(text, NoDuplicates)


def accept(path: Path) -> None:
    """cloud-init's own schema check."""
    run = cloud_init.schema(path)
    if run is None:
        pytest.skip("cloud-init is not installed: the schema of user data was NOT checked (tools/system-programs.sh)")
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_document_has_only_known_keys_and_none_twice(host_room: Bundle, room: Bundle) -> None:
    text = user_data("ldap-l", [host_room, room], "docker_host/setup.sh")
    assert text.startswith("#cloud-config\n")
    assert list(document(text)) == ["write_files", "runcmd"]
    assert document(text)["runcmd"] == [["sh", "/opt/dicom/first-boot.sh"]]


def test_cloud_init_accepts_the_document(host_room: Bundle, room: Bundle, tmp_path: Path) -> None:
    (tmp_path / "user-data").write_text(user_data("ldap-l", [host_room, room], "docker_host/setup.sh"))
    accept(tmp_path / "user-data")


def test_cloud_init_accepts_the_real_hosts_document(tmp_path: Path) -> None:
    whole = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat")
    (tmp_path / "user-data").write_text(user_data("ldap-l", [whole], FIRST_BOOT))
    accept(tmp_path / "user-data")


def test_the_schema_check_would_notice_a_fault(tmp_path: Path) -> None:
    (tmp_path / "user-data").write_text("#cloud-config\nwrite_files:\n  - path: /x\n    permissions: 0640\n")
    if shutil.which("cloud-init") is None:
        pytest.skip("cloud-init is not installed (tools/system-programs.sh)")
    with pytest.raises(AssertionError, match="permissions"):
        accept(tmp_path / "user-data")


def write_files(text: str, host: ScratchHost) -> None:
    """What cloud-init does before the script."""
    for entry in document(text)["write_files"]:
        content = entry["content"]
        data = base64.b64decode(content) if entry.get("encoding") == "b64" else content.encode()
        file = host.put(entry["path"], "")
        file.write_bytes(data)
        file.chmod(int(entry["permissions"], 8))


def test_the_first_boot_puts_every_bundle_in_place_and_starts_the_script(
    host_room: Bundle, room: Bundle, tmp_path: Path
) -> None:
    host = ScratchHost(tmp_path / "root")
    write_files(user_data("ldap-l", [host_room, room], "docker_host/setup.sh"), host)
    for _ in range(2):
        run = host.run("sh", str(host.root / "opt/dicom/first-boot.sh"))
        assert run.returncode == 0, run.stderr
        assert run.stdout == "room docker_host\ntwo ü\none\n"
    assert (host.root / "opt/dicom/directory/current").resolve().name == room.hash12


def test_a_broken_archive_stops_the_first_boot(host_room: Bundle, room: Bundle, tmp_path: Path) -> None:
    host = ScratchHost(tmp_path / "root")
    write_files(user_data("ldap-l", [host_room, room], "docker_host/setup.sh"), host)
    next((host.root / "opt/dicom/first-boot").glob("directory-*")).write_bytes(b"half")
    run = host.run("sh", str(host.root / "opt/dicom/first-boot.sh"))
    assert run.returncode != 0
    assert "room docker_host" not in run.stdout


def test_the_real_hosts_user_data_is_far_below_the_limit_and_names_its_parts() -> None:
    whole = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat")
    usage = UserData("ldap-l", (whole,), FIRST_BOOT).usage()
    assert usage.size == len(user_data("ldap-l", [whole], FIRST_BOOT).encode())
    assert usage.size < 8 * 1024
    (carried,) = user_data_payload(user_data("ldap-l", [whole], FIRST_BOOT)).bundles
    assert [file.path for file in carried.files] == list(FIRST_BOOT_FILES)
    assert [part.name for part in usage.parts] == ["frame", "bundle docker_host", "first-boot script"]


def test_user_data_over_its_budget_names_host_and_parts() -> None:
    heavy = [
        Bundle.of("docker_host", {"setup.sh": SETUP, "x": noise(8000)}),
        Bundle.of("directory", {"y": noise(6000)}),
    ]
    with pytest.raises(TooLargeError) as caught:
        user_data("ldap-l", heavy, "docker_host/setup.sh")
    text = str(caught.value)
    assert text.startswith("ldap-l: user data has ")
    assert " bytes, allowed 16384: bundle docker_host " in text
    assert text.index("bundle docker_host") < text.index("bundle directory") < text.index("first-boot script")


def test_a_bundle_that_is_too_large_by_itself_is_refused_first() -> None:
    with pytest.raises(TooLargeError, match="docker_host: packed bundle has "):
        user_data("ldap-l", [Bundle.of("docker_host", {"setup.sh": SETUP, "x": noise(13000)})], "docker_host/setup.sh")


def test_a_secret_in_a_bundle_is_refused() -> None:
    leaking = Bundle.of("docker_host", {"setup.sh": SETUP, "x": "LDAP_ROOTPASS=" + "s3cr" + "et9\n"})
    with pytest.raises(SecretInTextError, match="docker_host/x: line 1: looks like a value for LDAP_ROOTPASS"):
        user_data("ldap-l", [leaking], "docker_host/setup.sh")


def test_a_script_that_is_not_in_its_bundle_is_named(host_room: Bundle) -> None:
    with pytest.raises(MissingTemplateError, match=r"bundle of docker_host: no start\.sh; it has a\.txt, setup\.sh"):
        user_data("ldap-l", [host_room], "docker_host/start.sh")


@pytest.mark.parametrize(
    ("rooms", "run"), [(("docker_host",), "directory/x.sh"), (("docker_host",) * 2, "docker_host/setup.sh")]
)
def test_the_script_must_be_of_one_of_different_bundles(rooms: tuple[str, ...], run: str) -> None:
    with pytest.raises(ValueError, match=r"^ldap-l: run is .*, bundles are of docker_host.*; allowed: one of each$"):
        user_data("ldap-l", [Bundle.of(room, {"setup.sh": SETUP}) for room in rooms], run)
