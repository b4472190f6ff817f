from pathlib import Path

import pytest
import yaml

from dicom_cdk.payload import yaml_text
from tests.conftest import ROOT

FILES = [
    *sorted((ROOT / "policies").glob("*.yaml")),
    *sorted((ROOT / "examples").glob("*.yaml")),
    *sorted(
        one
        for one in (ROOT / "tests/rendered").rglob("*")
        if one.suffix in (".yaml", ".yml") or one.name == "user-data"
    ),
]


@pytest.mark.parametrize("file", FILES, ids=[str(one.relative_to(ROOT)) for one in FILES])
def test_a_text_says_what_pyyaml_reads_in_it(file: Path) -> None:
    assert yaml_text.document(file.read_text()) == yaml.safe_load(file.read_text())


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\tb: 1", "a: !!python/name:os.system x", "a: 1\x00", "- *nobody"]
)
def test_what_no_yaml_is_refused_in_pyyamls_words(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as theirs:
        yaml.safe_load(text)
    with pytest.raises(yaml.YAMLError) as ours:
        yaml_text.document(text)
    assert str(ours.value) == str(theirs.value)


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert yaml_text.document("a: [1, 0x10, yes]") == {"a": [1, 16, True]}
