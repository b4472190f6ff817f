"""Texts of others in Markdown of ours: nothing is linked, nobody is called, nothing is hidden."""

import json
import sys
import unicodedata

import pytest

from dicom_cdk import markdown, pages
from dicom_cdk.markdown import cell, code, fenced, plain, visible


def test_every_control_and_format_character_is_shown_as_an_escape() -> None:
    def shown(sign: str) -> str:
        if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
            return sign
        return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"

    # A text of ASCII goes another way; of the million others each 128 are one text.
    texts = [chr(number) for number in range(128)]
    texts += ["".join(map(chr, range(first, first + 128))) for first in range(128, sys.maxunicode + 1, 128)]
    assert sum(map(len, texts)) == sys.maxunicode + 1
    for text in texts:
        assert visible(text) == "".join(map(shown, text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("admin\u202egpj", r"admin\\u202egpj"),
        ("a\u200bb\ufeff", r"a\\u200bb\\ufeff"),
        ("\x1b[31mred", r"\\u001b[31mred"),
        ("see #1", "see &#35;1"),
        ("owner/name#12", "owner/name&#35;12"),
        ("!7 and GH-2 and gh-3", "&#33;7 and GH&#45;2 and gh&#45;3"),
        ("@team, a@b.example", "&#64;team, a&#64;b.example"),
        ("https://x.example www.x.example", "https&#58;//x.example www&#46;x.example"),
        ("deadbee1 deadbeef 1234567", "&#100;eadbee1 deadbeef 1234567"),
        ("<img src=x>", "&lt;img src=x>"),
        ("&#64;team", "&amp;&#35;64;team"),
        ("[a](b) ![c](d) [e][f]", r"[a]\(b) &#33;[c]\(d) [e]\[f]"),
        ("*a* _b_ c_d `e` ~~f~~", r"\*a\* \_b\_ c_d \`e\` &#126;&#126;f&#126;&#126;"),
        ("~> 1.289.0 and ~bug", "~> 1.289.0 and &#126;bug"),
        ("a\nb", "a b"),
        ("größer → 3 % ‹x›", "größer → 3 % ‹x›"),
    ],
)
def test_a_text_stays_a_text(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_cell_does_not_end_early() -> None:
    assert cell("a|b") == "a\\|b"
    assert code("a|b") == "`a\\|b`"


def test_code_and_fences_cannot_be_left() -> None:
    assert code("a`b") == "`` a`b ``"
    assert code("``") == "``` `` ```"
    assert fenced(["+ ````", "\tb\u202e"], "diff") == ["`````diff", "+ ````", "\tb\\u202e", "`````"]
    assert fenced(["a"]) == ["```", "a", "```"]


def test_a_page_shows_what_cannot_be_seen_and_keeps_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Page:
        def read_text(self) -> str:
            return "{{ one }}{{ one | plain }}"

    monkeypatch.setattr("dicom_cdk.pages.shipped.path", lambda _: Page())
    assert pages.rendered("pages/a.html.j2", one="<a>\n\t\u202e") == "&lt;a&gt;\n\t\\u202e&amp;lt;a&gt; \t\\\\u202e"
    assert markdown.visible("a\tb", keep="\t") == "a\tb"


def test_json_says_the_same_with_everything_unseen_escaped() -> None:
    given = {"größe": ["a\u202eb\U000e0041\x07", "c\nd"]}
    said = markdown.as_json(given)
    assert json.loads(said) == given
    assert "größe" in said
    assert "\\u202e" in said
    assert "\\udb40\\udc41" in said
    assert markdown.as_json({"a": 1}) == '{\n  "a": 1\n}\n'
