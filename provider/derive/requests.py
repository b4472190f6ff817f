"""How a call of the cloud is written in the provider: by its client, by a client made for an endpoint, or by a client library."""

import json
import re
from pathlib import Path
from typing import Any

from tree_sitter import Node

from provider.derive.abstract import HOLE, Typed, Value, joined, keys, texts, typed
from provider.derive.golang import part, text
from provider.derive.reached import Reached, Run, kind_of

RPC = frozenset({"RpcPost", "RpcGet", "RpcPostWithEndpoint"})
ROA = re.compile(r"Roa(Post|Put|Get|Delete|Patch)(WithApiName)?")
REQUESTS = frozenset({"DoRequest", "DoRequestWithAction"})
"""Of a client that was made for an endpoint."""
DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LIBRARIES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "foreign-clients.json").read_text(encoding="utf-8")
)
"""Import path and type of a client of another module to what its calls are told as."""
SPACE: Value = frozenset({" "})


def library_call(client: Typed, name: str, arguments: tuple[Value, ...], run: Run) -> Reached:
    """A method of another module's client."""
    library = LIBRARIES.get(f"{client.package}.{client.name}")
    if library is None:
        return Reached()
    if name == "ProcessCommonRequest":
        run.asking.add(library["told"])
    elif name == "Do":
        run.calls.update(
            f"{library['told']}Do {one} ?{key}" for one in texts(arguments[0]) for key in keys(arguments[3])
        )
    elif name not in library.get("not_calls", ()):
        run.calls.add(f"{library['told']}{name}")
    gives = library.get("gives", {}).get(name)
    return Reached(gives=(kind_of(gives),)) if gives else Reached()


def endpoint_request(called: Node, arguments: tuple[Value, ...], receiver: Value) -> list[Value]:
    """The parts of a request by a client that was made for an endpoint or product: RPC, ROA, or ROA with the action's name."""
    products: Value = frozenset(one.package for one in typed(receiver))
    if text(part(called, "field")) == "DoRequestWithAction":
        version, words = arguments[1], [arguments[3], arguments[5]]
    elif any(DATED.fullmatch(one) for one in texts(arguments[0])):
        version, words = arguments[0], [arguments[2], arguments[4]]
    else:
        version, words = arguments[3], [arguments[0]]
    return [products, SPACE, version, *(each for one in words for each in (SPACE, one))]


def client_request(name: str, arguments: tuple[Value, ...], parameters: tuple[Value, ...]) -> list[Value]:
    """The parts of a request by the provider's client; `parameters`: those of the call that is its second argument."""
    if name == "Do":
        return [arguments[0], SPACE, parameters[1], SPACE, parameters[2]] if len(parameters) > 2 else []
    if roa := ROA.fullmatch(name):
        method: Value = frozenset({f" {roa[1].upper()} "})
        return [arguments[0], SPACE, arguments[1], method, arguments[3 if roa[2] else 2]]
    return [arguments[0], SPACE, arguments[1], SPACE, arguments[2]]


def told(parts: list[Value]) -> tuple[list[str], bool]:
    """The calls that parts make, and whether product, version and action of all are known; a path may have holes."""
    found = texts(joined(parts))
    return found, bool(found) and not any(HOLE in one.partition("/")[0] for one in found)
