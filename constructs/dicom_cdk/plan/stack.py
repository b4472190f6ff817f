"""A synthesized stack as Terraform gets it: read, its backend dropped, its variables filled, in a scratch folder."""

import json
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from dicom_cdk.plan.reading.bodies import merged
from dicom_cdk.plan.reading.written_json import read_document
from dicom_cdk.text_files import text_of

Json = dict[str, Any]
FILE = "cdk.tf.json"


def texts_in(value: object) -> Iterator[str]:
    """Every text in a part of a document, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def block(value: Any) -> Json:
    """A block of a document, which may hold it in a list of one; empty where there is none."""
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}


def lifecycle(body: Mapping[str, Any]) -> Json:
    """A resource's lifecycle block."""
    return block(body.get("lifecycle"))


class NotAStack(Exception):
    """The folder holds no Terraform JSON."""


@dataclass(frozen=True)
class Stack:
    """One stack's document and the folder that it came from."""

    folder: Path
    document: Json

    @classmethod
    def read(cls, folder: Path) -> "Stack":
        """The stack in `folder`. Raises NotAStack."""
        file = folder / FILE
        try:
            if file.is_fifo():
                raise NotAStack(f"{file}: is a pipe, allowed is a file; synthesize again")
            document = merged(read_document(text_of(file)))
        except OSError as error:
            raise NotAStack(
                f"{file}: {error.strerror}; synthesize first, or name a stack's folder by --stack-dir"
            ) from None
        except ValueError as error:
            raise NotAStack(f"{file}: not JSON: {error}; synthesize again") from None
        if not isinstance(document, dict) or not all(
            isinstance(document.get(key, {}), dict)
            for key in ("resource", "data", "ephemeral", "variable", "terraform")
        ):
            raise NotAStack(f"{file}: not Terraform JSON as cdktf writes it; synthesize again")
        for place, problem in _misshapen(document):
            raise NotAStack(f"{file}: {place} {problem}; synthesize again")
        return cls(folder, document)

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    def types(self) -> Mapping[str, set[str]]:
        """Types in use: managed and data."""
        return {"managed": set(self.document.get("resource", {})), "data": set(self.document.get("data", {}))}

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Resource address to construct path below the stack, such as archive/host/instance; "" where none is written."""
        found = {}
        for kind, named in self.document.get("resource", {}).items():
            for name, body in named.items() if isinstance(named, dict) else ():
                path = block(block(block(body).get("//")).get("metadata")).get("path")
                found[f"{kind}.{name}"] = path.partition("/")[2] if isinstance(path, str) else ""
        return found

    @property
    def variables(self) -> Json:
        return cast(Json, self.document.get("variable", {}))

    @property
    def provider(self) -> Json:
        """Arguments of the first alicloud provider block; empty where there is none."""
        block = (self.document.get("provider") or {}).get("alicloud")
        block = block[0] if isinstance(block, list) and block else block
        return block if isinstance(block, dict) else {}

    def without_backend(self) -> Json:
        """A copy of the document that does not say where its state is, without empty sections, which Terraform refuses."""
        document: Json = json.loads(json.dumps({key: part for key, part in self.document.items() if part != {}}))
        for place in ("backend", "cloud"):
            document.get("terraform", {}).pop(place, None)
        return document

    def write(self, folder: Path, provider: Mapping[str, Any] | None = None, given: Collection[str] = ()) -> None:
        """Into `folder`, for a plan: no backend, no encryption, dummies for variables without default, `provider` added.

        `given`: variables that somebody else fills in.
        """
        document = self.without_backend()
        # A state that we made is not encrypted, and a key may be where no plan reaches.
        document.get("terraform", {}).pop("encryption", None)
        if provider:
            blocks = document.setdefault("provider", {}).setdefault("alicloud", [{}])
            for block in blocks if isinstance(blocks, list) else [blocks]:
                for key, value in provider.items():
                    block.setdefault(key, value)
        (folder / FILE).write_text(json.dumps(document, indent=1))
        dummies = {
            name: _dummy(name, body)
            for name, body in self.variables.items()
            if "default" not in body and name not in given
        }
        (folder / "dummies.auto.tfvars.json").write_text(json.dumps(dummies))


def _misshapen(document: Json) -> Iterator[tuple[str, str]]:
    """Parts of another form than cdktf writes, which everything behind relies on."""
    for section in ("resource", "data", "ephemeral"):
        for kind, named in (document.get(section) or {}).items():
            if kind != "//" and not isinstance(named, dict):
                yield f"{section}.{kind}", f"is {type(named).__name__}, allowed is a map of names"
    for name, body in (document.get("variable") or {}).items():
        if not isinstance(body, dict):
            yield f"variable.{name}", f"is {type(body).__name__}, allowed is a map of arguments"
    for key in ("required_providers", "backend"):
        found = document.get("terraform", {}).get(key, {})
        if not isinstance(found, dict):
            yield f"terraform.{key}", f"is {type(found).__name__}, allowed is a map"
    for key in ("output", "provider", "locals"):
        if not isinstance(document.get(key) or {}, dict):
            yield key, f"is {type(document[key]).__name__}, allowed is a map"
    for key, needed in NEEDED.items():
        blocks = document.get(key) or []
        for one in blocks if isinstance(blocks, list) else [blocks]:
            if not isinstance(one, dict) or not needed <= {name for name, said in one.items() if isinstance(said, str)}:
                yield key, f"has an entry without {' and '.join(sorted(needed))}"


NEEDED = {"moved": {"from", "to"}, "removed": {"from"}, "import": {"to"}}
"""What each block about the state must say, as text."""


def _dummy(name: str, body: Json) -> Any:
    kind = str(body.get("type", "string"))
    if kind == "number":
        return 1
    if kind == "bool":
        return True
    if kind.startswith(("list", "set")):
        return []
    return {} if kind.startswith(("map", "object")) else f"dummy-of-{name}"


class CannotWrite(Exception):
    """A file or folder cannot be written."""


def hand_out(answer: str, output: Path | None) -> None:
    """Write an answer into the file that was named for it, else to standard output. Raises CannotWrite."""
    if output is None:
        sys.stdout.write(answer)
        return
    try:
        output.write_text(answer)
    except OSError as error:
        raise CannotWrite(f"{output}: {error.strerror}; name a file that can be written") from None


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of our own, gone afterwards: a plan never touches the stack's folder, its state or its lock file.

    Raises CannotWrite.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="dicom-plan-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotWrite(f"no folder for a plan can be made: {error}; name a writable one in TMPDIR") from None
    with folder as name:
        yield Path(name)
