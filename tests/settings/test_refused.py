"""Every rule and every kind of wrong value with its whole message: the cases are the files refused/*.txt.

A case: lines that begin with ``| `` are added to SITE (so the first is line 5), or with ``|| `` are the whole file; the lines
below are everything that is said, as ``line: key: …``. After a change that you meant: pytest tests/settings --regenerate, then
read the diff.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from dicom_cdk.settings.check import check
from dicom_cdk.settings.composer import compose
from dicom_cdk.settings.rules import RULES
from dicom_cdk.settings.view import Unusable, as_site
from tests.settings.conftest import SITE, Refusals

FOLDER = Path(__file__).parent / "refused"
INPUT, WHOLE = "| ", "|| "


@dataclass(frozen=True)
class Case:
    """A site file, as the case gives it, and what is said about it."""

    file: Path
    given: list[str]
    said: list[str]

    @property
    def name(self) -> str:
        return f"{self.file.stem}: {self.given[0]}"[:100]

    @property
    def text(self) -> str:
        start = "" if self.given[0].startswith(WHOLE) else SITE
        return start + "".join(re.sub(r"^\|+ ", "", line) + "\n" for line in self.given)


def cases(file: Path) -> list[Case]:
    blocks = [block.splitlines() for block in file.read_text(encoding="utf-8").split("\n\n")]
    return [
        Case(
            file,
            [line for line in block if line.startswith((INPUT, WHOLE))],
            [line for line in block if line and not line.startswith((INPUT, WHOLE))],
        )
        for block in blocks
        if block and block[0].startswith((INPUT, WHOLE))
    ]


FILES = sorted(FOLDER.glob("*.txt"))
ALL = [case for file in FILES for case in cases(file)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_exactly_this_is_said(refusals: Refusals, case: Case, regenerate: bool) -> None:
    said = [line.removeprefix("site.yaml:") for line in refusals(whole=case.text)]
    if regenerate:
        whole = case.file.read_text(encoding="utf-8")
        asked = "".join(f"{line}\n" for line in case.given)
        old = asked + "".join(f"{line}\n" for line in case.said)
        case.file.write_text(
            whole.replace(f"\n{old}", f"\n{asked}" + "".join(f"{line}\n" for line in said), 1), encoding="utf-8"
        )
        return
    assert said == case.said, (
        f"refused/{case.file.name} says otherwise; if you meant the change: pytest tests/settings --regenerate"
    )


def test_every_rule_has_a_case() -> None:
    fired = set()
    for case in ALL:
        root = compose(case.text, "site.yaml", lambda _: None)
        assert root is not None
        site = as_site(check(root, lambda _: None))
        for rule in RULES:
            with suppress(Unusable):
                if rule not in fired and any(True for _ in rule(site)):
                    fired.add(rule)
    without = [f"{rule.__module__}.{rule.__name__}" for rule in RULES if rule not in fired]
    assert without == []


def test_cases_are_filed_by_the_topic_of_their_rule() -> None:
    topics = {rule.__module__.rpartition(".")[2] for rule in RULES}
    assert {file.stem for file in FILES} == topics | {"values"}
