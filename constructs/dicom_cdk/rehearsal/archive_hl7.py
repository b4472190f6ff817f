"""The archive's HL7 port (MLLP) as the rehearsal has it: patients and orders, of the senders that the directory names."""

import socketserver
import ssl
from collections.abc import Callable
from typing import Any

BEGIN, END = b"\x0b", b"\x1c\x0d"
Segments = dict[str, list[str]]


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
            said = b""
            while not said.endswith(END):
                block = self.request.recv(65536)
                if not block:
                    return
                said += block
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

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def get_request(self) -> tuple[Any, Any]:
            connection, client = super().get_request()
            return (context.wrap_socket(connection, server_side=True) if context else connection), client

    return Server((address, port), Handler)
