"""A gateway before a recording archive, for each environment that a test asks for."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN, Edition
from dicom_cdk.rehearsal.gateway.nginx import Answer, Nginx
from dicom_cdk.rehearsal.machines.servers import free_port
from tests.assets.gateway.archive import Received, RecordingArchive

NJS = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")
DOMAIN = "www.dicomweb-example.com"
PREFIX = "2016-08-15/proxy/dicomweb.LATEST/do"
SITE: dict[str, Any] = {
    "region": "cn-shanghai",
    "domain": DOMAIN,
    "ae_titles": ["DCM4CHEE", "A.B_c-2"],
    "body_limit_mb": 1,
}


def needs_njs() -> None:
    """Skips the test where NGINX has no JavaScript."""
    needs("nginx", "envsubst")
    if not NJS.exists():
        pytest.skip("NGINX's JavaScript module is not installed; run tools/system-programs.sh")


def needs(*programs: str) -> None:
    """Skips the test by the name of the first program that is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; run tools/system-programs.sh")


@dataclass
class Gateway:
    """NGINX and the archive behind it."""

    nginx: Nginx
    archive: RecordingArchive

    def forwarded(self, method: str, target: str, **request: Any) -> tuple[Answer, list[Received]]:
        """The answer, and what reached the archive meanwhile."""
        before = len(self.archive.requests)
        answer = self.nginx.ask(method, target, **request)
        return answer, self.archive.requests[before:]


@pytest.fixture(scope="module")
def gateway_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Gateway]]:
    """A gateway of SITE with changed settings; one per distinct settings and module."""
    needs("nginx", "envsubst")
    made: dict[str, Gateway] = {}

    def of(viewer: Path | None = None, **changed: Any) -> Gateway:
        key = repr(sorted(changed.items()))
        if key not in made:
            archive = RecordingArchive()
            port = free_port()
            environment = gateway_function.environment(
                **{**SITE, "server_host": "127.0.0.1", "server_port": archive.port, **changed}
            )
            environment["DICOM_LISTEN"] = f"127.0.0.1:{port}"
            edition: Edition = changed.get("edition", PLAIN)
            folder = tmp_path_factory.mktemp("gateway")
            made[key] = Gateway(Nginx.of_edition(folder, edition.files(), environment, port, viewer=viewer), archive)
        return made[key]

    yield of
    for gateway in made.values():
        gateway.nginx.stop()
        gateway.archive.stop()


@pytest.fixture
def gateway(gateway_of: Callable[..., Gateway]) -> Gateway:
    return gateway_of()
