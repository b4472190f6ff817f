"""Static checks of the room's files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assets.docker_host.test_lint import shellcheck

ASSETS = Path(__file__).resolve().parents[3] / "assets/cache"


@pytest.mark.parametrize("name", sorted(path.name for path in ASSETS.glob("*.sh")))
def test_a_script_passes_shellcheck_and_bash(name: str) -> None:
    shellcheck(ASSETS / name)
    run = subprocess.run(["bash", "-n", str(ASSETS / name)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_what_writes_the_directory_runs_on_the_oldest_python_of_a_host_with_nothing_else() -> None:
    # Ubuntu 22.04 has 3.10.
    tree = ast.parse((ASSETS / "receive.py").read_text(), feature_version=(3, 10))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= sys.stdlib_module_names
