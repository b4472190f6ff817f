"""One line of what `doctor` and `preflight` found."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "lacks", "look", "unasked"]


@dataclass(frozen=True)
class Finding:
    """`verdict`: ok; lacks = something cannot work; look = only a person can tell; unasked = a call that tells was not answered.

    `do`: what to do then. `paste`: YAML of the site file that mends it.
    """

    area: str
    name: str
    verdict: Verdict
    said: str = ""
    do: str = ""
    paste: str = ""
