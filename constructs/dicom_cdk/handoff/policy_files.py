"""The policies as plain Checkov takes them: ours, what they import, a configuration that runs just them and the kept built-ins."""

import ast
import json
import tomllib
from pathlib import Path

from dicom_cdk import shipped

PACKAGE = Path(__file__).resolve().parent.parent


def files() -> dict[str, str]:
    """Path in the hand-off → text."""
    folder = shipped.path("policies")
    found = {
        f"policies/{file.name}": file.read_text()
        for file in sorted(folder.iterdir())
        if file.suffix in (".py", ".yaml", ".toml")
    }
    for module in sorted(_imported({name: text for name, text in found.items() if name.endswith(".py")})):
        found[f"policies/{module}"] = (PACKAGE.parent / module).read_text()
    kept = sorted(tomllib.loads(found["policies/built_ins.toml"])["kept"])
    found["checkov.yaml"] = (
        "# checkov --config-file checkov.yaml --directory terraform\n"
        "framework: [terraform_json]\n"
        "external-checks-dir: [policies]\n"
        f"check: {json.dumps(['CKV2_DICOM_*', *kept])}\n"
    )
    return found


def _imported(texts: dict[str, str]) -> set[str]:
    """Files of this package that the policies import, and what those import: `dicom_cdk/…`."""
    waiting = [name for text in texts.values() for name in _modules(text)]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        for file in _files(module):
            if file not in found:
                found.add(file)
                waiting += _modules((PACKAGE.parent / file).read_text())
    return found


def _modules(text: str) -> list[str]:
    found: list[str] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue  # never imported when it runs
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        waiting += ast.iter_child_nodes(node)
    return [name for name in found if name.partition(".")[0] == PACKAGE.name]


def _files(module: str) -> list[str]:
    """The module's file and the packages above it, where they exist."""
    parts = module.split(".")
    wanted = [f"{'/'.join(parts[:depth])}/__init__.py" for depth in range(1, len(parts) + 1)]
    return [file for file in [*wanted, f"{'/'.join(parts)}.py"] if (PACKAGE.parent / file).is_file()]
