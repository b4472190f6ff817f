"""Keeps a state in memory while Terraform applies: to a file it would write the whole of it again after every resource.

Terraform's backend `http` speaks with it on loopback, at an address that nobody else knows.
"""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = "state_keeper.tf.json"


@dataclass
class Keeper:
    """`address` for the backend; `state` as of the last write, empty before."""

    address: str
    state: bytes = b""

    def write_backend(self, folder: Path) -> None:
        """Makes a configuration of `folder` keep its state here; it has to be initialized then."""
        backend = {"terraform": {"backend": {"http": {"address": self.address}}}}
        (folder / FILE).write_text(json.dumps(backend))

    def put(self, folder: Path) -> None:
        """Leave the state in `folder`, as the file of a configuration without a backend."""
        (folder / FILE).unlink(missing_ok=True)
        (folder / "terraform.tfstate").write_bytes(self.state)


@contextmanager
def keeping() -> Iterator[Keeper]:
    """A keeper for the time of an apply."""
    # Costs more than all else that a plan imports, and only a plan from a base needs it.
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    path = f"/{secrets.token_urlsafe(24)}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200 if keeper.state else 404, keeper.state)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.partition("?")[0] == path:
                keeper.state = sent
            self._answer(200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            known = self.path.partition("?")[0] == path
            self.send_response(status if known else 403)
            self.send_header("Content-Length", str(len(body) if known else 0))
            self.end_headers()
            self.wfile.write(body if known else b"")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    keeper = Keeper(f"http://127.0.0.1:{server.server_address[1]}{path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield keeper
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
