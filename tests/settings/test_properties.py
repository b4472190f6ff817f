"""Whatever a file holds: it is a valid site, or it is refused in our own words."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site
from tests.settings.strategies import valid_sites

KEYS = ("name", "network", "gateway", "database", "alarms", "nonsense", "extends", "tags")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PROBLEM = re.compile(r"^\S.*?(:\d+)?: \S")


def dumped(site: dict[str, Any]) -> str:
    """As YAML, by libyaml: the writer in Python takes as long as all that is tested."""
    text: str = yaml.dump(site, Dumper=yaml.CSafeDumper, allow_unicode=True)
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sites")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(site=valid_sites())
def test_valid_sites_load(folder: Path, site: dict[str, Any]) -> None:
    path = folder / "site.yaml"
    path.write_text(dumped(site))
    assert load_site(path).name == site["name"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(site=valid_sites(), key=st.sampled_from(KEYS), value=ANYTHING)
def test_a_site_with_anything_anywhere_loads_or_is_refused_in_our_words(
    folder: Path, site: dict[str, Any], key: str, value: Any
) -> None:
    path = folder / "site.yaml"
    path.write_text(dumped({**site, key: value}))
    _loads_or_is_refused(path)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=200) | st.text(alphabet="{}[]:,-&*!|>%@`\"'#\n\t aA1~?<", max_size=120))
def test_any_text_is_refused_in_our_words(folder: Path, text: str) -> None:
    path = folder / "site.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    _loads_or_is_refused(path)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_in_our_words(folder: Path, data: bytes) -> None:
    path = folder / "site.yaml"
    path.write_bytes(data)
    _loads_or_is_refused(path)


def _loads_or_is_refused(path: Path) -> None:
    try:
        load_site(path)
    except SettingsError as refused:
        for problem in refused.problems:
            text = str(problem)
            assert PROBLEM.match(text), text
            assert "Input should" not in text
            assert "pydantic" not in text
