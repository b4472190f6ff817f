"""What the archive's stand-in answers over HTTP: its status, reload, the queries of host steps, and what its images are asked."""

import json
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from dicom_cdk.rehearsal.archive.images import retries_apart
from dicom_cdk.rehearsal.archive.life import Archive
from dicom_cdk.rehearsal.archive.records import FOR_RETRY

STUDY = "1.113654.3.13.1026"
"""The study of the sample images in dcm4che-tools (guide 7.1)."""


class Handler(BaseHTTPRequestHandler):
    """Status, reload, and the two queries of the steps."""

    protocol_version = "HTTP/1.1"
    archive: Archive

    def do_GET(self) -> None:
        path, images = urlsplit(self.path).path, self.archive.received()
        session = self.archive.session if path.endswith("/rs/patients") else None
        if not self.archive.deployed or (session is not None and not session.answers()):
            self._answer(500, "")
        elif self.archive.images and (answer := self.archive.images.get(self.path)):
            self._answer(answer[0], answer[1])
        elif path == "/dcm4chee-arc/ctrl/status":
            self._answer(200, '{"status":"STARTED"}')
        elif path == "/dcm4chee-arc/storage":
            self._answer(200, json.dumps([{"dcmProperty": ["identity=shown to all", "credential=shown to all"]}]))
        elif path == "/dcm4chee-arc/queue":
            self._answer(200, '[{"name":"Export"}]')
        elif path == "/dcm4chee-arc/queue/Export/count":
            status = parse_qs(urlsplit(self.path).query).get("status", [""])[0]
            if status == FOR_RETRY and not retries_apart(self.archive.tag):
                self._answer(400, "")
            else:
                self._answer(200, json.dumps({"count": self.archive.waiting(status)}))
        elif path == "/dcm4chee-arc/monitor/associations":
            self._answer(200, "[]")
        elif path == "/dcm4chee-arc/ui2/":
            self._answer(200, "<title>console</title>")
        elif path.endswith("/rs/patients") and images:
            self._answer(200, json.dumps([{"00100020": {"vr": "LO", "Value": ["PAT"]}}]))
        elif path.endswith("/rs/studies") and images:
            found = [{"0020000D": {"vr": "UI", "Value": [STUDY]}, "00201208": {"vr": "IS", "Value": [images]}}]
            self._answer(200, json.dumps(found))
        else:
            # Nobody found is 204 without a body, not an empty list.
            self._answer(204 if path.endswith(("/rs/studies", "/rs/patients")) else 404, "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/dcm4chee-arc/ctrl/reload":
            self._answer(self.archive.reload(), "")
        elif self.archive.images and (answer := self.archive.images.changed(self.command, self.path, body)):
            self._answer(answer[0], answer[1])
        else:
            self._answer(204 if self.path == "/dcm4chee-arc/ctrl/stop" else 404, "")

    do_DELETE = do_POST  # noqa: N815 as http.server names it

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""

    def _answer(self, status: int, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """Does not ask for the name of its address, which takes seconds where no DNS answers."""

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
