"""Data sources: canned answers from a file, since there is no cloud to ask.

The file, JSON or YAML: `{TYPE: [{match: {argument: value, …}, values: {attribute: value, …}}, …]}`. The first entry whose `match`
is part of the configuration answers; `match` may be left out. Values are what the provider's schema says they are: 5.6 for a text
is the text "5.6".
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_cdk.offline.answer_matching import matches
from dicom_cdk.offline.answer_values import Misfit, fitting, typed
from dicom_cdk.offline.diagnostics import Diagnostic
from dicom_cdk.offline.shapes import complete
from dicom_cdk.offline.store import FactStore, Json, shipped_store
from dicom_cdk.offline.values import Value
from dicom_cdk.text_files import text_of

REMOTE_STATE = "terraform_remote_state"
"""Terraform's own data source; its answers are given where a plan is made."""
OF_STATE: dict[str, Json] = {
    "match": {
        "attributes": {
            **{key: {"type": "string"} for key in ("name", "backend", "workspace")},
            "config": {"type": "dynamic"},
        }
    },
    "values": {"attributes": {"outputs": {"type": ["map", "dynamic"]}}},
}
"""What an entry of a remote state may say."""
ALLOWED = "allowed is a list of {match: {…}, values: {…}}"


class AnswersError(Exception):
    """The file of canned answers cannot be used."""


@dataclass(frozen=True)
class Answers:
    """Canned answers by data source type."""

    by_type: dict[str, list[Json]] = field(default_factory=dict)
    where: str = ""

    def read(self, name: str, block: Json, config: dict[str, Value]) -> tuple[Value, list[Diagnostic]]:
        """The state of one data source, or why there is none."""
        query = {key: value for key, value in config.items() if value not in (None, [])}
        entry = self.find(name, block, query)
        if entry is not None:
            return complete(block, {**query, "id": f"answered-{name}", **entry["values"]}), []
        detail = (
            f"data.{name} with {_shown(query)}: nobody can be asked offline, and no answer is canned. Add this line to "
            f"{self.where or 'a file given by --answers'} and put in what the cloud would say: {entry_line(name, block, query)}"
        )
        return None, [Diagnostic("No answer to a data source", detail, kind="other")]

    def find(self, name: str, block: Json, query: Json) -> Json | None:
        """The first entry that answers `query`. `block`: the schema of both."""
        return next((one for one in self.by_type.get(name, []) if matches(block, query, one.get("match", {}))), None)


def entry_line(name: str, block: Json, query: Json) -> str:
    """One line of an answers file: an entry for `query`, its values made up to fit the schema."""
    marked = {key for key, said in block.get("attributes", {}).items() if said.get("sensitive")}
    plain = {key: value for key, value in query.items() if key != "id" and key not in marked}
    entry = {**({"match": plain} if plain else {}), "values": fitting(block, plain)}
    return f"{name}: {json.dumps([entry], ensure_ascii=False, sort_keys=True)}"


def _shown(query: Json) -> str:
    said = ((key, value if isinstance(value, str) else json.dumps(value)) for key, value in sorted(query.items()))
    return "{" + ", ".join(f"{key}: {value}" for key, value in said) + "}"


def load(path: Path, store: FactStore | None = None) -> Answers:
    """Answers of a file, judged by the facts of `store`, of the base where none is given.

    Raises AnswersError, which names file, line, data source and attribute.
    """
    import yaml

    try:
        root = yaml.compose(text_of(path, marked=True), Loader=yaml.SafeLoader)
    except OSError as error:
        raise AnswersError(f"{path}: {error.strerror}; name a file of canned answers") from None
    except RecursionError:
        raise AnswersError(
            f"{path}: neither JSON nor YAML: more lists and maps within each other than can be read; correct the file"
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise AnswersError(f"{path}: neither JSON nor YAML: {' '.join(str(error).split())}; correct the file") from None
    if not isinstance(root, yaml.MappingNode):
        got = "nothing" if root is None else "a list" if isinstance(root, yaml.SequenceNode) else "a text"
        raise AnswersError(
            f"{path}: got {got}, allowed: {{TYPE: [{{match, values}}, …]}}; `dicom-cdk answers` writes one"
        )
    found: dict[str, list[Json]] = {}
    for key, entries in root.value:
        name = str(key.value)
        found.setdefault(name, []).extend(_entries(path, name, key, entries, store or shipped_store()))
    return Answers(found, str(path))


def _entries(path: Path, name: str, key: Any, entries: Any, store: FactStore) -> Iterator[Json]:
    import yaml

    facts = store.find("data", name)
    if facts is None and name != REMOTE_STATE:
        near = difflib.get_close_matches(name, store.names("alicloud", "data"), 1)
        raise AnswersError(
            f"{path}:{_line(key)}: {name}: no data source of a provider that is served offline"
            f"{f'; did you mean {near[0]}?' if near else ''}"
        )
    if not isinstance(entries, yaml.SequenceNode):
        raise AnswersError(f"{path}:{_line(key)}: {name}: {ALLOWED}")
    for entry in entries.value:
        if not isinstance(entry, yaml.MappingNode):
            raise AnswersError(f"{path}:{_line(entry)}: {name}: {ALLOWED}")
        parts = {str(part.value): value for part, value in entry.value}
        if parts.keys() - {"match", "values"} or "values" not in parts:
            raise AnswersError(f"{path}:{_line(entry)}: {name}: got {', '.join(sorted(parts)) or 'nothing'}, {ALLOWED}")
        try:
            yield {
                part: typed(facts.schema["block"] if facts else OF_STATE[part], value, part)
                for part, value in parts.items()
            }
        except Misfit as misfit:
            raise AnswersError(f"{path}:{misfit.line}: {name}: {misfit}") from None


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
