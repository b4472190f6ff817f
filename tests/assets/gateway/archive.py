"""Stand-in for the archive: records byte for byte what the gateway sends it."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class Received:
    """One request as it arrived."""

    method: str
    target: str
    version: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]


@dataclass
class RecordingArchive:
    """Answers every request with `status` and a small body; `requests` holds what came. Listens on loopback only."""

    status: str = "200 OK"
    requests: list[Received] = field(default_factory=list)
    heads_begun: int = 0
    """Requests whose head arrived, whether or not their body ended."""
    connections: int = 0
    drops_kept: bool = False
    """Close a kept connection as soon as a second request comes on it, unanswered, as a server does whose patience just ended."""

    breaks_off: bool = False
    """Take every request whole and close without an answer: the client cannot know what became of it."""

    says_nothing: bool = False
    """Take every request whole and keep the connection, without an answer."""

    def __post_init__(self) -> None:
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Nobody listens any more and no connection stays."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def start_again(self) -> None:
        """Listen on the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while self._one(connection, stream) and not (self.drops_kept and stream.peek(1)):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(connection)

    def _one(self, connection: socket.socket, stream: BinaryIO) -> bool:
        readline, read = stream.readline, stream.read
        line = readline().decode("latin-1").rstrip("\r\n")
        if not line:
            return False
        method, target, version = line.split(" ")
        received = Received(method, target, version, [])
        while header := readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = header.partition(":")
            received.headers.append((name, value.strip()))
        self.heads_begun += 1
        if received.header("transfer-encoding"):
            while size := int(readline(), 16):
                received.body += read(size)
                readline()
            readline()
        elif length := received.header("content-length"):
            received.body = read(int(length[0]))
            if len(received.body) < int(length[0]):
                return False
        self.requests.append(received)
        if self.breaks_off:
            return False
        if self.says_nothing:
            readline()
            return False
        body = b"" if method == "HEAD" else b"from the archive"
        head = f"HTTP/1.1 {self.status}\r\nContent-Length: 16\r\nX-Powered-By: Undertow/1\r\nServer: WildFly/25\r\n\r\n"
        connection.sendall(head.encode() + body)
        return True
