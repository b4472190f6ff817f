"""Where people come by: Function Compute, gateway and DICOMweb server, each on a machine of its own, and a person's beside them.

Domain, issuer, claims and roles are the site's. Its keys are not: nobody here has their private halves, so those of the
rehearsed provider take their place, in the container's environment and at Function Compute.
"""

import http.client
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydicom.dataset import Dataset

from dicom_cdk.login.provider_keys import signing_keys
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file
from dicom_cdk.rehearsal.clients.dicomweb_front import KIND, Front, multipart
from dicom_cdk.rehearsal.cloud.function_compute import FunctionCompute
from dicom_cdk.rehearsal.gateway.nginx import Answer, Nginx
from dicom_cdk.rehearsal.gateway.orthanc import Orthanc
from dicom_cdk.rehearsal.gateway.tls_server import Quiet, certificate, serving
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.stage import Stage

GATEWAY, COMPUTE, PROVIDER, PERSON = "198.18.0.50", "198.18.0.51", "198.18.0.52", "198.18.0.53"
READER, AUTHOR, STRANGER = "reader", "author", "stranger"
"""Who reads; who stores too; whose token names an AE title of somebody else."""


class PeoplesDoor:
    """`files`: what the image is built from; `viewer`: what viewer.sh made. The provider's machine is there, and empty."""

    def __init__(self, stage: Stage, files: Path, viewer: Path) -> None:
        for program, package in (("Orthanc", "orthanc"), ("nginx", "nginx"), ("envsubst", "gettext-base")):
            need(program, package)
        self.stage, self.function, self._files, self._viewer = stage, stage.site.function, files, viewer
        self.domain = self.function["DICOM_CUSTOM_DOMAIN"]
        self.issuer, self.audience = self.function["DICOM_LOGIN_ISSUER"], self.function["DICOM_LOGIN_AUDIENCE"]
        self.titles = [title.replace("[.]", ".") for title in self.function["DICOM_AE_TITLES"].split("|")]
        self.path = f"/dcm4chee-arc/aets/{self.titles[0]}"
        self._server()
        self._gateway_at = stage.machine("people-gateway", GATEWAY)
        stage.machine("cloud", COMPUTE)
        stage.machine("provider", PROVIDER)
        self.into = stage.machine("person", PERSON)
        self.compute = FunctionCompute(stage.site, (GATEWAY, int(self.function["DICOM_LISTEN"])))
        self._nginx: Nginx | None = None
        stage.until_end(self._stop)
        (folder := stage.folder / "tls").mkdir()
        self.certificate, self.private_key = certificate(folder, *self.names)
        self.serve("cloud", COMPUTE, 443, self.compute.handler())

    @property
    def names(self) -> dict[str, str]:
        """Host name → address, of all that a browser may ask."""
        return {self.domain: COMPUTE, str(urlsplit(self.issuer).hostname): PROVIDER}

    @property
    def restricted(self) -> bool:
        """Whether tokens say which AE titles somebody may use."""
        return bool(self.function["DICOM_LOGIN_AE_CLAIM"])

    @property
    def stores(self) -> bool:
        """Whether anybody stores with a token."""
        return bool(self.function["DICOM_LOGIN_WRITE_ROLES"])

    def apply(self, keys: Sequence[Mapping[str, str]]) -> None:
        """The site with these keys: the domain has them, and the function starts anew with them."""
        self._stop()
        login = Login(self.issuer, self.audience, tuple(keys))
        environment = {**self.function, "DICOM_LOGIN_KEYS": login.environment()["DICOM_LOGIN_KEYS"]}
        folder = self.stage.folder / f"people-gateway-{len(list(self.stage.folder.glob('people-gateway-*')))}"
        self._nginx = Nginx.from_image(self._files, environment, folder / "prefix", self._gateway_at, self._viewer)
        self.compute.keys = list(keys)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """One request at Function Compute, from a person's machine; Host is the people's domain unless `headers` say another."""
        trusting = ssl._create_unverified_context()

        def call() -> Answer:
            with closing(http.client.HTTPSConnection(COMPUTE, timeout=60, context=trusting)) as connection:
                connection.request(method, target, body or None, {"Host": self.domain, **(headers or {})})
                answer = connection.getresponse()
                return Answer(answer.status, answer.headers, answer.read())

        return self.stage.network.inside("person", call)

    def with_token(self, token: str, method: str = "GET", rest: str = "/rs/studies", body: bytes = b"") -> Answer:
        kind = {"Content-Type": KIND} if body else {}
        return self.ask(method, self.path + rest, {"Authorization": f"Bearer {token}", **kind}, body)

    def fetched(self, address: str) -> bytes:
        """The body behind an address of the provider."""
        trusting = ssl._create_unverified_context()
        parts = urlsplit(address)

        def call() -> bytes:
            with closing(
                http.client.HTTPSConnection(PROVIDER, parts.port or 443, timeout=60, context=trusting)
            ) as connection:
                connection.request("GET", parts.path, headers={"Host": parts.netloc})
                return connection.getresponse().read()

        return self.stage.network.inside("person", call)

    def unlisted(self) -> list[str]:
        """Ids of keys that the provider publishes and the applied site does not list, as `dicom-cdk login keys` fetches them."""
        listed = {key["kid"] for key in self.compute.keys or ()}
        return [key["kid"] for key in self.published() if key["kid"] not in listed]

    def published(self) -> list[dict[str, str]]:
        """The keys that the provider signs with, as `dicom-cdk login keys` fetches them."""
        return signing_keys(self.issuer, self.fetched)

    def store(self, *images: Dataset) -> None:
        """As a modality would have, past all doors."""
        front = Front(
            self.stage.network, self.function["DICOM_SERVER_HOST"], self._port, self.path, self.function, "person"
        )
        for one in images:
            answer = front.ask("POST", f"{self.path}/rs/studies", {"Content-Type": KIND}, multipart(as_file(one)))
            expect(answer.status == 200, f"the server does not take an image: {answer.status} {answer.body[:200]!r}")

    def hostile_front(self, token: str) -> Front:
        """Before the gateway itself, with everything that `token` gives."""
        credential = {"Authorization": f"Bearer {token}"}
        port = int(self.function["DICOM_LISTEN"])
        return _AsPeople(self.stage.network, GATEWAY, port, self.path, self.function, "person", credential)

    @property
    def log(self) -> str:
        """What the gateway has logged since it was started last."""
        assert self._nginx is not None
        return self._nginx.log

    def serve(self, machine: str, address: str, port: int, handler: Any) -> None:
        """A server of `handler` on a machine, with the rehearsal's certificate."""
        network, tls = self.stage.network, (self.certificate, self.private_key)
        made = serving(lambda: Quiet((address, port), handler), tls, lambda call: network.inside(machine, call))
        self.stage.enter(made)

    def _server(self) -> None:
        self._port = int(self.function["DICOM_SERVER_PORT"])
        if "dicomweb" in self.stage.network.machines:
            return
        into = self.stage.machine("dicomweb", self.function["DICOM_SERVER_HOST"])
        server = Orthanc.start(self.stage.folder / "dicomweb", into=into, port=self._port, path=self.path)
        self.stage.until_end(server.stop)

    def _stop(self) -> None:
        if self._nginx is not None:
            self._nginx.stop()
            self._nginx = None


class _AsPeople(Front):
    """Where people log in."""

    @property
    def host(self) -> str:
        return self.function["DICOM_CUSTOM_DOMAIN"]
