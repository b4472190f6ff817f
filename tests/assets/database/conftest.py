"""A real PostgreSQL for a module, and the archive's host before its steps: bundles, the secret, the image's SQL as files."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres, postgres

Prepared = Callable[[Path, Postgres, Mapping[str, str]], ScratchHost]

DOCKER = r"""
case $1 in
  create) echo c0ffee ;;
  cp) mkdir -p "${@: -1}" && cp "$HOST_ROOT"/image/* "${@: -1}" ;;
  *) ;;
esac
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with postgres(secrets.token_hex(16)) as running:
        yield running


@pytest.fixture
def prepared() -> Prepared:
    """A host in a folder, for a database, whose image holds these files by name."""

    def host_of(folder: Path, database: Postgres, image: Mapping[str, str]) -> ScratchHost:
        host = ScratchHost(folder / "host", {"DICOM_PAUSE": "0.1"})
        host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
        host.install(Bundle.from_assets("database"))
        host.stand_in("docker", DOCKER)
        host.put("/run/dicom/secrets/database", database.password)
        for name, text in image.items():
            host.put(f"/image/{name}", text)
        return host

    return host_of
