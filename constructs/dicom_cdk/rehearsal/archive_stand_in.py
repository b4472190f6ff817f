"""Stands for the archive's container: what the host steps ask of it over HTTP, on port 8080. WildFly itself cannot be had here.

Run as a program with STATE, a folder: `received` there holds the number of sample images that were sent; and with LISTEN, the
address that the compose file publishes the port on. Like the real one it asks nobody who he is.
"""

import json
import os
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

STUDY = "1.113654.3.13.1026"
"""The study of the sample images in dcm4che-tools (guide 7.1)."""


class Archive(BaseHTTPRequestHandler):
    """Status, reload, and the two queries of the steps."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        received = Path(os.environ["STATE"]) / "received"
        images = int(received.read_text()) if received.exists() else 0
        if path == "/dcm4chee-arc/ctrl/status":
            self._answer(200, '{"status":"STARTED"}')
        elif path == "/dcm4chee-arc/storage":
            self._answer(200, json.dumps([{"dcmProperty": ["identity=shown to all", "credential=shown to all"]}]))
        elif path == "/dcm4chee-arc/ui2/":
            self._answer(200, "<title>console</title>")
        elif path.endswith("/rs/patients"):
            # Nobody found is 204 without a body, not an empty list.
            self._answer(*((200, json.dumps([{"00100020": {"vr": "LO", "Value": ["PAT"]}}])) if images else (204, "")))
        elif path.endswith("/rs/studies") and images:
            found = [{"0020000D": {"vr": "UI", "Value": [STUDY]}, "00201208": {"vr": "IS", "Value": [images]}}]
            self._answer(200, json.dumps(found))
        else:
            self._answer(204 if path.endswith("/rs/studies") else 404, "")

    def do_POST(self) -> None:
        self._answer(204 if self.path in ("/dcm4chee-arc/ctrl/reload", "/dcm4chee-arc/ctrl/stop") else 404, "")

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


class Server(ThreadingHTTPServer):
    """Does not ask for the name of its address, which takes seconds where no DNS answers."""

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)


if __name__ == "__main__":
    Server((os.environ["LISTEN"], 8080), Archive).serve_forever()
