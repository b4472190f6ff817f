"""What is judged: JSON and plans of it, in one form."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import command as plan_command
from dicom_cdk.plan.stack import NotAStack, Stack
from dicom_cdk.policy import catalogue, document, planned
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.gate import verdicts
from tests.conftest import ROOT
from tests.policy.judging import OPEN_RULE, failed
from tests.policy.mutation import mutated
from tests.policy.test_mutations import MUTATIONS, SITE
from tests.synthesized import Synthesized

EXAMPLES = [
    "sites/dicom-sh.yaml",
    "examples/guide-literal.yaml",
    "examples/development.yaml",
    "examples/bring-your-own.yaml",
]
OTHERS = {"CKV2_DICOM_201", "CKV2_DICOM_202", "CKV2_DICOM_203"}
"""About waivers, which a plan has not."""
BROKEN = [name for name, change in MUTATIONS.items() if set(change) <= {"set", "add", "finds"} and name not in OTHERS]


def said(document: Document) -> dict[tuple[str, str], tuple[bool, bool]]:
    return {(one.policy, one.address): (one.passed, one.judged) for one in verdicts(document, catalogue.load())}


def both(stack: dict[str, Any], folder: Path) -> tuple[Document, dict[str, Any]]:
    """The document of a stack, and its plan."""
    target = folder / "stack"
    target.mkdir()
    (target / "cdk.tf.json").write_text(json.dumps(stack))
    file = folder / "plan.json"
    code = plan_command.run([target], provider="offline", base=None, output=file, answers=None)
    assert code == 0
    return document.read(target), json.loads(file.read_text())


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, dict[str, Any]]:
    """The default site with all of BROKEN broken at once, and its plan."""
    site = SITE
    for policy in BROKEN:
        site = mutated(site, MUTATIONS[policy])
    return both(site, tmp_path_factory.mktemp("broken"))


@pytest.mark.terraform
@pytest.mark.parametrize("file", EXAMPLES)
def test_plan_and_json_of_a_site_give_the_same_verdicts(
    file: str, stack_of: Callable[[str], Synthesized], tmp_path: Path
) -> None:
    written, plan = both(stack_of(file).json, tmp_path)
    laid_over = planned.of_plan(plan, "stack", tmp_path / "plan.json", written)
    assert laid_over.mode == "plan"
    assert said(laid_over) == said(written)


@pytest.mark.terraform
def test_plan_and_json_of_a_site_that_is_broken_in_many_places_give_the_same_verdicts(
    broken: tuple[Document, dict[str, Any]], tmp_path: Path
) -> None:
    written, plan = broken
    found = said(written)
    assert said(planned.of_plan(plan, "stack", tmp_path / "plan.json", written)) == found
    # Some break what others have broken otherwise.
    assert len(set(BROKEN) & {policy for (policy, _), (passed, _) in found.items() if not passed}) > 0.8 * len(BROKEN)


@pytest.mark.terraform
def test_a_plan_without_its_stack_never_passes_what_it_does_not_show(
    broken: tuple[Document, dict[str, Any]], tmp_path: Path
) -> None:
    written, plan = broken
    alone = said(planned.of_plan(plan, "stack", tmp_path / "plan.json", None))
    whole = said(written)
    assert {key for key, (_, judged) in alone.items() if judged and alone[key] != whole[key]} == set()
    assert not alone["CKV2_DICOM_12", "alicloud_oss_bucket.storage_images"][1], "lifecycle is in no plan"
    assert not alone["CKV2_DICOM_61", "alicloud_instance.archive_host_instance"][1], "user data is redacted"
    assert len([one for one in alone.values() if one == (True, True)]) > 150, "and what it shows is judged"


def test_what_a_plan_knows_counts_more_than_what_is_written(tmp_path: Path) -> None:
    plan = {
        "planned_values": {
            "root_module": {
                "resources": [
                    {
                        "address": 'alicloud_security_group_rule.r["a"]',
                        "type": "alicloud_security_group_rule",
                        "name": "r",
                        "values": {**OPEN_RULE, "ipv6_cidr_ip": ""},
                    }
                ]
            }
        }
    }
    written = document.of_stack(
        Stack(
            Path("s"), {"resource": {"alicloud_security_group_rule": {"r": {**OPEN_RULE, "cidr_ip": "${each.value}"}}}}
        )
    )
    verdicts_of = said(planned.of_plan(plan, "s", tmp_path, written))
    assert verdicts_of["CKV2_DICOM_1", 'alicloud_security_group_rule.r["a"]'] == (False, True)


def test_modules_in_a_plan_are_judged_by_their_whole_address(tmp_path: Path) -> None:
    resource = {
        "address": "module.net.alicloud_security_group_rule.r[0]",
        "type": "alicloud_security_group_rule",
        "name": "r",
        "values": OPEN_RULE,
    }
    plan = {"planned_values": {"root_module": {"child_modules": [{"resources": [resource]}]}}}
    found = said(planned.of_plan(plan, "s", tmp_path, None))
    assert found["CKV2_DICOM_1", "module.net.alicloud_security_group_rule.r[0]"] == (False, True)


@pytest.mark.parametrize("section", ["variable", "locals"])
def test_a_rule_opened_by_a_variable_is_open(section: str) -> None:
    given = {"variable": {"who": {"default": "0.0.0.0/0"}}, "locals": {"who": "0.0.0.0/0"}}[section]
    kind = {"variable": "var", "locals": "local"}[section]
    rule = {**OPEN_RULE, "cidr_ip": f"${{{kind}.who}}"}
    assert ("CKV2_DICOM_1", "alicloud_security_group_rule.r") in failed(
        {"alicloud_security_group_rule": {"r": rule}}, **{section: given}
    )


def test_a_rule_opened_by_another_resource_is_open() -> None:
    resources = {
        "alicloud_vpc": {"v": {"cidr_block": "0.0.0.0/0"}},
        "alicloud_security_group_rule": {"r": {**OPEN_RULE, "cidr_ip": "${alicloud_vpc.v.cidr_block}"}},
    }
    assert ("CKV2_DICOM_1", "alicloud_security_group_rule.r") in failed(resources)


def test_resources_of_one_name_are_told_apart() -> None:
    resources = {
        "alicloud_oss_bucket_acl": {"same": {"bucket": "b", "acl": "private"}},
        "alicloud_security_group_rule": {"same": OPEN_RULE},
    }
    assert ("CKV2_DICOM_1", "alicloud_security_group_rule.same") in failed(resources)


def test_the_line_of_a_resource_is_that_of_its_key() -> None:
    read = document.read(ROOT / "cdktf.out/stacks/dicom-sh")
    lines = (ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text().splitlines()
    for address, one in read.resources.items():
        assert lines[read.line(address) - 1].strip() == f'"{one.name}": {{'


def test_a_resource_that_is_called_as_an_argument_of_another_is_found_at_its_own_line(tmp_path: Path) -> None:
    """Also where they stand in no order of names; 10,000 were looked for from the first on, each."""
    vpcs: dict[str, Any] = {"b": {"tags": {"a": "b"}}, "c": {"vpc_name": "y"}, "tags": {"vpc_name": "x"}, "a": {}}
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps({"resource": {"alicloud_vpc": vpcs}}, indent=1))
    found = document.read(tmp_path)
    lines = [file.read_text().splitlines()[found.line(address) - 1] for address in found.resources]
    assert lines == ['   "b": {', '   "c": {', '   "tags": {', '   "a": {}']


def test_a_file_that_shows_no_lines_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[Path] = []

    def nothing(file: Path, _: object) -> dict[str, int]:
        searched.append(file)
        return {}

    monkeypatch.setattr(document, "_lines", nothing)
    read = document.of_stack(Stack(Path("s"), {"resource": {"alicloud_vpc": {"v": {}, "w": {}}}}))
    assert [read.line(address) for address in read.resources] == [1, 1]
    assert len(searched) == 1


def test_resources_of_some_types_come_in_the_order_of_the_stack_and_all_are_looked_through_once() -> None:
    class Counted(dict[str, Resource]):
        looked = 0

        def values(self) -> Any:
            self.looked += 1
            return super().values()

    read = document.of_stack(
        Stack(Path("s"), {"resource": {"alicloud_eip": {"a": {}}, "alicloud_vpc": {"b": {}, "c": {}}}})
    )
    resources = Counted({key: read.resources[key] for key in ("alicloud_vpc.c", "alicloud_eip.a", "alicloud_vpc.b")})
    read = replace(read, resources=resources)
    for types in (("alicloud_vpc", "alicloud_eip"), ("alicloud_eip", "alicloud_vpc", "alicloud_vpc")):
        assert [one.address for one in read.of(*types)] == ["alicloud_vpc.c", "alicloud_eip.a", "alicloud_vpc.b"]
    assert [one.address for one in read.of("alicloud_vpc")] == ["alicloud_vpc.c", "alicloud_vpc.b"]
    assert read.of("alicloud_nat_gateway") == []
    assert resources.looked == 1


@pytest.mark.parametrize(
    "text",
    [
        '${jsonencode({"a" = alicloud_kms_secret.a.name, "c" = "oss://s/${alicloud_oss_bucket_object.c.key}"})}',
        '${jsonencode({"c" = "${alicloud_oss_bucket_object.c.key}", "a" = alicloud_kms_secret.a.name})}',
        '${join("}", [alicloud_kms_secret.a.name, "${alicloud_oss_bucket_object.c.key}"])}',
    ],
)
def test_a_reference_beside_a_template_inside_an_expression_is_seen(text: str) -> None:
    assert set(document.references(text)) == {"alicloud_kms_secret.a", "alicloud_oss_bucket_object.c"}


def test_references_are_followed_through_functions_and_dependencies() -> None:
    text = '${jsonencode({"a" = alicloud_kms_secret.one.secret_name, "b" = random_password.two.result})}'
    assert list(document.references([text, "alicloud_vpc.v", "not.one", "plain alicloud_vpc.v text"])) == [
        "alicloud_kms_secret.one",
        "random_password.two",
        "alicloud_vpc.v",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "{",
            "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1); synthesize again",
        ),
        ("[]", "not Terraform JSON as cdktf writes it; synthesize again"),
        ("{}", "nothing in it to judge; name the folder of a stack that cdktf wrote"),
        ('{"resource": {"a": []}}', "resource.a is list, allowed is a map of names; synthesize again"),
        ('{"resource": {"a": {"b": 1}}}', "resource.a.b is int, allowed is a map of arguments; synthesize again"),
    ],
)
def test_what_is_no_stack_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(content)
    with pytest.raises(NotAStack) as refused:
        document.read(tmp_path)
    assert str(refused.value) == f"{tmp_path / 'cdk.tf.json'}: {problem}"


def test_a_file_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "cdk.tf.json").open("w") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(NotAStack, match="50 MB, allowed are 32; is it a stack of cdktf"):
        document.read(tmp_path)


@pytest.mark.parametrize("plan", [{}, {"planned_values": []}, [], {"planned_values": {"root_module": {}}}])
def test_what_is_no_plan_is_refused(plan: Any, tmp_path: Path) -> None:
    with pytest.raises(NotAStack, match=r"no plan of|nothing in the plan to judge"):
        planned.of_plan(plan, "s", tmp_path, None)


def test_what_a_plan_forgets_is_judged_no_more(tmp_path: Path) -> None:
    resources = [
        {"address": f"alicloud_vpc.{name}", "type": "alicloud_vpc", "name": name, "values": {}} for name in "ab"
    ]
    forgotten = {"address": "alicloud_vpc.a", "type": "alicloud_vpc", "change": {"actions": ["forget"]}}
    plan = {"planned_values": {"root_module": {"resources": resources}}, "resource_changes": [forgotten]}
    assert list(planned.of_plan(plan, "s", tmp_path, None).resources) == ["alicloud_vpc.b"]
