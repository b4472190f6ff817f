"""Data sources: canned answers from a file, since there is no cloud to ask.

The file, JSON or YAML: `{TYPE: [{match: {argument: value, …}, values: {attribute: value, …}}, …]}`. The first entry whose `match`
is part of the configuration answers; `match` may be left out.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_cdk.offline.diagnostics import Diagnostic
from dicom_cdk.offline.shapes import complete
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import Value


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
        for entry in self.by_type.get(name, []):
            if all(query.get(key) == value for key, value in entry.get("match", {}).items()):
                return complete(block, {**query, "id": f"answered-{name}", **entry["values"]}), []
        file = self.where or "a file given by --answers"
        detail = (
            f"data.{name} with {_shown(query)}: nobody can be asked offline, and no answer is canned. "
            f"Add to {file}: {{{name}: [{{match: {_shown(query)}, values: {{…}}}}]}}"
        )
        return None, [Diagnostic("No answer to a data source", detail, kind="other")]


def _shown(query: Json) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in sorted(query.items())) + "}"


def load(path: Path) -> Answers:
    """Answers of a file. Raises AnswersError."""
    import yaml

    try:
        found: Any = yaml.safe_load(path.read_text())
    except OSError as error:
        raise AnswersError(f"{path}: {error.strerror}; name a file of canned answers") from None
    except yaml.YAMLError as error:
        raise AnswersError(f"{path}: neither JSON nor YAML: {error}") from None
    if not isinstance(found, dict):
        raise AnswersError(f"{path}: got {type(found).__name__}, allowed: {{TYPE: [{{match, values}}, …]}}")
    for name, entries in found.items():
        right = isinstance(entries, list) and all(
            isinstance(entry, dict)
            and isinstance(entry.get("values"), dict)
            and isinstance(entry.get("match", {}), dict)
            and not entry.keys() - {"match", "values"}
            for entry in entries
        )
        if not right:
            raise AnswersError(f"{path}: {name}: allowed is a list of {{match: {{…}}, values: {{…}}}}")
    return Answers(found, str(path))
