"""Secrets come out of every text that quotes them, however many there are and however they begin."""

import random

import pytest

from dicom_cdk.plan.redaction.scrubbing import FEW, HEADS, scrubbed
from dicom_cdk.plan.redaction.secret_values import REDACTED


def one_by_one(text: str, secrets: frozenset[str]) -> str:
    for secret in sorted(secrets, key=lambda one: (-len(one), one)):
        text = text.replace(secret, REDACTED)
    return text


@pytest.mark.parametrize("number", [1, FEW, FEW + 1, 10 * FEW])
def test_many_secrets_are_found_as_one_by_one(number: int) -> None:
    chance = random.Random(number)
    heads = ["", "#!/bin/sh\nset -eu\n" * 6, "AAAA", "x" * HEADS[0], "y" * HEADS[1]]

    def word(least: int) -> str:
        return chance.choice(heads) + "".join(chance.choices("Abé\n${", k=least + chance.randrange(90)))

    secrets = frozenset(word(6) for _ in range(number))
    listed = sorted(secrets)
    for _ in range(100):
        parts = [word(0), chance.choice(listed), chance.choice(listed)[3:], word(0), chance.choice(listed)[:-1]]
        text = "".join(chance.sample(parts, chance.randrange(6)))
        assert scrubbed(text, secrets) == one_by_one(text, secrets)
        assert not any(secret in scrubbed(text, secrets) for secret in secrets)


def test_of_secrets_within_each_other_nothing_is_left() -> None:
    for number in (0, 100):
        secrets = frozenset({"clinic-4711", "clinic-4711-and-more", *(f"secret-{at:04}" for at in range(number))})
        assert scrubbed("a clinic-4711-and-more, clinic-4711!", secrets) == f"a {REDACTED}, {REDACTED}!"
        assert scrubbed("clinic-471", secrets) == "clinic-471"


def test_what_stands_for_a_secret_is_none_again() -> None:
    assert scrubbed("xredacted-clinic", frozenset({"redacted", "clinic"})) == f"x{REDACTED}-{REDACTED}"
    assert scrubbed("clinics", frozenset({"redacted", "clinic"})) == f"{REDACTED}s"


def test_equal_sets_of_secrets_are_compared_once_and_not_for_each_text() -> None:
    compared: list[object] = []

    class Counted(frozenset[str]):
        __hash__ = frozenset.__hash__

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return super().__eq__(other)

    words = [f"secret-{at:04}" for at in range(2 * FEW)]
    first, second = Counted(words), Counted(words)
    for at in range(100):
        for secrets in (first, second):
            assert scrubbed(f"{at} {words[at]}", secrets) == f"{at} {REDACTED}"
    assert len(compared) < 10


def test_a_long_text_is_not_looked_at_letter_by_letter_for_secrets_that_are_long() -> None:
    class Counted(str):
        looked = 0

        def __getitem__(self, part: object) -> str:
            Counted.looked += 1
            return super().__getitem__(part)  # type: ignore[index]

    secrets = frozenset(f"{at:04} {'of the clinic, ' * 9}" for at in range(2 * FEW))
    text = "".join(f"{at} lines of a script\n" for at in range(1_000))
    assert scrubbed(Counted(text), secrets) == text
    assert 0 < Counted.looked < len(text) / 16
