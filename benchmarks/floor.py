"""The floor of synthesis: a program that builds a stack's resources from literals with the same bindings, and nothing else.

Generated from synthesized JSON, so it always has the resources of today. `depends_on` is left out: it would need objects, and
leaving it out makes the floor lower, which is the strict side.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from dicom_cdk import shipped

PROVIDER = "registry.terraform.io/aliyun/alicloud"


def program(stack: dict[str, Any], out: str) -> str:
    """Python source of the floor program for one stack's Terraform JSON; it writes below the folder `out`."""
    schema = json.loads(gzip.decompress(shipped.path("provider/schema.json.gz").read_bytes()))
    schemas: dict[str, Any] = schema["provider_schemas"][PROVIDER]["resource_schemas"]
    imports = {"from cdktf import App, TerraformResource, TerraformResourceLifecycle, TerraformStack"}
    imports.add("from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider")
    imports.add("from cdktf_cdktf_provider_random.provider import RandomProvider")
    calls = []
    for kind, named in stack["resource"].items():
        if kind == "terraform_data":
            for name, body in named.items():
                calls.append(f"data = TerraformResource(stack, {name!r}, terraform_resource_type='terraform_data')")
                calls.append(f"data.add_override('input', {body['input']!r})")
            continue
        package, short = kind.split("_", 1)
        module = f"cdktf_cdktf_provider_{package}.{short}"
        imports.add(f"import {module} as {short}_module")
        block = schemas[kind]["block"] if package == "alicloud" else {}
        for name, body in named.items():
            arguments = [_argument(short, camel(short), key, value, block) for key, value in body.items()]
            calls.append(f"{short}_module.{camel(short)}(stack, {name!r}, {', '.join(filter(None, arguments))})")
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


def camel(snake: str) -> str:
    """ecs_disk becomes EcsDisk, as the generator names classes."""
    return "".join(part[:1].upper() + part[1:] for part in snake.split("_"))


def _argument(module: str, owner: str, key: str, value: Any, block: dict[str, Any]) -> str:
    if key in ("//", "depends_on", "provider"):
        return ""
    if key == "lifecycle":
        return f"lifecycle=TerraformResourceLifecycle(**{value!r})"
    nested = block.get("block_types", {}).get(key)
    if nested is None:
        return f"{key}={value!r}"
    many = nested.get("max_items") != 1 and nested["nesting_mode"] != "single"
    name = f"{owner}{camel(key)}"
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
