"""What the committed bindings wheel offers, read from the jsii assembly inside it (no Node, no import of the bindings)."""

import io
import json
import tarfile
import zipfile
from functools import cache
from typing import Any

from provider.bindings.build import VENDOR
from provider.bindings.source import MODULE, PACKAGE, WHEEL


@cache
def files() -> dict[str, bytes]:
    """Files of the wheel by name."""
    with zipfile.ZipFile(VENDOR / WHEEL) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@cache
def packed() -> dict[str, bytes]:
    """Files of the jsii tarball inside the wheel by name."""
    (tarball,) = (content for name, content in files().items() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        return {member.name: file.read() for member in archive if (file := archive.extractfile(member))}


@cache
def types() -> dict[str, dict[str, Any]]:
    """Classes and structs by qualified name without the package: `vpc.Vpc`, `ossBucket.OssBucketConfig`."""
    assembly = json.loads(packed()["package/.jsii"])
    prefix = f"{PACKAGE['name']}."
    return {name.removeprefix(prefix): entry for name, entry in assembly["types"].items()}


def classes(base: str) -> dict[str, str]:
    """Python module to class, for all that derive from cdktf's `base` (TerraformResource, ...)."""
    modules = {camel(name): name for name in module_names()}
    found = ((name.split("."), entry) for name, entry in types().items())
    return {modules[name[0]]: name[1] for name, entry in found if entry.get("base") == f"cdktf.{base}"}


def module_names() -> set[str]:
    """Python modules of the wheel, such as `oss_bucket` and `data_alicloud_zones`."""
    parts = (name.split("/") for name in files())
    return {part[1] for part in parts if len(part) == 3 and part[0] == MODULE and part[1] != "_jsii"}


def struct_of(name: str) -> dict[str, Any]:
    """The struct whose properties are the keyword arguments of a class: its configuration, or itself."""
    entry = types()[name]
    if entry["kind"] == "interface":
        return entry
    config = next(
        (p["type"]["fqn"] for p in entry.get("initializer", {}).get("parameters", []) if p["name"] == "config"), None
    )
    return types()[config.removeprefix(f"{PACKAGE['name']}.")] if config else {"properties": []}


def blocks(name: str) -> dict[str, tuple[str, bool]]:
    """Keyword arguments of a class (camel case) that take structs: the struct's qualified name, and whether a list of them."""
    prefix = f"{PACKAGE['name']}."
    found: dict[str, tuple[str, bool]] = {}
    for entry in struct_of(name).get("properties", []):
        for option in entry["type"].get("union", {}).get("types", [entry["type"]]):
            element = option.get("collection", {}).get("elementtype", {}).get("fqn", "")
            if (element or option.get("fqn", "")).startswith(prefix):
                found[entry["name"]] = (element or option["fqn"]).removeprefix(prefix), bool(element)
    return found


def camel(snake: str) -> str:
    """jsii's name of a Python name: oss_bucket is ossBucket, not_ is not."""
    first, *rest = snake.rstrip("_").split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
