"""What no file of a site may hold: text that is no YAML, secrets, expressions, control characters.

Of what is no YAML nothing is quoted but punctuation: the rest may be a secret.
"""

import re

from dicom_cdk.settings.errors import Path, Problem, shown
from dicom_cdk.settings.leaks import interpolation_in, is_public, secret_in
from dicom_cdk.settings.quick_yaml import yaml

EXPRESSION = "holds an expression, which Terraform would evaluate"
_LINE_END = "\r\n|[\n\r\x85\u2028\u2029]"


def syntax_problem(error: yaml.YAMLError, text: str) -> tuple[int, Problem]:
    """Line of `text`, from 1, and what is wrong there."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line, what = mark.line + 1, str(getattr(error, "problem", ""))
        lines = re.split(_LINE_END, text)
        written = lines[mark.line] if mark.line < len(lines) else ""
        if written[mark.column : mark.column + 1] == "\t":
            return line, Problem((), "is not valid YAML", "a tab", "blanks", "indent with blanks")
        if start := interpolation_in(written):
            return line, Problem((), EXPRESSION, "", f"text without {start}", "write the value itself")
    else:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        what = f"character {getattr(error, 'character', 0)} is not allowed"
    do = "look at the indentation, at missing blanks after a colon and at texts that need quotes"
    return line, Problem((), f"is not valid YAML: {_without_content(what)}", do=do)


def text_problem(text: str, path: Path) -> Problem | None:
    """What is wrong with a text whatever its key is."""
    if not is_public(path) and (secret := secret_in(text)):
        do = "remove it, also from the history; secrets are generated and kept in KMS (room secrets)"
        return Problem(path, f"looks like {secret} (not shown)", do=do)
    if start := interpolation_in(text):
        return Problem(path, EXPRESSION, shown(text), f"text without {start}", "write the value itself")
    bad = next((char for char in text if (char < " " and char != "\n") or char == "\x7f"), None)
    if bad is not None:
        return Problem(path, "holds a control character", f"character {ord(bad)}", "printable characters")
    return None


def _without_content(what: str) -> str:
    """PyYAML's own words; of what they quote only punctuation and kinds of tokens: the rest may be a secret."""
    return re.sub(
        r"'(<[^']+>|.|[^']*)'", lambda found: found[0] if len(found[1]) == 1 or "<" in found[1] else "something", what
    )
