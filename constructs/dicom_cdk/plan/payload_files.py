"""Payloads that a program keeps in files, or writes with escapes: what hosts get is put into the argument, as base64.

`file`, `filebase64`, `templatefile` and `base64encode` of what lies in the module or beside the stack; where Terraform fills in
more than that, the argument stays as it is written.
"""

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dicom_cdk.payload.unpack import ARGUMENTS
from dicom_cdk.plan.reading import hcl, hcl_text
from dicom_cdk.plan.redaction.secret_values import is_secret

LARGEST = 1_000_000
"""Bytes of a file; a host gets 32 KB at most."""
_CALL = re.compile(r"\s*(?P<name>base64encode|filebase64|file|templatefile)\((?P<inside>.*)\)\s*", re.DOTALL)
_PATH = re.compile(
    r'\s*"(?P<path>(?:[^"\\$]|\$\{"[^"]*"\}|\$\{path\.(?:module|root)\})+)"\s*(?:,(?P<more>.*))?', re.DOTALL
)
_GIVEN = re.compile(r'\$\{"([^"]*)"\}')
_DIRECTIVE = re.compile(r"(?<!%)%\{")
_OPEN = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
_NAMED = re.compile(r"(?<!\$)\$\{\s*([A-Za-z_]\w*)\s*\}")


def read_in(body: Any, folder: Path, root: Path) -> Any:
    """Arguments of a resource with its payloads read in. `folder`: of its module; `root`: of the stack."""
    if isinstance(body, dict):
        found = {key: _argument(key, part, folder, root) for key, part in body.items()}
        return found if any(found[key] is not part for key, part in body.items()) else body
    if isinstance(body, list):
        parts = [read_in(part, folder, root) for part in body]
        return parts if any(one is not part for one, part in zip(parts, body, strict=True)) else body
    return body


def _argument(key: str, value: Any, folder: Path, root: Path) -> Any:
    if key not in ARGUMENTS or not isinstance(value, str):
        return value if isinstance(value, str) else read_in(value, folder, root)
    if "${" not in value and "%{" not in value:
        return value
    content = _content(value, folder, root)
    return value if content is None else base64.b64encode(content).decode()


def _content(value: str, folder: Path, root: Path) -> bytes | None:
    """What Terraform makes of a text; None where that is not known here."""
    parts = hcl_text.pieces(value)
    if [sign for sign, _ in parts] == ["$"]:
        return _called(parts[0][1], folder, root)
    return None if _OPEN.search(value) else _literal(value).encode()


def _called(expression: str, folder: Path, root: Path) -> bytes | None:
    call = _CALL.fullmatch(expression)
    if call is None:
        return _written(expression, folder, root)
    if call["name"] == "base64encode":
        return _called(call["inside"], folder, root)
    path = _PATH.fullmatch(call["inside"])
    data = _file(path["path"], folder, root) if path else None
    if path is None or data is None:
        return None
    if call["name"] == "filebase64" or (call["name"] == "file" and not path["more"]):
        return data
    return _template(data, path["more"] or "{}") if call["name"] == "templatefile" else None


def _written(expression: str, folder: Path, root: Path) -> bytes | None:
    """A text in quotes, or a heredoc."""
    try:
        value = hcl.value(expression)
    except hcl_text.NotHcl:
        return None
    return _content(value, folder, root) if isinstance(value, str) and value != f"${{{expression}}}" else None


def _file(path: str, folder: Path, root: Path) -> bytes | None:
    """Only what is laid out for a plan: files of the module and those beside the stack."""
    text = _GIVEN.sub(r"\1", path).replace("${path.module}", str(folder)).replace("${path.root}", str(root))
    place = Path(os.path.normpath(root / text)).resolve()
    if not any(place.is_relative_to(one.resolve()) for one in (folder, root)):
        return None
    try:
        # Nobody may be at the other end of a pipe.
        return place.read_bytes() if place.is_file() and place.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _template(data: bytes, given: str) -> bytes | None:
    """With what is known of its values; no secret among them."""
    try:
        text, values = data.decode(), hcl.value(given)
    except (UnicodeDecodeError, hcl_text.NotHcl):
        return None
    if _DIRECTIVE.search(text):
        return None
    known: Mapping[str, Any] = values if isinstance(values, dict) else {}

    def filled(found: re.Match[str]) -> str:
        value = known.get(found[1])
        sure = isinstance(value, str | int | float) and "${" not in str(value) and not is_secret(found[1], {})
        said = str(value).lower() if isinstance(value, bool) else str(value)
        return said if sure else found[0]

    return _literal(_NAMED.sub(filled, text)).encode()


def _literal(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")
