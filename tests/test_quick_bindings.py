"""What is answered once while we synthesize is as it was before and after."""

import importlib.metadata
import typing
from pathlib import Path

import pytest
import typeguard
from jsii import _kernel

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
    of_others = (typing.get_type_hints, importlib.metadata.version, typeguard.check_type)
    before = (*of_others, _kernel._make_reference_for_native)
    with pytest.raises(ValueError, match="failed"):
        failing()
    of_others = (typing.get_type_hints, importlib.metadata.version, typeguard.check_type)
    assert (*of_others, _kernel._make_reference_for_native) == before
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


def test_node_is_sent_what_a_struct_holds_as_jsii_would_without_what_it_leaves_out() -> None:
    from dicom_cdk import service  # noqa: F401, I001
    from cdktf import TerraformResourceLifecycle
    from cdktf_cdktf_provider_alicloud.vpc import VpcConfig, VpcTimeouts

    lifecycle = TerraformResourceLifecycle(ignore_changes=["a"], prevent_destroy=False)
    config = VpcConfig(vpc_name="v", timeouts=VpcTimeouts(create="5m"), tags={"a": "b"}, lifecycle=lifecycle)
    values = [config, None, 1, 1.5, [], [config], {"a": [None, True]}]
    every = _kernel._make_reference_for_native(None, values)  # type: ignore[arg-type]
    with quick_bindings():
        assert _kernel._make_reference_for_native(None, values) == without_nothing(every)  # type: ignore[arg-type]
        with pytest.raises(Exception, match="Cannot pass function as argument"):
            _kernel._make_reference_for_native(None, [print])  # type: ignore[arg-type]


def without_nothing(sent: typing.Any) -> typing.Any:
    if isinstance(sent, list):
        return [without_nothing(each) for each in sent]
    if not isinstance(sent, dict):
        return sent
    given = {key: without_nothing(each) for key, each in sent.items()}
    return (
        given if "data" not in given else {**given, "data": {k: v for k, v in given["data"].items() if v is not None}}
    )
