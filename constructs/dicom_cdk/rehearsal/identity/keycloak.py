"""Keycloak itself (`make keycloak`) on a machine of the rehearsal: started with a realm, asked by its administration's REST API."""

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.gateway.nginx import Answer
from dicom_cdk.rehearsal.programs import ProgramMissing, need

PLACE, HERE = "DICOM_CDK_KEYCLOAK", "keycloak"
"""Variable that names the folder of a distribution; where tools/keycloak.py puts one, below this environment."""
ADMINISTRATOR = "rehearsal"
KEYS = "org.keycloak.keys.KeyProvider"
START_SECONDS = 300
"""It takes some twenty where nothing else runs."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def distribution() -> Path:
    """The folder of Keycloak. Raises ProgramMissing without it or Java."""
    folder = Path(os.environ.get(PLACE) or Path(sys.prefix) / HERE)
    if not (folder / "bin/kc.sh").exists():
        raise ProgramMissing(
            f"Keycloak is not here: no {folder}/bin/kc.sh; run make keycloak (180 MB, Maven Central), or name a "
            f"distribution by {PLACE}"
        )
    need("java", "openjdk-17-jre-headless")
    return folder


class Keycloak:
    """In development mode, with an empty database in memory. `inside` runs a call where its address is reached."""

    def __init__(self, address: str, own: str, realm: str, inside: Callable[[Callable[[], Answer]], Answer]) -> None:
        """`own`: https://HOST[:PORT][/PATH] of the server; `realm`: of which this is about."""
        self._address, self._parts, self._inside = address, urlsplit(own), inside
        self._below, self._realm = f"{self._parts.path}/admin/realms/{realm}", realm
        self._password = secrets.token_urlsafe(18)

    def start(
        self,
        folder: Path,
        imported: Mapping[str, Any],
        into: Sequence[str],
        certificate: Path,
        key: Path,
        trusting: Any,
    ) -> Callable[[], None]:
        """With the realm `imported`; returns what ends it. `trusting`: an SSL context for its certificate."""
        self._context = trusting
        # It writes beside its programs.
        shutil.copytree(distribution(), folder)
        (folder / "data/import").mkdir(parents=True)
        (folder / "data/import/realm.json").write_text(json.dumps(imported))
        command = [
            str(folder / "bin/kc.sh"),
            "start-dev",
            "--db=dev-mem",
            "--cache=local",
            "--import-realm",
            "--log-level=warn",
            "--http-enabled=false",
            f"--https-port={self._parts.port or 443}",
            f"--https-certificate-file={certificate}",
            f"--https-certificate-key-file={key}",
            f"--hostname={self._parts.geturl()}",
            f"--http-relative-path={self._parts.path or '/'}",
        ]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx700m",
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMINISTRATOR,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self._password,
        }
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*into, *command], env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        try:
            self._until_it_answers(process, folder / "said")
        except BaseException:
            process.kill()
            raise

        def end() -> None:
            process.kill()
            process.wait(60)

        return end

    def _until_it_answers(self, process: "subprocess.Popen[bytes]", said: Path) -> None:
        began = time.monotonic()
        while True:
            ended = process.poll() is not None
            try:
                if self.ask("GET", f"{self._parts.path}/realms/{self._realm}").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            expect(not ended, f"Keycloak ended: {said.read_text()[-1500:]}")
            late = time.monotonic() - began > START_SECONDS
            expect(not late, f"Keycloak does not answer within {START_SECONDS} s: {said.read_text()[-1500:]}")
            time.sleep(0.25)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """One request."""

        def call() -> Answer:
            connection = http.client.HTTPSConnection(
                self._address, self._parts.port or 443, timeout=60, context=self._context
            )
            try:
                connection.request(method, target, body or None, {"Host": self._parts.netloc, **(headers or {})})
                answer = connection.getresponse()
                return Answer(answer.status, answer.headers, answer.read())
            finally:
                connection.close()

        return self._inside(call)

    def change(self, method: str, below: str = "", value: Any = None) -> Any:
        """A call of the administration, below the realm; what it answers, from JSON."""
        who = {
            "client_id": "admin-cli",
            "grant_type": "password",
            "username": ADMINISTRATOR,
            "password": self._password,
        }
        way = f"{self._parts.path}/realms/master/protocol/openid-connect/token"
        answer = self.ask("POST", way, FORM, urlencode(who).encode())
        expect(answer.status == 200, f"Keycloak's administrator is not let in: {answer.status} {answer.body[:200]!r}")
        given = {
            "Authorization": f"Bearer {json.loads(answer.body)['access_token']}",
            "Content-Type": "application/json",
        }
        answer = self.ask(method, self._below + below, given, b"" if value is None else json.dumps(value).encode())
        expect(answer.status < 300, f"Keycloak: {method} {below or '/'} got {answer.status}: {answer.body[:300]!r}")
        return json.loads(answer.body) if answer.body else None

    def key(self, name: str, priority: int, *, signs: bool) -> None:
        """One more RSA key, or what becomes of that of this name: published in any case, and `signs` if none stands above it."""
        config = {"priority": [str(priority)], "enabled": ["true"], "active": [str(signs).lower()]}
        about = {"name": name, "providerId": "rsa-generated", "providerType": KEYS, "config": config}
        if (found := self._key(name)) is None:
            self.change("POST", "/components", {**about, "parentId": self.change("GET")["id"]})
        else:
            self.change("PUT", f"/components/{found['id']}", {**found, "config": {**found["config"], **config}})

    def without_key(self, name: str) -> None:
        """It is published no more."""
        found = self._key(name)
        expect(found is not None, f"Keycloak has no key provider {name}")
        self.change("DELETE", f"/components/{(found or {})['id']}")

    def _key(self, name: str) -> dict[str, Any] | None:
        listed: list[dict[str, Any]] = self.change("GET", f"/components?{urlencode({'type': KEYS})}")
        return next((one for one in listed if one["name"] == name), None)
