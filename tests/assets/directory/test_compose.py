"""The pair's compose file as compose reads it, and what must never be in it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk import shipped
from tests.assets.directory.pair import Pair

FILE = shipped.path("assets/directory/compose.yaml")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    ldap: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]["ldap"]
    return ldap


def test_compose_accepts_it_with_the_settings_that_prepare_writes(tmp_path: Path) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed: Debian package docker-compose (tools/system-programs.sh)")
    pair = Pair(tmp_path)
    try:
        assert pair.l.step("prepare").returncode == 0
    finally:
        pair.end()
    settings = pair.l.host.root / "opt/dicom/directory/compose.env"
    command = ["docker-compose", "-p", "dcm4chee", "--env-file", str(settings), "-f", str(FILE), "config"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, check=False)
    assert done.returncode == 0, done.stderr
    ldap = yaml.safe_load(done.stdout)["services"]["ldap"]
    assert ldap["environment"]["LDAP_ORGANISATION"] == "dcm4che.org"
    assert (ldap["environment"]["SERVER_ID"], ldap["environment"]["PEER_ID"]) == ("1", "2")
    assert [port["published"] for port in ldap["ports"]] == [389]


def test_no_password_is_a_plain_variable(written: dict[str, Any]) -> None:
    assert not [name for name in written["environment"] if "PASS" in name]
    assert "${DICOM_ROOT:-}/run/dicom/secrets:/run/secrets:ro" in written["volumes"]


def test_the_engine_starts_nothing_by_itself_after_a_reboot(written: dict[str, Any]) -> None:
    assert written["restart"] == "on-failure"


def test_the_configuration_lives_in_memory_and_the_data_on_the_data_folder(written: dict[str, Any]) -> None:
    assert written["tmpfs"] == ["/etc/openldap/slapd.d"]
    assert any(volume.startswith("${DICOM_ROOT:-}/var/local/dicom/ldap:") for volume in written["volumes"])


def test_slapd_has_a_bounded_number_of_descriptors_for_each_of_which_it_takes_memory(written: dict[str, Any]) -> None:
    assert 1024 <= written["ulimits"]["nofile"] <= 65536


def test_the_directory_ends_an_idle_connection_before_the_balancer_forgets_it() -> None:
    text = shipped.path("assets/directory/container/config.sh").read_text()
    (seconds,) = [int(line.split()[1]) for line in text.splitlines() if line.startswith("olcIdleTimeout:")]
    assert 60 <= seconds < 900
