"""A synthesized stack as tests look at it: resources by construct path, references still as text."""

import json
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdktf import App

DEFAULT_SITE_RESOURCES = 240
"""Of sites/dicom-sh.yaml, as every command counts them. Changed by hand: another number is another service."""

HASH = re.compile(r"(?<=[A-Za-z0-9])_[0-9A-F]{8}(?![A-Za-z0-9_-])")
BOOKKEEPING = ("//", "provisioner")


def app() -> "App":
    """For a stack of a test's own that is written nowhere; cdktf makes a folder for each, which stays."""
    from cdktf import Testing

    return Testing.app(outdir=str(Path(tempfile.gettempdir()) / "apps"))


@dataclass(frozen=True)
class Resource:
    """One resource: its construct path without the stack's name, its Terraform address, its attributes."""

    path: str
    address: str
    type: str
    attributes: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]

    def get(self, name: str) -> Any:
        return self.attributes.get(name)


@dataclass(frozen=True)
class Synthesized:
    """One stack's Terraform JSON."""

    folder: Path
    json: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Synthesized":
        return cls(folder, json.loads((folder / "cdk.tf.json").read_text()))

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Resources by path, such as `network/vpc`."""
        found = {}
        for kind, named in self.json.get("resource", {}).items():
            for name, body in named.items():
                path = body["//"]["metadata"]["path"].split("/", 1)[1]
                attributes = {key: value for key, value in body.items() if key not in BOOKKEEPING}
                found[path] = Resource(path, f"{kind}.{name}", kind, attributes)
        return dict(sorted(found.items()))

    def room(self, name: str) -> dict[str, Resource]:
        """The resources of one room, by path below the room."""
        start = f"{name}/"
        return {path.removeprefix(start): each for path, each in self.resources.items() if path.startswith(start)}

    def of_type(self, kind: str) -> list[Resource]:
        """All resources of a type, without the prefix alicloud_."""
        return [each for each in self.resources.values() if each.type == f"alicloud_{kind}"]


def without_hashes(text: str) -> dict[str, Any]:
    """What cdktf's Testing.synth gives of a stack, with names as `synth` writes them."""
    made: dict[str, Any] = json.loads(HASH.sub("", text))
    return made
