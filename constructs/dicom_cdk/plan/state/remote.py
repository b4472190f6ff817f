"""What one stack reads of another: from the answers file, else from the stack beside it as an offline apply would leave it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dicom_cdk.offline.answers import OF_STATE, REMOTE_STATE, Answers
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.stack import FILE, NotAStack, Stack, block

Json = dict[str, Any]
OVERRIDE = "remote_state_override.tf.json"
"""Terraform lays a file of such a name over the module's own."""
CDKTF = "cross-stack-reference-input-"
DEFAULT, HERE = "default", "${terraform.workspace}"
"""The workspace that a plan here is made in, by name and as it calls itself."""
PLACE = ("bucket", "prefix", "key", "path", "container", "address", "organization", "workspaces", "name")
"""Arguments of backends that say which state it is."""
DEFAULTS = {"oss": {"prefix": "env:", "key": "terraform.tfstate"}}
"""What such arguments are where nobody says them."""


class NoState(Exception):
    """Nobody can say what a remote state holds."""


def overrides(stack: Stack, outputs: Callable[[Stack], Json], answers: Answers) -> dict[Path, str]:
    """Files that lead the remote states of local modules to files of the stack's folder; and these. By path, relative to it.

    Raises NoState.
    """
    files: dict[Path, str] = {}
    for one in module_resources.resources(stack, "data"):
        if not one.module or one.type != REMOTE_STATE:
            continue
        place = Path(os.path.relpath(one.folder, stack.folder.absolute()), OVERRIDE)
        name = f"remote-{re.sub(r'[^A-Za-z0-9_-]', '-', one.folder.name)}-{one.name}.tfstate"
        found = _outputs(stack, one.name, one.body if isinstance(one.body, dict) else {}, outputs, answers)
        files[Path(name)] = _state(name, found)
        document = json.loads(files.get(place, "{}"))
        states = document.setdefault("data", {}).setdefault(REMOTE_STATE, {})
        # A path is relative to where Terraform runs, not to the module.
        states[one.name] = {"backend": "local", "config": {"path": name}}
        files[place] = json.dumps(document)
    return files


def redirected(stack: Stack, outputs: Callable[[Stack], Json], answers: Answers) -> tuple[Stack, dict[str, str]]:
    """The stack with its remote states as files of its own folder, and those files by name. `outputs` applies a stack offline.

    Raises NoState.
    """
    named = stack.document.get("data", {}).get(REMOTE_STATE) or {}
    if not isinstance(named, dict) or not named:
        return stack, {}
    document: Json = json.loads(json.dumps(stack.document))
    files = {}
    for name, body in named.items():
        given = body[0] if isinstance(body, list) and body else body
        if not isinstance(given, dict):
            raise NoState(f"data.{REMOTE_STATE}.{name}: is {type(given).__name__}, allowed is a map of arguments")
        found = _outputs(stack, name, given, outputs, answers)
        file = f"remote-{name}.tfstate"
        files[file] = _state(file, found)
        kept = {key: value for key, value in given.items() if key not in ("backend", "config", "workspace")}
        document["data"][REMOTE_STATE][name] = {**kept, "backend": "local", "config": {"path": file}}
    return Stack(stack.folder, document), files


def _state(name: str, outputs: Json) -> str:
    return json.dumps({"version": 4, "serial": 1, "lineage": name, "outputs": outputs, "resources": []})


def _outputs(stack: Stack, name: str, body: Json, outputs: Callable[[Stack], Json], answers: Answers) -> Json:
    # Terraform takes no variable in a backend, and takes any where a state is read.
    body = evaluated(body, Decided(stated(stack.document)))
    canned = answers.find(REMOTE_STATE, OF_STATE["match"], {**body, "name": name})
    if canned is not None:
        values = canned["values"].get("outputs") or {}
        return {key: {"value": value, "type": _type(value)} for key, value in values.items()}
    producer = _producer(stack, name, body)
    workspace = body.get("workspace") or DEFAULT
    other = producer is not None and workspace not in (DEFAULT, HERE)
    if producer is not None and not other:
        return outputs(producer)
    if other:
        why = f"reads workspace {workspace}, and the stack beside this one is planned as its default one; no answer is canned. Add"
    else:
        why = "no stack beside this one keeps its state there, and no answer is canned. Synthesize both into one folder, or add"
    entry = [made_up(name, json.dumps(stack.document))]
    raise NoState(
        f"data.{REMOTE_STATE}.{name}: {why} this line to {answers.where or 'a file given by --answers'}: "
        f"{REMOTE_STATE}: {json.dumps(entry)}"
    )


def made_up(name: str, text: str) -> Json:
    """An answer for a remote state: a made-up text for every output that `text`, the document as JSON, reads of it."""
    read = re.findall(rf'data\.{REMOTE_STATE}\.{re.escape(name)}(?:\[[^\]]*\])?\.outputs(?:\.|\[\\?")([\w-]+)', text)
    return {"match": {"name": name}, "values": {"outputs": {key: f"made-up-{key}" for key in sorted(set(read))}}}


def _producer(stack: Stack, name: str, body: Json) -> Stack | None:
    """The stack beside this one that keeps its state where `body` looks; of its name, where no two places speak against it."""
    for folder in _beside(stack):
        if folder.name in (name.removeprefix(CDKTF) if name.startswith(CDKTF) else "", _local_name(body)):
            return Stack.read(folder)
    of_its_name = None
    for folder in _beside(stack):
        try:
            other = Stack.read(folder)
        except NotAStack:
            continue
        there = _places(other.document.get("terraform", {}).get("backend", {}), folder)
        here = _places({body.get("backend"): body.get("config")}, stack.folder)
        if here and here == there:
            return other
        if folder.name == name and not _elsewhere(here, there):
            of_its_name = other
    return of_its_name


def _places(backends: Any, folder: Path) -> Json:
    """Where a backend of the stack in `folder` keeps its state: its kind, and the arguments that say which state it is."""
    for kind, arguments in backends.items() if isinstance(backends, dict) else ():
        said = {key: one for key, one in block(arguments).items() if key in PLACE}
        if kind == "local" and isinstance(said.get("path"), str):
            said["path"] = os.path.normpath(folder.absolute() / said["path"])
        if said:
            return {"backend": kind, **DEFAULTS.get(kind, {}), **said}
    return {}


def _elsewhere(here: Json, there: Json) -> bool:
    """Whether both are known and differ; what a reference says is known to nobody, but one of `for_each` means several places."""
    if not here or not there:
        return False
    pairs = [(here.get(key), there.get(key)) for key in here.keys() | there.keys()]
    return any(one != other and ("${" not in str(one) or "each." in str(one)) for one, other in pairs)


def _local_name(body: Json) -> str:
    """cdktf keeps the state of stack X in terraform.X.tfstate where no backend is said."""
    config = body.get("config")
    path = str(config.get("path", "")) if isinstance(config, dict) and body.get("backend") == "local" else ""
    found = re.fullmatch(r"terraform\.(.+)\.tfstate", Path(path).name)
    return found[1] if found else ""


def _beside(stack: Stack) -> Iterator[Path]:
    own = stack.folder.absolute()
    yield from (file.parent for file in sorted(own.parent.glob(f"*/{FILE}")))


def _type(value: Any) -> Any:
    """The type that a state writes beside a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return ["tuple", [_type(one) for one in value]]
    if isinstance(value, dict):
        return ["object", {key: _type(one) for key, one in value.items()}]
    return "string" if isinstance(value, str) else "dynamic"
