"""What a plan says of imports: never a replacement but on demand, and no object at two addresses in silence."""

from typing import Any

import pytest

from dicom_cdk.plan import summary
from dicom_cdk.plan.state import importing
from tests.plan.operations import BUCKET, bucket, imported, moved, removed
from tests.plan.state.test_operations import changes, planned

Json = dict[str, Any]


def change(actions: list[str], reason: str = "", **more: Any) -> Json:
    said = {"actions": actions, "importing": {"id": "a"}, "before": {"id": "a"}, "after": {"size": 1}, **more}
    return {"address": "t.a", "type": "t", "action_reason": reason, "change": said}


@pytest.mark.parametrize(
    ("actions", "reason", "becomes"),
    [
        (["update"], "", ["no-op"]),
        (["delete", "create"], "replace_because_cannot_update", ["no-op"]),
        (["create", "delete"], "replace_because_cannot_update", ["no-op"]),
        (["delete", "create"], "replace_by_request", ["delete", "create"]),
        (["create", "delete"], "replace_by_request", ["create", "delete"]),
        (["delete", "create"], "replace_by_triggers", ["delete", "create"]),
    ],
)
def test_an_import_is_replaced_only_where_somebody_asks_for_it(
    actions: list[str], reason: str, becomes: list[str]
) -> None:
    (found,) = importing.settled({"resource_changes": [change(actions, reason)]})["resource_changes"]
    assert found["change"]["actions"] == becomes
    assert found["change"]["before"] == {"size": 1}, "taken as holding what the configuration says"
    assert summary.action(found) == ("import" if becomes == ["no-op"] else "replace")
    if becomes != ["no-op"]:
        assert "replace t.a, imported, forced by " in summary.told(found)


TWICE: dict[str, tuple[Json, Json, Json, list[str]]] = {
    "two imports of one": (
        {},
        {"x": bucket("one"), "y": bucket("one")},
        {"import": imported(x="clinic-one", y="clinic-one")},
        [
            f"{BUCKET} clinic-one is {BUCKET}.x and {BUCKET}.y: each would change and destroy what the other says; keep one of "
            "them"
        ],
    ),
    "an import of what has an address": (
        {"k": bucket("k")},
        {"k": bucket("k"), "x": bucket("k")},
        {"import": imported(x="clinic-k")},
        [
            f"{BUCKET} clinic-k is {BUCKET}.k and {BUCKET}.x: each would change and destroy what the other says; keep one of them"
        ],
    ),
    "an import of what has an address, which moves": (
        {"k": bucket("k")},
        {"l": bucket("k"), "x": bucket("k")},
        {"import": imported(x="clinic-k"), "moved": moved((f"{BUCKET}.k", f"{BUCKET}.l"))},
        [
            f"{BUCKET} clinic-k is {BUCKET}.l and {BUCKET}.x: each would change and destroy what the other says; keep one of them"
        ],
    ),
    "an import of what is destroyed": (
        {"k": bucket("k")},
        {"x": bucket("k")},
        {"import": imported(x="clinic-k")},
        [
            f"{BUCKET} clinic-k is destroyed as {BUCKET}.k and imported as {BUCKET}.x; write `moved` instead of `import`, or "
            f"`removed` with destroy = false for {BUCKET}.k"
        ],
    ),
    "an import of what is forgotten": (
        {"k": bucket("k")},
        {"x": bucket("k")},
        {"import": imported(x="clinic-k"), "removed": removed(f"{BUCKET}.k")},
        [],
    ),
    "an import of what moves there": (
        {"k": bucket("k")},
        {"x": bucket("k")},
        {"import": imported(x="clinic-k"), "moved": moved((f"{BUCKET}.k", f"{BUCKET}.x"))},
        [],
    ),
    "imports of two": ({}, {"x": bucket("x"), "y": bucket("y")}, {"import": imported(x="clinic-x", y="clinic-y")}, []),
}
"""Buckets before, after, blocks, and what is said."""


@pytest.mark.terraform
@pytest.mark.parametrize(("before", "after", "blocks", "said"), TWICE.values(), ids=TWICE)
def test_one_object_at_two_addresses_is_said(before: Json, after: Json, blocks: Json, said: list[str]) -> None:
    done = planned({BUCKET: after}, {BUCKET: before} if before else None, **blocks)
    assert done.plan is not None
    assert [one.detail for one in done.findings if one.summary == importing.TWICE] == said
    assert [line for line in summary.lines(done) if line.startswith("warning: One object")] == [
        f"warning: {importing.TWICE}: {text}" for text in said
    ]


def test_one_name_of_two_regions_is_two_objects() -> None:
    def plan(blocks: tuple[str, str]) -> Json:
        addresses = [f"{BUCKET}.{name}" for name in ("x", "y")]
        coming = {"actions": ["no-op"], "importing": {"id": "one"}}
        return {
            "resource_changes": [{"address": one, "type": BUCKET, "change": coming} for one in addresses],
            "configuration": {
                "root_module": {
                    "resources": [
                        {"address": one, "provider_config_key": block}
                        for one, block in zip(addresses, blocks, strict=True)
                    ]
                }
            },
        }

    assert len(list(importing.twice(plan(("alicloud", "alicloud"))))) == 1
    assert list(importing.twice(plan(("alicloud", "alicloud.hz")))) == []


@pytest.mark.terraform
def test_what_is_forgotten_and_imported_again_is_not_managed_by_nobody() -> None:
    blocks: Json = {"import": imported(x="clinic-k"), "removed": removed(f"{BUCKET}.k", f"{BUCKET}.l")}
    done = planned({BUCKET: {"x": bucket("k")}}, {BUCKET: {"k": bucket("k"), "l": bucket("l")}}, **blocks)
    said = list(summary.lines(done))
    assert f"    forget {BUCKET}.k, imported again as {BUCKET}.x" in said
    assert f"    forget {BUCKET}.l, left in the account, managed by nobody" in said


@pytest.mark.terraform
def test_the_id_of_an_import_that_is_a_secret_is_nowhere_in_the_plan() -> None:
    blocks: Json = {
        "import": [
            {"to": "random_password.p", "id": "Made-up-secret-one"},
            {"for_each": {"a": "Made-up-secret-two"}, "to": "random_password.q[each.key]", "id": "${each.value}"},
        ]
    }
    random: Json = {"p": {"length": 18}, "q": {"for_each": {"a": ""}, "length": 18}}
    done = planned({"random_password": random}, **blocks)
    assert set(changes(done)) == {"random_password.p", 'random_password.q["a"]'}
    assert "Made-up-secret" not in str(done.plan)
    assert {"Made-up-secret-one", "Made-up-secret-two"} <= done.secrets


def test_what_opentofu_leaves_and_makes_anew_is_both() -> None:
    for actions in (["forget", "create"], ["create", "forget"]):
        one = {"address": f"{BUCKET}.a", "change": {"actions": actions, "replace_paths": [["bucket"]]}}
        assert summary.told(one) == (
            f"forget {BUCKET}.a, left in the account, managed by nobody, and another made, forced by bucket"
        )
