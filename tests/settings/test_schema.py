"""The JSON Schema of a site file: judged by an independent validator, and the same as what the models and the loader say."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from dicom_cdk.settings import reference
from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site
from dicom_cdk.settings.schema import schema_text, site_schema
from tests.conftest import ROOT, SMALL_SITE

VALIDATOR = jsonschema.Draft202012Validator(site_schema())
FILES = [ROOT / "sites/dicom-sh.yaml", *sorted((ROOT / "examples").glob("[!_]*.yaml"))]


def test_it_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(site_schema())


def test_the_committed_schema_and_reference_are_those_of_the_models() -> None:
    assert (ROOT / "docs/site.schema.json").read_text() == schema_text(), "docs/site.schema.json is old; run: make docs"
    committed = (ROOT / "docs/settings.md").read_text()
    assert committed == reference.reference_text(), "docs/settings.md is old; run: make docs"


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_it_accepts_every_example(file: Path) -> None:
    assert list(VALIDATOR.iter_errors(yaml.safe_load(file.read_text()))) == []


BAD: dict[str, dict[str, Any]] = {
    "unknown key": {"nonsense": 1},
    "unknown key in a room": {"gateway": {"domian": "a.example.com"}},
    "text for a number": {"database": {"storage_gb": "1500"}},
    "number for text": {"account_id": 1234567890123456},
    "out of range": {"database": {"storage_gb": 7}},
    "not one of the values": {"gateway": {"cpu_cores": 3}},
    "wrong form": {"name": "Clinic"},
    "too long": {"dicomweb": {"app_name": "a" * 40}},
    "list for a map": {"network": []},
    "map for a list": {"network": {"hospital_cidrs": {}}},
    "text for true": {"gateway": {"dns": "yes"}},
    "waiver without reason": {
        "waivers": [{"policy": "CKV_ALI_1", "resource": "a.b", "expires": "2027-01-01", "approved_by": "me"}]
    },
}


@pytest.mark.parametrize("case", BAD)
def test_it_refuses_what_the_loader_refuses_for_its_structure(case: str, tmp_path: Path) -> None:
    site = {**SMALL_SITE, **BAD[case]}
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(site))
    with pytest.raises(SettingsError):
        load_site(path)
    assert list(VALIDATOR.iter_errors(json.loads(json.dumps(site)))), case


@pytest.mark.parametrize("missing", ["name", "region", "account_id"])
def test_what_every_site_must_hold_may_come_from_a_base_for_the_schema_but_not_for_the_loader(
    missing: str, tmp_path: Path
) -> None:
    site = {key: value for key, value in SMALL_SITE.items() if key != missing}
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(site))
    with pytest.raises(SettingsError, match=f"{missing}: is missing"):
        load_site(path)


def test_every_setting_says_what_it_is() -> None:
    def without(schema: dict[str, Any], path: str) -> list[str]:
        found = []
        for name, each in schema.get("properties", {}).items():
            resolved = each
            if "$ref" in each:
                resolved = {**site_schema()["$defs"][each["$ref"].rpartition("/")[2]], **each}
            if not resolved.get("description"):
                found.append(f"{path}{name}")
            found += without(resolved, f"{path}{name}.")
        return found

    assert without(site_schema(), "") == []
