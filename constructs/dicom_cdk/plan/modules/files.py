"""The files of a module's folder that the program in use reads, in its order, as one document of Terraform JSON."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from dicom_cdk.plan import terraform
from dicom_cdk.plan.reading import hcl, hcl_text
from dicom_cdk.plan.reading.bodies import LABELS, merged
from dicom_cdk.plan.reading.written_json import read_document
from dicom_cdk.plan.stack import NotAStack
from dicom_cdk.text_files import text_of

Json = dict[str, Any]

READ = (".tf", ".tofu", ".tf.json", ".tofu.json")
_TOFUS = (".tofu", ".tofu.json")
_OVERRIDES = re.compile(r"(?:^|_)override\.(?:tf|tofu)(?:\.json)?$")


def files(folder: Path) -> list[Path]:
    """The files of Terraform in a folder that the program in use reads: overriding ones last, as both programs do.

    Terraform passes over what is OpenTofu's; OpenTofu reads x.tofu in place of x.tf.
    """
    found = [one for one in sorted(folder.iterdir()) if one.name.endswith(READ) and not one.name.startswith(".")]
    names = {one.name for one in found}
    if any(name.endswith(_TOFUS) for name in names):
        tofu = terraform.is_opentofu()
        found = [one for one in found if (not _has_twin(one.name, names) if tofu else not one.name.endswith(_TOFUS))]
    return sorted(found, key=lambda one: bool(_OVERRIDES.search(one.name)))


def left_out(folder: Path) -> list[Path]:
    """OpenTofu's own files in a folder, where the program in use is Terraform."""
    theirs = [one for one in sorted(folder.iterdir()) if one.name.endswith(_TOFUS) and not one.name.startswith(".")]
    return theirs if theirs and not terraform.is_opentofu() else []


def _has_twin(name: str, names: set[str]) -> bool:
    stem, dot, rest = name.rpartition(".tf")
    return bool(dot) and rest in ("", ".json") and f"{stem}.tofu{rest}" in names


def texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each of these files, and what stands in it. Raises NotAStack."""
    for file in files(folder):
        if file.is_fifo():
            raise NotAStack(f"{file}: is a pipe, allowed is a file; repair the module")
        try:
            yield file, text_of(file, marked=not file.name.endswith(".json"))
        except OSError as error:
            raise NotAStack(f"{file}: cannot be read: {error.strerror}; repair the module") from None
        except ValueError as error:
            raise NotAStack(f"{file}: {error}; repair the module") from None


def document(folder: Path) -> Json:
    """A module's files as one document of Terraform JSON. Raises NotAStack, with the line that is wrong."""
    found: Json = {}
    for file, text in texts(folder):
        (_override if _OVERRIDES.search(file.name) else _merge)(found, parsed(file, text))
    return found


def parsed(file: Path, text: str) -> Json:
    """What one file of a module says. Raises NotAStack."""
    return _parsed(str(file), text, file.name.endswith(".json"))


@lru_cache(maxsize=1_000)
def _parsed(file: str, text: str, is_json: bool) -> Json:
    try:
        written = merged(read_document(text)) if is_json else hcl.read(text)
    except (json.JSONDecodeError, hcl_text.NotHcl) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else error.line
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise NotAStack(f"{file}:{line}: {'not JSON' if is_json else 'not HCL'}: {why}; repair the module") from None
    except ValueError as error:
        raise NotAStack(f"{file}: not {'JSON' if is_json else 'HCL'}: {error}; repair the module") from None
    for section in ("resource", "data", "module", "variable", "output"):
        part = written.get(section) if isinstance(written, dict) else None
        if not isinstance(written, dict) or not isinstance({} if part is None else part, dict):
            where = section if isinstance(written, dict) else "the file"
            got = type(part if isinstance(written, dict) else written).__name__
            raise NotAStack(f"{file}: {where} is {got}, allowed is a map of names; repair the module")
    return written


def _merge(found: Json, more: Json) -> None:
    """`more` into `found`, maps by their keys, lists one behind the other."""
    for key, value in more.items():
        there = found.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            found[key] = merged = dict(there)
            _merge(merged, value)
        else:
            found[key] = [*there, *value] if isinstance(there, list) and isinstance(value, list) else value


def _override(found: Json, more: Json) -> None:
    """`more` into `found`: an argument, or all blocks of one name, in place of what the body has; of lifecycle each argument."""
    for section, part in more.items():
        depth = 0 if section == "locals" else LABELS.get(section)
        if depth is None or section == "provider":
            _merge(found, {section: part})
        else:
            found[section] = _replaced(found.get(section), part, depth)


def _replaced(there: Any, more: Any, depth: int) -> Any:
    if depth == 0:
        there, more = (one[0] if isinstance(one, list) and len(one) == 1 else one for one in (there, more))
    if not isinstance(there, dict) or not isinstance(more, dict):
        return more
    if depth:
        return {**there, **{label: _replaced(there.get(label), part, depth - 1) for label, part in more.items()}}
    settings = {"lifecycle": _replaced(there.get("lifecycle"), more["lifecycle"], 0)} if "lifecycle" in more else {}
    return {**there, **more, **settings}
