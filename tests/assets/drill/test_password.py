"""The drill's host gets the site's own database password, beside the secrets that it has, in memory."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

IN_KMS, IN_BUCKET = "clinic/database-g1", "oss://clinic-secrets/clinic/database-g1"


@pytest.fixture(scope="module")
def cloud() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, cloud: VendorApi) -> ScratchHost:
    cloud.secrets = {"clinic-drill/ldap-root-g1": os.urandom(8).hex()}
    made = ScratchHost(tmp_path / "root", {**cloud.environment(), "DICOM_API_SECONDS": "1"})
    made.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="none"))
    made.install(Bundle.from_assets("drill", only=("password.sh",)))
    made.put("/etc/dicom/host.json", json.dumps({"region": REGION}))
    made.put("/etc/dicom/secrets.json", json.dumps({"ldap-root": "clinic-drill/ldap-root-g1"}))
    return made


def run(host: ScratchHost, held_as: str) -> tuple[int, str]:
    host.put("/opt/dicom/drill/values.json", json.dumps({"held_as": held_as}))
    done = host.script("password.sh", room="drill")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("held_as", [IN_KMS, IN_BUCKET])
def test_the_password_is_fetched_beside_the_drill_s_own_secrets(
    host: ScratchHost, cloud: VendorApi, held_as: str
) -> None:
    cloud.secrets[held_as] = password = os.urandom(8).hex()
    code, said = run(host, held_as)
    assert code == 0, said
    file = host.root / "run/dicom/secrets/database"
    assert file.read_text() == password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert host.read("/run/dicom/secrets/ldap-root") == cloud.secrets["clinic-drill/ldap-root-g1"]
    assert json.loads(host.read("/etc/dicom/secrets.json")) == {
        "database": held_as,
        "ldap-root": "clinic-drill/ldap-root-g1",
    }
    assert password not in said


def test_a_second_run_asks_for_nothing_that_is_there(host: ScratchHost, cloud: VendorApi) -> None:
    cloud.secrets[IN_KMS] = os.urandom(8).hex()
    assert run(host, IN_KMS)[0] == 0
    cloud.log.clear()
    code, said = run(host, IN_KMS)
    assert code == 0, said
    assert cloud.log == []


def test_a_password_that_may_not_be_read_fails_the_step_with_its_name(host: ScratchHost) -> None:
    code, said = run(host, IN_KMS)
    assert code == 1
    assert f"alicloud.py secrets: database: kms GetSecretValue {IN_KMS}: HTTP 404" in said


def test_a_name_that_was_mistyped_is_put_right_by_the_next_run(host: ScratchHost, cloud: VendorApi) -> None:
    cloud.secrets[IN_KMS] = os.urandom(8).hex()
    assert run(host, "clinic/database-g9")[0] == 1
    code, said = run(host, IN_KMS)
    assert code == 0, said
    assert host.read("/run/dicom/secrets/database") == cloud.secrets[IN_KMS]
