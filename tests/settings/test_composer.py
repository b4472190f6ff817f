"""YAML that is refused although it is YAML, with key and line."""

import pytest

from dicom_cdk.settings.composer import LONG, compose
from tests.conftest import ROOT
from tests.settings.conftest import Load, Refusals
from tests.settings.test_refused import ALL

BASES = "what sites share belongs into a base file: extends: _base.yaml"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param(
            "name: other\n",
            "site.yaml:5: name: is written twice, allowed once; the first is in line 1; remove one",
            id="duplicate key",
        ),
        pytest.param(
            "gateway:\n  dns: true\n  dns: false\n",
            "site.yaml:7: gateway.dns: is written twice, allowed once; the first is in line 6; remove one",
            id="duplicate key inside",
        ),
        pytest.param(
            "tags: &shared {team: imaging}\n",
            f"site.yaml:5: tags: defines an anchor (&), allowed plain values; {BASES}. A text that starts with & needs quotes",
            id="anchor",
        ),
        pytest.param(
            "tags: {team: *shared}\n",
            "site.yaml:5: tags.team: uses an alias (*), allowed the value itself; write the value out; "
            f"{BASES}. A text that starts with * needs quotes",
            id="alias",
        ),
        pytest.param(
            "gateway:\n  <<: {dns: false}\n",
            f"site.yaml:6: gateway: uses a merge key (<<), allowed keys of its own; {BASES}",
            id="merge key",
        ),
        pytest.param(
            "tags: {team: !!binary aW1hZ2luZw==}\n",
            "site.yaml:5: tags.team: has a type tag (!), allowed plain values; remove the tag; put text into quotes",
            id="type tag",
        ),
        pytest.param(
            "tags: {team: !!python/object/apply:os.getcwd []}\n",
            "site.yaml:5: tags.team: is not a single value, got a list, allowed text",
            id="Python tag",
        ),
        pytest.param(
            "? [a, b]\n: 1\n", "site.yaml:5: has a key that is not a word, allowed names as keys", id="list as key"
        ),
        pytest.param(
            "tags: {'': x}\n", "site.yaml:5: tags: has an empty key, allowed a name before the colon", id="no key"
        ),
        pytest.param(
            'tags: {team: "a\\x07b"}\n',
            "site.yaml:5: tags.team: holds a control character, got character 7, allowed printable characters",
            id="control character",
        ),
        pytest.param(
            "tags: {team: '${var.team}'}\n",
            'site.yaml:5: tags.team: holds an expression, which Terraform would evaluate, got "${var.team}", '
            "allowed text without ${; write the value itself",
            id="Terraform expression",
        ),
        pytest.param(
            "archive: {name: '%{ if true }x%{ endif }'}\n",
            "site.yaml:5: archive.name: holds an expression, which Terraform would evaluate, "
            'got "%{ if true }x%{ endif }", allowed text without %{; write the value itself',
            id="Terraform directive",
        ),
        pytest.param(
            "tags: {team: ${var.team}}\n",
            "site.yaml:5: holds an expression, which Terraform would evaluate, allowed text without ${; write the value itself",
            id="Terraform expression without quotes, which is no YAML",
        ),
        pytest.param(
            "tags: {'${x}': y}\n",
            'site.yaml:5: tags: holds an expression, which Terraform would evaluate, got "${x}", allowed text without ${; '
            "write the value itself",
            id="Terraform expression as key",
        ),
    ],
)
def test_surprising_yaml_is_refused_with_key_and_line(refusals: Refusals, more: str, said: str) -> None:
    assert said in refusals(more)


def test_what_was_refused_while_reading_is_not_refused_again(refusals: Refusals) -> None:
    assert len(refusals("archive: {ae_title: *title}\n")) == 1
    assert len(refusals("archive: {ae_title: '${title}'}\n")) == 1


def test_names_of_anchors_and_aliases_are_not_printed_since_they_may_be_passwords(refusals: Refusals) -> None:
    said = "\n".join(refusals("a: *hunter22\nb: &hunter22 x\nc: !hunter22 x\n"))
    assert "hunter22" not in said


def test_quoted_words_are_text_whatever_yaml_makes_of_them_unquoted(load: Load) -> None:
    site = load('tags: {a: "on", b: "22:30", c: "1", d: "null", e: "2026-01-01"}\n')
    assert site.tags == {"a": "on", "b": "22:30", "c": "1", "d": "null", "e": "2026-01-01"}


def test_keys_are_taken_as_written_whatever_yaml_makes_of_them(load: Load) -> None:
    assert load("tags: {on: a, 1: b, no: c}\n").tags == {"on": "a", "1": "b", "no": "c"}


def test_windows_line_ends_and_block_style_are_fine(load: Load) -> None:
    assert load("gateway:\r\n  domain: a.example.com\r\n").gateway.domain == "a.example.com"


def test_a_long_file_is_read_and_refused_as_a_short_one_is() -> None:
    """libyaml reads long ones. Every case of what is refused, and every site and example, with a comment that makes it long."""
    files = [*ROOT.glob("sites/*.yaml"), *ROOT.glob("examples/*.yaml")]
    texts = [*(case.text for case in ALL), *(file.read_text() for file in files)]
    differing = []
    for text in texts:
        told: list[list[object]] = [[], []]
        ending = "" if text.endswith("\n") else "\n"
        trees = [
            compose(given, "site.yaml", said.append)
            for given, said in zip((text, f"{text}{ending}# {'x' * LONG}\n"), told, strict=True)
        ]
        if trees[0] != trees[1] or told[0] != told[1]:
            differing.append(text)
    assert differing == []
