"""One line of the doctor's report."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "lacks", "look"]


@dataclass(frozen=True)
class Finding:
    """`verdict`: ok; lacks = something cannot work; look = only a person, or an account, can tell. `do`: what to do then."""

    area: str
    name: str
    verdict: Verdict
    said: str = ""
    do: str = ""
