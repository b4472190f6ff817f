"""A bucket as the archive's object storage sees it, without signatures: it can be away, and counts what is put."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Bucket:
    """`objects` by path; `away`: every request is answered 503; `slow`: seconds that a PUT takes; `locked`: what is there is
    neither deleted nor overwritten (409, FileImmutable), `refused` counts what was tried; `puts`: paths of those that were taken,
    in order.
    """

    url: str = ""
    away: bool = False
    slow: float = 0.0
    locked: bool = False
    refused: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)

    @property
    def images(self) -> int:
        """How many different ones; an export that an archive took over may leave one twice, under two names."""
        return len(set(self.objects.values()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    bucket: Bucket


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        bucket = self.server.bucket
        time.sleep(bucket.slow)
        if bucket.away or self._held():
            self._answer(503 if bucket.away else 409)
            return
        bucket.objects[self.path] = content
        bucket.puts.append(self.path)
        self._answer(200)

    def do_DELETE(self) -> None:
        bucket = self.server.bucket
        if bucket.away or self._held():
            self._answer(503 if bucket.away else 409)
            return
        bucket.objects.pop(self.path, None)
        self._answer(204)

    def do_HEAD(self) -> None:
        bucket = self.server.bucket
        self._answer(503 if bucket.away else 200 if self.path in bucket.objects else 404)

    def _held(self) -> bool:
        held = self.server.bucket.locked and self.path in self.server.bucket.objects
        self.server.bucket.refused += held
        return held

    def do_GET(self) -> None:
        bucket = self.server.bucket
        found = bucket.objects.get(self.path)
        self._answer(503 if bucket.away else 404 if found is None else 200, found or b"")

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if status == 200 else 0))
        self.end_headers()
        if status == 200:
            self.wfile.write(content)


def _here(make: Callable[[], _Server]) -> _Server:
    return make()


@contextmanager
def bucket(address: str = "127.0.0.1", inside: Callable[[Callable[[], _Server]], _Server] = _here) -> Iterator[Bucket]:
    """A bucket on a free port of `address`. `inside`: makes the server where that address is."""
    server = inside(lambda: _Server((address, 0), _Handler))
    server.bucket = Bucket(f"http://{address}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
