"""A first apply that is refused has bought nothing."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cdktf import TerraformResource

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.service.purchases import BINDINGS, BOUGHT, MAY_BE_REFUSED
from tests.synthesized import Synthesized

SITES = ("sites/dicom-sh.yaml", "examples/without-kms-instance.yaml", "examples/bring-your-own.yaml")


@pytest.mark.parametrize("file", SITES)
def test_whatever_is_bought_waits_for_every_name_service_and_secret(
    file: str, stack_of: Callable[[str], Synthesized]
) -> None:
    document = of_stack(Stack(Path(file), stack_of(file).json))
    first = {one.address for one in document.of(*MAY_BE_REFUSED)}
    bought = document.of(*BOUGHT)
    assert len(first) > 10
    assert len(bought) > 4
    for one in bought:
        assert first <= document.behind(one.address), one.address


@pytest.mark.parametrize("file", SITES)
def test_nothing_that_may_be_refused_waits_for_what_is_bought(
    file: str, stack_of: Callable[[str], Synthesized]
) -> None:
    document = of_stack(Stack(Path(file), stack_of(file).json))
    bought = {one.address for one in document.of(*BOUGHT)}
    for one in document.of(*MAY_BE_REFUSED):
        assert not bought & document.behind(one.address), one.address


def test_every_type_of_the_tables_is_in_some_site(stack_of: Callable[[str], Synthesized]) -> None:
    there = {one.type for file in SITES for one in stack_of(file).resources.values()}
    assert {*BOUGHT, *MAY_BE_REFUSED} <= there


@pytest.mark.parametrize("kind", sorted({*BOUGHT, *MAY_BE_REFUSED}))
def test_a_type_is_known_by_the_module_of_its_class_as_terraform_calls_it(kind: str) -> None:
    module = importlib.import_module(f"{BINDINGS}alicloud.{kind.removeprefix('alicloud_')}")
    of_this_module = [
        one for one in vars(module).values() if isinstance(one, type) and issubclass(one, TerraformResource)
    ]
    (resource,) = [one for one in of_this_module if one is not TerraformResource]
    assert kind == resource.TF_RESOURCE_TYPE  # type: ignore[attr-defined]
