"""Static checks of the API client."""

import ast
import sys
from pathlib import Path

from tests.assets.docker_host.test_lint import shellcheck

ASSETS = Path(__file__).resolve().parents[3] / "assets/api_client"


def test_the_api_client_runs_on_the_oldest_python_of_a_host() -> None:
    # Ubuntu 22.04 has 3.10.
    ast.parse((ASSETS / "alicloud.py").read_text(), feature_version=(3, 10))


def test_the_api_client_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ASSETS / "alicloud.py").read_text())
    modules = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    modules |= {
        node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert modules <= sys.stdlib_module_names


def test_its_step_passes_shellcheck() -> None:
    shellcheck(ASSETS / "place.sh")
