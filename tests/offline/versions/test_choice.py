"""The release that a stack's constraint means, in Terraform's words."""

from typing import Any

import pytest

from dicom_cdk.offline.store import BASE
from dicom_cdk.offline.versions import choice

THERE = ("1.287.0", "1.288.0", "1.288.1", "1.289.0", "2.0.0")


def document(version: str | None, source: str | None = "aliyun/alicloud") -> dict[str, Any]:
    body = {key: one for key, one in (("source", source), ("version", version)) if one is not None}
    return {"terraform": {"required_providers": {"alicloud": body}}}


@pytest.mark.parametrize(
    ("asked", "release"),
    [
        ("1.288.0", "1.288.0"),
        ("= 1.288.0", "1.288.0"),
        ("~> 1.288.0", "1.288.1"),
        ("~> 1.287", "1.289.0"),
        ("~> 1", "1.289.0"),
        (">= 1.287.0, < 1.289.0", "1.288.1"),
        (">= 1.287", "2.0.0"),
        ("< 2", "1.289.0"),
        ("!= 2.0.0", "1.289.0"),
        ("> 1.287.0,!= 1.288.1,<1.289.0", "1.288.0"),
        ("<= 1.287.0", "1.287.0"),
    ],
)
def test_the_newest_release_that_satisfies_the_constraint_is_taken(asked: str, release: str) -> None:
    chosen = choice.of(document(asked), THERE)
    assert (chosen.release, chosen.fits, chosen.asked) == (release, True, asked)


@pytest.mark.parametrize(
    ("asked", "release"),
    [("~> 1.290.0", "1.289.0"), ("1.288.7", "1.288.1"), ("< 1.2.0", "1.287.0"), ("~> 3.0", "2.0.0"), ("> 2", "2.0.0")],
)
def test_where_none_satisfies_it_the_nearest_is_taken_with_a_warning(asked: str, release: str) -> None:
    chosen = choice.of(document(asked), THERE)
    assert (chosen.release, chosen.fits) == (release, False)
    assert chosen.warning.startswith(
        f"the stack asks for {asked}; of no such release are facts here (there are 1.288.0, 1.289.0)."
    )
    assert f"Planned as the nearest, {release}, would" in chosen.warning


@pytest.mark.parametrize("found", [{}, document(None), document("~> one"), document("~> 1.289.0", "hashicorp/random")])
def test_a_stack_that_says_nothing_to_go_by_gets_the_base(found: dict[str, Any]) -> None:
    chosen = choice.of(found, THERE)
    assert (chosen.release, chosen.warning) == (BASE, "")


@pytest.mark.parametrize("source", [None, "hashicorp/alicloud", "registry.terraform.io/Aliyun/alicloud"])
def test_all_names_of_the_provider_count(source: str | None) -> None:
    assert choice.of(document("1.287.0", source), THERE).release == "1.287.0"


def test_the_old_form_of_a_constraint_counts_too() -> None:
    assert choice.of({"terraform": {"required_providers": {"alicloud": "1.287.0"}}}, THERE).release == "1.287.0"
