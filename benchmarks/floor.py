"""The floor of synthesis: a program that builds a stack's resources from literals with the same bindings, and nothing else.

Generated from synthesized JSON, so it always has the resources of today, with all their arguments.
"""

import gzip
import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dicom_cdk import shipped

NOT_ARGUMENTS = ("//", "depends_on", "provider")
PROVIDER = "registry.terraform.io/aliyun/alicloud"


def program(stack: dict[str, Any], out: str) -> str:
    """Python source of the floor program for one stack's Terraform JSON; it writes below the folder `out`."""
    schema = json.loads(gzip.decompress(shipped.path("provider/schema.json.gz").read_bytes()))
    schemas: dict[str, Any] = schema["provider_schemas"][PROVIDER]["resource_schemas"]
    bodies = {f"{kind}.{name}": body for kind, named in stack["resource"].items() for name, body in named.items()}
    variables = {address: f"r{number}" for number, address in enumerate(bodies)}
    after = {address: body.get("depends_on", []) for address, body in bodies.items()}
    imports = {
        "from cdktf import App, TerraformResource, TerraformResourceLifecycle, TerraformStack",
        "from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider",
        "from cdktf_cdktf_provider_random.provider import RandomProvider",
    }
    calls: list[str] = []
    for address in TopologicalSorter(after).static_order():
        kind, name = address.split(".")
        body, variable = bodies[address], variables[address]
        package, short = kind.split("_", 1)
        if not _bound(package, short):
            calls.extend(_without_binding(variable, kind, name, body, [variables[each] for each in after[address]]))
            continue
        imports.add(f"import cdktf_cdktf_provider_{package}.{short} as {short}_module")
        block = schemas[kind]["block"] if package == "alicloud" else {}
        arguments = [_argument(short, camel(short), key, value, block) for key, value in body.items()]
        if after[address]:
            arguments.append(f"depends_on=[{', '.join(variables[each] for each in after[address])}]")
        given = ", ".join(filter(None, arguments))
        calls.append(f"{variable} = {short}_module.{camel(short)}(stack, {name!r}, {given})")
    return "\n".join(
        [
            *sorted(imports),
            f"app = App(outdir={out!r})",
            "stack = TerraformStack(app, 'floor')",
            "AlicloudProvider(stack, 'alicloud', region='cn-shanghai')",
            "RandomProvider(stack, 'random')",
            *calls,
            "app.synth()",
            "",
        ]
    )


def _bound(package: str, short: str) -> bool:
    """Whether the bindings have a class for this type; looked up as a folder, since importing the package starts Node."""
    spec = find_spec(f"cdktf_cdktf_provider_{package}")
    return any((Path(folder) / short).is_dir() for folder in (spec and spec.submodule_search_locations) or ())


def _without_binding(variable: str, kind: str, name: str, body: dict[str, Any], after: list[str]) -> Iterator[str]:
    depends = f", depends_on=[{', '.join(after)}]" if after else ""
    yield f"{variable} = TerraformResource(stack, {name!r}, terraform_resource_type={kind!r}{depends})"
    for key, value in body.items():
        if key not in NOT_ARGUMENTS:
            yield f"{variable}.add_override({key!r}, {value!r})"


def camel(snake: str) -> str:
    """ecs_disk becomes EcsDisk, as the generator names classes."""
    return "".join(part[:1].upper() + part[1:] for part in snake.split("_"))


def _argument(module: str, owner: str, key: str, value: Any, block: dict[str, Any]) -> str:
    if key in NOT_ARGUMENTS:
        return ""
    if key == "lifecycle":
        return f"lifecycle=TerraformResourceLifecycle(**{value!r})"
    nested = block.get("block_types", {}).get(key)
    if nested is None:
        return f"{key}={value!r}"
    many = nested.get("max_items") != 1 and nested["nesting_mode"] != "single"
    name = f"{owner}{camel(key)}"
    # The generator's own names for lists of blocks end so.
    name += "Struct" if name.endswith("List") else ""
    items = [_block(module, name, item, nested["block"]) for item in (value if isinstance(value, list) else [value])]
    return f"{key}=[{', '.join(items)}]" if many else f"{key}={items[0]}"


def _block(module: str, name: str, value: dict[str, Any], block: dict[str, Any]) -> str:
    arguments = [_argument(module, name, key, item, block) for key, item in value.items() if key != "//"]
    return f"{module}_module.{name}({', '.join(filter(None, arguments))})"


def write(stack_file: Path, folder: Path) -> Path:
    """The floor program of a stack file, ready to run."""
    target = folder / "floor.py"
    target.write_text(program(json.loads(stack_file.read_text()), str(folder / "out")))
    return target
