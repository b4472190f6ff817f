"""Texts that others wrote, in Markdown of ours: they stay texts, and what cannot be seen is shown.

For pull-request comments and documents. GitHub and GitLab link `#1`, `!1`, `GH-2`, `@name`, addresses and commit ids wherever they
stand, unless in code; control and format characters (bidirectional overrides, zero-width spaces) make a text look like another one.
"""

import json
import re
import unicodedata
from typing import Any

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of what is not shown, or changes how its neighbours are."""
_LINKED = re.compile(r"(?i)(?P<scheme>\b[a-z][a-z0-9+.-]*)://|\bwww\.|\bGH-(?=\d)|\b[0-9a-f]{7,40}\b")


def visible(text: str, keep: str = "") -> str:
    """`text` with everything unseen as an escape such as \\\\u202e; characters in `keep` stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if sign in keep else _escaped(sign) for sign in text)


def as_json(value: Any) -> str:
    """A document as JSON for machines and people: letters as they are, everything unseen as JSON's own escapes."""
    return _shown(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def as_line(value: Any) -> str:
    """The same in one line, its keys sorted, which is YAML too."""
    return _shown(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _shown(text: str) -> str:
    if text.isascii():
        return text
    return "".join(sign if sign == "\n" or _escaped(sign) == sign else json.dumps(sign)[1:-1] for sign in text)


def plain(text: str) -> str:
    """As words: no tag, no emphasis, no link or picture, no heading; nobody is called and nothing referred to."""
    text = re.sub(r"[\\`*]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\\g<0>", visible(text.replace("\n", " "), keep="\t"))
    text = text.replace("](", "]\\(").replace("][", "]\\[")
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r'[@#!]|~(?=[\w"~])|(?<=~)~', lambda sign: f"&#{ord(sign[0])};", text)
    return _LINKED.sub(_unlinked, text)


def cell(text: str) -> str:
    """The same for a cell of a table."""
    return plain(text).replace("|", "\\|")


def code(text: str) -> str:
    """As a code span, in which nothing is linked; also inside a table."""
    text = visible(text.replace("\n", " ")).replace("|", "\\|")
    if "`" not in text:
        return f"`{text}`"
    longest = max(len(run) for run in re.findall("`+", text))
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}"


def fenced(lines: list[str] | tuple[str, ...], language: str = "") -> list[str]:
    """A block of code, whose fence is longer than any in it."""
    shown = [visible(line, keep="\t") for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`{3,}", line)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{language}", *shown, fence]


def _escaped(sign: str) -> str:
    if unicodedata.category(sign) not in UNSEEN:
        return sign
    number = ord(sign)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _unlinked(found: re.Match[str]) -> str:
    text = found[0]
    if found["scheme"]:
        return f"{found['scheme']}&#58;//"
    if text.lower() == "www.":
        return f"{text[:-1]}&#46;"
    if text.upper() == "GH-":
        return f"{text[:-1]}&#45;"
    # A commit's id has a digit and a letter; without either it is a word or a number.
    both = re.search(r"\d", text) and re.search(r"(?i)[a-f]", text)
    return f"&#{ord(text[0])};{text[1:]}" if both else text
