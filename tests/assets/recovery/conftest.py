"""The archive's host with the recovery bundle: a real PostgreSQL, a bucket on loopback, its programs in the image's place."""

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.archive.stand_in_updates import BORN
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres, postgres

Prepared = Callable[..., ScratchHost]
IMAGE = "registry.example.com/dicom/postgres:15.14"

# docker run --rm -i --network host -v KEYS:/run/dicom:ro -e … --entrypoint PROGRAM IMAGE ARGUMENT…
DOCKER = r"""
case $1 in
  run) ;;
  *) exit 0 ;;
esac
while [ "$1" != --entrypoint ]; do
  case $1 in
    -v) keys=${2%%:*} ;;
    -e) [ "${2%%=*}" = PGPASSFILE ] || export "$2" ;;
  esac
  shift
done
program=$2
shift 3
[ "$(stat -c %a "$keys/pgpass")" = 600 ] || exit 9
PGPASSFILE=$keys/pgpass exec "$program" "$@"
"""

STUDIES = """
insert into issuer values (1, 'HOSPITAL');
insert into person_name values (1, 'DOE^JANE'), (2, 'DOE^JOHN');
insert into patient_id values (1, 'P1', 1), (2, 'P2', 1);
insert into patient values (1, 1, 1), (2, 2, 2);
insert into study values (1, 1, '1.2.3'), (2, 2, '1.2.4');
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with postgres(secrets.token_hex(16)) as running:
        running.sql(f"create schema if not exists public authorization pacs; set role pacs; {BORN + STUDIES}")
        yield running


@pytest.fixture(scope="module")
def cloud() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def bucket(cloud: VendorApi) -> dict[str, bytes]:
    """Objects of the vendor, none at first; nothing fails."""
    cloud.objects.clear()
    cloud.failures.clear()
    return cloud.objects


@pytest.fixture
def prepared(tmp_path: Path, cluster: Postgres, cloud: VendorApi) -> Prepared:
    """A host of `name` whose database is `database`."""

    def host_of(name: str = "host", database: str = "pacsdb") -> ScratchHost:
        host = ScratchHost(tmp_path / name / "root", {"DICOM_PAUSE": "0.1", **cloud.environment()})
        host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
        host.install(Bundle.from_assets("recovery"))
        host.stand_in("docker", DOCKER)
        host.put("/etc/dicom/host.json", json.dumps({"region": REGION, "registry": "", "registry_instance_id": ""}))
        host.put("/run/dicom/secrets/database", cluster.password)
        values = {
            "bucket": "clinic-ops",
            "database_host": "127.0.0.1",
            "database_name": database,
            "database_port": str(cluster.port),
            "database_user": "pacs",
            "dump_hour_utc": 17,
            "image": IMAGE,
            "prefix": "database-dump/",
        }
        host.put("/opt/dicom/recovery/values.json", json.dumps(values))
        return host

    return host_of
