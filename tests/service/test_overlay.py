"""Every synthesized attribute against the facts recorded of provider 1.289.0: value sets, deprecated, conflicts, timeouts."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dicom_cdk.offline.fields import Field, build
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.validation.walk import validate
from dicom_cdk.offline.values import UNKNOWN
from tests.conftest import ROOT
from tests.synthesized import Synthesized

META = {"//", "depends_on", "lifecycle", "provider", "count", "for_each", "timeouts"}
FILES = ["sites/dicom-sh.yaml", *sorted(f"examples/{path.name}" for path in (ROOT / "examples").glob("[!_]*.yaml"))]


def findings(stack: dict[str, Any]) -> Iterator[str]:
    """One line for each thing that the real provider would refuse or warn of."""
    store = shipped_store()
    for mode, section in (("managed", "resource"), ("data", "data")):
        for kind, named in stack.get(section, {}).items():
            if not kind.startswith("alicloud_"):
                continue
            facts = store.find(mode, kind)  # type: ignore[arg-type]
            assert facts is not None, f"{kind}: provider 1.289.0 has no such type"
            described = build(facts)
            for name, body in named.items():
                config = {
                    key: _value(described.fields[key], value) if key in described.fields else value
                    for key, value in body.items()
                    if key not in META
                }
                unknown = sorted(set(config) - set(described.fields))
                yield from (f"{kind}.{name}: {each}: no such argument" for each in unknown)
                full = {key: config.get(key) for key in described.fields}
                for diagnostic in validate(described, full):
                    yield f"{kind}.{name}: {diagnostic.summary}: {diagnostic.detail}"
                extra = sorted(set(body.get("timeouts", {})) - described.timeouts)
                yield from (f"{kind}.{name}: timeouts.{each}: not declared by the provider" for each in extra)


def _value(field: Field, value: Any) -> Any:
    """CDKTF's JSON as Terraform's core sees it: references unknown, single blocks in a list, all fields of a block there."""
    if isinstance(value, str) and "${" in value:
        return UNKNOWN
    if field.fields is not None and field.nested:
        elements = value if isinstance(value, list) else [value]
        return [
            {key: _value(inner, element[key]) if key in element else None for key, inner in field.fields.items()}
            for element in elements
        ]
    if isinstance(value, list):
        return [UNKNOWN if isinstance(each, str) and "${" in each else each for each in value]
    return value


@pytest.mark.parametrize("file", FILES)
def test_the_real_provider_would_refuse_nothing_and_warn_of_nothing(
    file: str, stack_of: Callable[[str], Synthesized]
) -> None:
    assert list(findings(stack_of(file).json)) == []


def test_the_bootstrap_stack_too(stack_of: Callable[[str], Synthesized]) -> None:
    (folder,) = stack_of("examples/production.yaml").folder.parent.glob("*-bootstrap")
    assert list(findings(Synthesized.read(folder).json)) == []


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        ("category", "Sometimes", "HighAvailability"),
        ("instance_name", "x", "instance_name"),
        ("monitoring_period", 7, "300"),
        ("nonsense", 1, "no such argument"),
    ],
)
def test_this_check_can_fail(argument: str, value: object, said: str, default_stack: Synthesized) -> None:
    stack = json.loads(json.dumps(default_stack.json))
    stack["resource"]["alicloud_db_instance"]["database_instance"][argument] = value
    (found,) = findings(stack)
    assert said in found


def test_this_check_sees_deprecated_and_conflicting_arguments(default_stack: Synthesized) -> None:
    stack = json.loads(json.dumps(default_stack.json))
    stack["resource"]["alicloud_vpc"]["network_vpc"]["name"] = "old"
    assert any("deprecated" in found.lower() for found in findings(stack))
    assert any("vpc_name" in found for found in findings(stack))
