"""Outputs: what a person needs after apply."""

from cdktf import TerraformOutput, TerraformStack


def write_outputs(stack: TerraformStack, **outputs: tuple[str | list[str], str]) -> None:
    """One output for each name: its value and what it is for."""
    for name, (value, description) in outputs.items():
        TerraformOutput(stack, name, value=value, description=description)
