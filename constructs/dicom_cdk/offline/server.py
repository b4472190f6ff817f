"""The providers as servers in this process, reached by Terraform's reattach (facts: offline-plan 1 and 2).

No generated code: requests and answers are bytes; who answers reads them with `wire`.
"""

import json
import os
import shutil
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc

from dicom_cdk.offline.service import Call, Service, answer
from dicom_cdk.offline.store import ADDRESSES
from dicom_cdk.offline.values import MalformedValueError
from dicom_cdk.offline.wire import MalformedMessageError

REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
"""Terraform and OpenTofu look for the same provider under their own host; neither minds the other's."""
WORKERS = 2
"""Python answers one call at a time; more threads than one that answers and one that is next only hand it round."""
_SOCKET_PATH_LIMIT = 100


class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers the provider's calls and the few that go-plugin makes of every plugin."""

    def __init__(self, service: Service, shutdown: Callable[[], None]) -> None:
        self._calls = {f"/tfplugin5.Provider/{name}": call for name, call in service.calls().items()}
        self._shutdown = shutdown

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = details.method
        if method in self._calls:
            return grpc.unary_unary_rpc_method_handler(_answering(self._calls[method]))
        if method == "/plugin.GRPCController/Shutdown":
            return grpc.unary_unary_rpc_method_handler(self._end)
        if method == "/plugin.GRPCStdio/StreamStdio":
            return grpc.unary_stream_rpc_method_handler(_nothing)
        return None

    def _end(self, _: bytes, __: grpc.ServicerContext) -> bytes:
        self._shutdown()
        return b""


def _answering(call: Call) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return answer(call, request)
        except (MalformedMessageError, MalformedValueError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except RecursionError:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "nested too deep to be a configuration")
        except Exception:
            # Terraform shows this text: whoever reads it can report it.
            context.abort(grpc.StatusCode.INTERNAL, f"a bug of dicom-cdk's offline provider:\n{traceback.format_exc()}")
        raise AssertionError("abort raises")

    return handle


def _nothing(_: bytes, __: grpc.ServicerContext) -> Iterator[bytes]:
    return iter(())


def start(
    service: Service, address: str, shutdown: Callable[[], None], credentials: Any = None
) -> tuple[grpc.Server, str]:
    """A running server on a gRPC address; returns it and the address with its port."""
    server = grpc.server(
        ThreadPoolExecutor(WORKERS, thread_name_prefix="provider"),
        options=[
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),
        ],
    )
    server.add_generic_rpc_handlers([Handler(service, shutdown)])
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    return server, address if address.startswith("unix:") else f"127.0.0.1:{port}"


@contextmanager
def serving(services: Sequence[Service]) -> Iterator[Mapping[str, Any]]:
    """Serves for the block; gives the value for TF_REATTACH_PROVIDERS. Sockets are private, and gone afterwards."""
    with ExitStack() as parts:
        folder = Path(tempfile.mkdtemp(prefix="tfp-"))
        parts.callback(shutil.rmtree, folder, ignore_errors=True)
        found = {}
        for service in services:
            socket = folder / service.provider
            by_path = len(str(socket)) <= _SOCKET_PATH_LIMIT
            server, address = start(service, f"unix:{socket}" if by_path else "127.0.0.1:0", lambda: None)
            parts.callback(_stop, server)
            where = {"Network": "unix", "String": str(socket)} if by_path else {"Network": "tcp", "String": address}
            attached = {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True, "Addr": where}
            for source in sources(service.provider):
                found[source] = attached
        yield found


def sources(provider: str) -> list[str]:
    """Every address a configuration may mean the provider by; hashicorp/ is what no `required_providers` means."""
    names = dict.fromkeys((ADDRESSES[provider], f"hashicorp/{provider}"))
    return [f"{host}/{name}" for host in REGISTRIES for name in names]


def _stop(server: grpc.Server) -> None:
    stopped: threading.Event = server.stop(grace=None)
    stopped.wait(5)


def reattach(found: Mapping[str, Any]) -> str:
    """The variable's text."""
    return json.dumps(found, separators=(",", ":"), sort_keys=True)
