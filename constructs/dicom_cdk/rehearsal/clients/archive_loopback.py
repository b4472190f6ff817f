"""A rehearsed archive as its own host has it: HTTP on the loopback."""

import http.client
from contextlib import closing

from dicom_cdk.rehearsal.clients.dicomweb_front import KIND
from dicom_cdk.rehearsal.stage import Stage, machine_of


def ask(stage: Stage, host: str, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
    """Status and content. `host`: its path; `target`: below /dcm4chee-arc; `body`: of STOW-RS. Raises OSError without an answer."""

    def call() -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", 8080, timeout=30)) as connection:
            connection.request(method, f"/dcm4chee-arc/{target}", body, {"Content-Type": KIND} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    return stage.network.inside(machine_of(host), call)
