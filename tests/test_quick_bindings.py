"""What is answered once while we synthesize is as it was before and after."""

import importlib.metadata
import typing
from pathlib import Path

import pytest
import typeguard

from dicom_cdk.quick_bindings import quick_bindings


def hinted(number: int) -> None: ...


def failing() -> None:
    with quick_bindings():
        assert typing.get_type_hints(hinted) is typing.get_type_hints(hinted), "evaluated once"
        assert typing.get_type_hints(hinted, localns={}) == typing.get_type_hints(hinted), "asked as bindings never do"
        assert importlib.metadata.version("typeguard")
        typeguard.check_type("number", "text", int)
        raise ValueError("failed")


def test_functions_of_others_are_theirs_again_after_a_synthesis_even_one_that_failed() -> None:
    before = (typing.get_type_hints, importlib.metadata.version, typeguard.check_type)
    with pytest.raises(ValueError, match="failed"):
        failing()
    assert (typing.get_type_hints, importlib.metadata.version, typeguard.check_type) == before
    with pytest.raises(TypeError, match="type of number must be int"):
        typeguard.check_type("number", "text", int)


@quick_bindings()
def test_a_value_of_a_wrong_type_is_still_refused_by_node(tmp_path: Path) -> None:
    from dicom_cdk import service  # noqa: F401, I001
    from cdktf import App, TerraformStack
    from cdktf_cdktf_provider_alicloud.vpc import Vpc

    stack = TerraformStack(App(outdir=str(tmp_path)), "clinic")
    with pytest.raises(RuntimeError, match=r"Key 'vpcName'.*\n.*is a number"):
        Vpc(stack, "vpc", vpc_name=7)  # type: ignore[arg-type]
