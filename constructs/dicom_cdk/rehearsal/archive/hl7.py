"""The archive's HL7 port (MLLP) as the rehearsal has it: patients and orders, of the senders that the directory names."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

BEGIN, END = b"\x0b", b"\x1c\x0d"
Segments = dict[str, list[str]]
UNMAPPED_STATION = "SCHEDULEDSTATION"
"""Of orders that nobody mapped to a station."""


def server(
    address: str,
    port: int,
    *,
    takes: Callable[[str], bool],
    keep: Callable[[Segments], None],
    context: ssl.SSLContext | None = None,
) -> socketserver.ThreadingTCPServer:
    """Listening; `takes` says whether an application is known, `keep` gets the segments of each message that is taken."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            said = whole(self.request)
            if not said:
                return
            text = said[1:-2].decode("utf-8", errors="replace")
            found: Segments = {line.partition("|")[0]: line.split("|") for line in text.split("\r") if line}
            head = found["MSH"]
            code, why = "AA", ""
            if takes(f"{head[2]}|{head[3]}"):
                keep(found)
            else:
                code, why = "AR", "Sending Application and/or Facility not recognised"
            answer = f"MSH|^~\\&|{head[4]}|{head[5]}|{head[2]}|{head[3]}|||ACK|1|P|2.5.1\rMSA|{code}|{head[9]}|{why}\r"
            self.request.sendall(BEGIN + answer.encode() + END)

    return _listening(address, port, Handler, context)


def way(address: str, port: int, to: tuple[str, int]) -> socketserver.ThreadingTCPServer:
    """Listening: a balancer's port that leads to the archive at `to`, on layer 4: TLS is between its two ends."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(to) as archive:
                back = threading.Thread(target=_pass_on, args=(archive, self.request), daemon=True)
                back.start()
                _pass_on(self.request, archive)
                back.join()

    return _listening(address, port, Handler)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _listening(
    address: str, port: int, handler: type[socketserver.BaseRequestHandler], context: ssl.SSLContext | None = None
) -> socketserver.ThreadingTCPServer:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def get_request(self) -> tuple[Any, Any]:
            connection, client = super().get_request()
            return (context.wrap_socket(connection, server_side=True) if context else connection), client

    return Server((address, port), handler)


def whole(connection: socket.socket) -> bytes:
    """A message up to its end; b"" where the other side ends the connection before."""
    said = b""
    while not said.endswith(END):
        block = connection.recv(65536)
        if not block:
            return b""
        said += block
    return said


def ordered(message: Segments) -> tuple[str, str, str]:
    """Accession number, study and station of an order: of OMI^O23 in IPC; ORM^O01 says no station, which is a default then."""
    if "IPC" in message:
        return message["IPC"][1], message["IPC"][3], message["IPC"][9]
    return message["OBR"][18], message["ZDS"][1].partition("^")[0], UNMAPPED_STATION
