"""How refused settings are told: one exception that carries every problem, each with file, line, key, got and allowed."""

import json
from collections.abc import Sequence
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Where a setting is: names of maps, indexes of lists; empty for the file as a whole."""

_LONGEST = 80


class Problem(NamedTuple):
    """One thing wrong with one setting, without the place in a file. What a rule returns."""

    key: Path | str
    """Path, or its dotted form where every part is a plain name, such as ``network.vswitch_l.cidr``."""
    what: str
    got: str = ""
    """Rendered by `shown`; empty where the text of `what` says it all."""
    allowed: str = ""
    do: str = ""
    """What to do, where `allowed` does not say it already."""

    @property
    def path(self) -> Path:
        if isinstance(self.key, str):
            return tuple(self.key.split(".")) if self.key else ()
        return self.key

    def __str__(self) -> str:
        text = f"{dotted(self.path)}: {self.what}" if self.path else self.what
        if self.got:
            text += f", got {self.got}"
        if self.allowed:
            text += f", allowed {self.allowed}"
        return f"{text}; {self.do}" if self.do else text

    def but_got(self, got: str) -> "Problem":
        return self._replace(got=got)


class Located(NamedTuple):
    """A problem and its place: file as the caller named it, line from 1 (0: no line, such as a missing file)."""

    file: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.problem}"


class SettingsError(Exception):
    """Settings refused. `problems` holds all of them, of all files, in the order of files and lines."""

    def __init__(self, problems: Sequence[Located]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(each) for each in self.problems))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[Located, ...]]]:
        # Travels between the processes of a large synthesis.
        return SettingsError, (self.problems,)


def shown(value: object) -> str:
    """A value as errors print it: text in quotes and cut to 80 characters, others as YAML writes them."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…" ({len(value)} characters)'
    return str(value)


def dotted(path: Path) -> str:
    """``network.hospital_cidrs[0]``; names that are no plain words in brackets and quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not text:
            text = part
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}"
        else:
            text += f"[{shown(part)}]"
    return text


def listed(values: Sequence[object]) -> str:
    """``"a", "b" or "c"``."""
    texts = [shown(value) for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"
