"""The floor that synthesis is measured against does run, and builds what the stack has."""

from pathlib import Path
from typing import Any

from benchmarks import floor
from dicom_cdk import node
from tests.synthesized import DEFAULT_SITE_RESOURCES, Synthesized

NOT_BUILT = ("//", "depends_on", "provider")


def bodies(resources: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Arguments of each type's resources, in any order; a resource has another name in the floor than in the stack."""
    return {
        kind: sorted(({k: v for k, v in body.items() if k not in NOT_BUILT} for body in named.values()), key=repr)
        for kind, named in resources.items()
    }


def test_the_floor_of_synthesis_builds_every_resource_of_the_stack_with_all_its_arguments(
    default_stack: Synthesized, tmp_path: Path
) -> None:
    node.choose()
    program = floor.program(default_stack.json, str(tmp_path))
    exec(compile(program, "floor.py", "exec"), {})
    built = Synthesized.read(tmp_path / "stacks" / "floor")
    assert sum(map(len, built.json["resource"].values())) == DEFAULT_SITE_RESOURCES
    assert bodies(built.json["resource"]) == bodies(default_stack.json["resource"])
