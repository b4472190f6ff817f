"""What to do about a value of the wrong type and about an unknown key: the nearest known thing."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from dicom_cdk.public_key import PRIVATE_PARTS
from dicom_cdk.settings.errors import Path, Problem, dotted, shown
from dicom_cdk.settings.leaks import JWKS, names_secret, secret_in
from dicom_cdk.settings.tree import Scalar

Schema = dict[str, Any]


def as_written(node: Scalar, schema: Schema, name: str) -> str:
    """How the value of a key would be written right, if that can be told from what is there; else empty."""
    types = schema["type"]
    wanted = types if isinstance(types, str) else types[0]
    if wanted == "string" and matches(schema.get("pattern", ""), node.text):
        versions = [each for each in schema.get("enum", ()) if each in (node.text, f"{node.text}.0")]
        return f'put it in quotes, write {name}: "{versions[0] if versions else node.text}"'
    if wanted == "integer" and node.text.strip().isdigit():
        return f"remove the quotes, write {name}: {node.text.strip()}"
    if wanted == "boolean":
        meant = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
        word = meant.get(node.text.strip().lower())
        return f"write {name}: {word}" if word else ""
    return ""


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of the schema finds `text`. There `$` is the very end; Python's also matches before a last line end."""
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


def nearest(word: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """The known word most like `word`, or empty."""
    from difflib import get_close_matches  # takes a noticeable time to import, and is wanted only for errors

    by_lower = {each.lower().replace("-", "_"): each for each in known}
    near = get_close_matches(word.lower().replace("-", "_"), by_lower, n=1, cutoff=cutoff)
    return by_lower[near[0]] if near else ""


def unknown_key(path: Path, siblings: Schema, everything: Schema) -> Problem:
    """The problem of a key that no model knows, with the nearest known key and its path."""
    name = str(path[-1])
    if path[:3] == JWKS and name in PRIVATE_PARTS:
        return Problem(
            path,
            "is a part of a private key (not shown)",
            allowed="the public parts alone",
            do="remove it, also from the history, and replace this key at the provider: with it anybody can make tokens",
        )
    if secret_in(name):
        return Problem(
            path[:-1], "has a key that looks like a secret (not shown)", "", "", "remove it; site files are committed"
        )
    if names_secret(name):
        return Problem(
            path,
            "is no setting",
            "",
            "",
            "no secret is a setting: passwords and keys are generated and kept in KMS (room secrets)",
        )
    allowed = ", ".join(siblings)
    return Problem(path, "unknown key", shown(name), allowed, _meant(path, name, siblings, everything))


def _meant(path: Path, name: str, siblings: Schema, everything: Schema) -> str:
    by_path = {dotted(known): known for known in _paths(everything, ())}
    if name in by_path:
        return f"write it as nested keys: {_nested(by_path[name])}"
    elsewhere: dict[str, str] = {}
    for full, known in by_path.items():
        elsewhere.setdefault(str(known[-1]), full)
    near = "" if name in elsewhere else nearest(name, list(siblings), cutoff=0.75)
    if near:
        return f"did you mean {dotted((*path[:-1], near))}?"
    if near := nearest(name, list(elsewhere), cutoff=0.8):
        return f"did you mean {elsewhere[near]}?"
    near = nearest(name, list(siblings))
    return f"did you mean {dotted((*path[:-1], near))}?" if near else ""


def _paths(properties: Schema, path: Path) -> Iterator[Path]:
    for name, schema in properties.items():
        yield (*path, name)
        yield from _paths(schema.get("properties", {}), (*path, name))


def _nested(path: Path) -> str:
    text = f"{path[-1]}: …"
    for part in reversed(path[:-1]):
        text = f"{part}: {{{text}}}"
    return text
