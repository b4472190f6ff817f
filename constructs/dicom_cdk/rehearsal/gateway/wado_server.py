"""WADO-RS of single instances, as a restored archive gives them to those who look at it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Wado(ThreadingHTTPServer):
    """`instances`: files by SOP instance UID; every other is answered 404."""

    daemon_threads = True
    instances: dict[str, bytes]

    def server_bind(self) -> None:
        # Not the parent's, which asks for the name of its address.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "archive", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: Wado

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        found = self.server.instances.get(self.path.rpartition("/")[2])
        body = b"" if found is None else b"--x\r\nContent-Type: application/dicom\r\n\r\n" + found + b"\r\n--x--\r\n"
        self.send_response(404 if found is None else 200)
        self.send_header("content-type", 'multipart/related; type="application/dicom"; boundary=x')
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _here(make: Callable[[], Wado]) -> Wado:
    return make()


@contextmanager
def wado(port: int = 0, inside: Callable[[Callable[[], Wado]], Wado] = _here) -> Iterator[Wado]:
    """On loopback, at a free port unless one is named. `inside`: makes the server where that loopback is."""
    server = inside(lambda: Wado(("127.0.0.1", port), _Handler))
    server.instances = {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
