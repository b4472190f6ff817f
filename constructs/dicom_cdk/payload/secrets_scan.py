"""Refuses text that looks like a secret: it would lie readable in the state, the vendor's console and on disk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dicom_cdk.payload.errors import SecretInTextError


@dataclass(frozen=True)
class Finding:
    """Where and what kind; never the secret itself. `line` counts from 1."""

    line: int
    kind: str


_KEYWORD = (
    r"(?:password|passwd|passphrase|rootpass|configpass|userpass|rootpw|bindpw|secret|secretkey"
    r"|access_?key|accesskeysecret|accesskeyid|token|credentials?)"
)
_SIGN = r"[\"']?\s*(?P<sign>:{1,2}(?!=)|=(?!=)|:=)"
_NAMED = re.compile(rf"{_KEYWORD}(?={_SIGN})", re.IGNORECASE)
_NAMED_IN_SMALL = re.compile(_NAMED.pattern)
"""For texts in small ASCII letters, ten times as fast: where case counts, a place is left by its first letter."""
# A literal after the key: quoted anywhere, bare at the line's end. References, paths, calls and tests are no literals.
_ASSIGNED = re.compile(
    rf"(?P<key>[\w.$-]*{_KEYWORD}){_SIGN}\s*"
    r"(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s\"',;()\[\]{}]+)[,;]?\s*(?:#.*)?$"
    r"|(?<==)(?P<word>[^\s\"',;()\[\]{}]+)(?=\s))",
    re.IGNORECASE | re.MULTILINE,
)
_IN_KEY = re.compile(r"[\w.$-]")
_BEFORE_NO_KEY = re.compile(r"[\w./-]")
_WORDS = {
    "true",
    "false",
    "null",
    "none",
    "required",
    "optional",
    "enabled",
    "disabled",
    "yes",
    "no",
    "on",
    "off",
    "str",
}
_SHAPES = (
    ("an AccessKey id", re.compile(r"(?<![A-Za-z0-9])(?:LTAI|AKIA|AKID)[A-Za-z0-9]{12,}")),
    ("an STS token", re.compile(r"(?<![A-Za-z0-9])STS\.[A-Za-z0-9]{20,}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    # From where a word begins: tried from each letter of it, time would grow with the square of a word's length.
    (
        "a password in a URL",
        re.compile(r"(?<![a-z0-9+.-])[0-9+.-]*[a-z][a-z0-9+.-]*://[^\s/:@$\"'{}<>]+:[^\s/:@$\"'{}<>]+@"),
    ),
    ("a hashed password", re.compile(r"\{(?:SSHA|SHA|SMD5|MD5|CRYPT)(?:256|512)?\}[A-Za-z0-9+/=]{8,}")),
    (
        "an AccessKey secret",
        re.compile(
            r"(?<![A-Za-z0-9+/=_.-])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[a-z][A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])"
            r"(?=(?:[A-Za-z]*\d){3})[A-Za-z0-9]{30}(?![A-Za-z0-9+/=_.-])"
        ),
    ),
)


_OPTION = re.compile(
    r"(?<![\w.-])-{1,2}[\w.-]*(?:password|passwd|passphrase|pwd|secrets?|tokens?|access-?key(?:-?secret)?|api-?key|credentials?)"
    r"[ =]+[\"']?(?![$<%{(\[\-\"'@])\S{4,}",
    re.IGNORECASE,
)


def options(text: str) -> list[int]:
    """Lines, from 1, in which a command is given a secret as an option."""
    return sorted({text.count("\n", 0, match.start()) + 1 for match in _OPTION.finditer(text)})


def findings(text: str) -> list[Finding]:
    """Every place of `text` that looks like a secret, in order of lines."""
    found = [
        Finding(text.count("\n", 0, match.start()) + 1, kind)
        for kind, shape in _SHAPES
        for match in shape.finditer(text)
    ]
    for match in _assigned(text):
        value = next(group for group in match.group("double", "single", "bare", "word") if group is not None)
        bare = match.group("double") is None and match.group("single") is None
        if _is_literal(value, bare=bare):
            found.append(Finding(text.count("\n", 0, match.start("key")) + 1, f"a value for {match.group('key')}"))
    return sorted(set(found), key=lambda finding: (finding.line, finding.kind))


def _assigned(text: str) -> Iterator[re.Match[str]]:
    """Every key with a value, looked for from a key's end: from its start, time would grow with the square of a word's length."""
    done = 0
    for named in _NAMED_IN_SMALL.finditer(text.lower()) if text.isascii() else _NAMED.finditer(text):
        start = named.start()
        if start < done:
            continue
        while start > done and _IN_KEY.match(text, start - 1):
            start -= 1
        while start <= named.start() and start and _BEFORE_NO_KEY.match(text, start - 1):
            start = (text.find("$", start, named.start()) + 1) or len(text) + 1
        found = _ASSIGNED.match(text, start) if start <= named.start() else None
        if found:
            done = found.end()
            yield found


def _is_literal(value: str, *, bare: bool) -> bool:
    if len(value) < 4 or value.lower() in _WORDS or value[0] in "$/@<%#&*!|>-" or "${" in value or "{{" in value:
        return False
    # A bare dotted word is code that fetches the value, a bare hyphened one is a secret's name: neither is the value.
    return not (bare and re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+|[a-z]+(?:-[a-z]+)+", value))


def refuse_secrets(text: str, *, where: str) -> None:
    """SecretInTextError that names `where`, line and kind, never the value."""
    found = findings(text)
    if found:
        places = "; ".join(f"line {finding.line}: looks like {finding.kind}" for finding in found)
        raise SecretInTextError(
            f"{where}: {places}; no secret may travel in text: put it into KMS and let the host read it as its role"
        )
