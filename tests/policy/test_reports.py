"""Reports: their forms, their order, their silence about secrets."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from dicom_cdk.policy import reports
from dicom_cdk.policy.gate import Judgement
from tests.official_schemas import official
from tests.policy.judging import OPEN_RULE, judged

SECRET = "Tr0ub4dor-and-3"
PROBLEMS = {
    "alicloud_security_group_rule": {
        "r": {**OPEN_RULE, "//": {"metadata": {"path": "clinic/directory/from-archive"}}},
        "s": OPEN_RULE,
    },
    "alicloud_rds_account": {"a": {"account_password": SECRET, "account_type": "Normal"}},
    "alicloud_sae_application": {"app": {"envs": f'[{{"name":"DB_PASSWORD","value":"{SECRET}"}}]'}},
    "alicloud_instance": {"h": {"user_data": f"#!/bin/sh\nexport DB_PASSWORD={SECRET}\n"}},
    "alicloud_kms_key": {
        "k": {
            "deletion_protection": "Disabled",
            "//": {
                "checkov": {
                    "skip": [
                        {
                            "id": "CKV2_DICOM_60",
                            "comment": "a key for tests | only",
                            "expires": "2027-01-31",
                            "approved_by": "ops",
                        }
                    ]
                }
            },
        }
    },
}


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return judged(PROBLEMS)


def test_sarif_is_valid_by_the_official_schema(judgement: Judgement) -> None:
    schema = official("Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema")
    told = json.loads(reports.FORMATS["sarif"](judgement))
    checker = jsonschema.Draft7Validator(schema)
    assert [error.message for error in checker.iter_errors(told)] == []
    told["runs"][0]["results"][0]["level"] = "dreadful"
    assert list(checker.iter_errors(told)), "the schema does judge"


def test_sarif_lands_on_the_python_line_that_made_the_resource(judgement: Judgement) -> None:
    results = json.loads(reports.FORMATS["sarif"](judgement))["runs"][0]["results"]
    (one,) = [
        result
        for result in results
        if result["ruleId"] == "CKV2_DICOM_1" and "group_rule.r:" in result["message"]["text"]
    ]
    place = one["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "constructs/dicom_cdk/service/rooms/directory.py"
    assert (
        "allow_group"
        in Path(place["artifactLocation"]["uri"]).read_text().splitlines()[place["region"]["startLine"] - 1]
    )


def test_a_path_in_sarif_is_a_uri(judgement: Judgement) -> None:
    """Percent-encoded as RFC 3986 has it: code scanning refuses any other form."""
    finding = next(one for one in judgement.findings if one.status == "failed")
    odd = replace(finding, file="100% out dir/stacks/größe #1?/cdk.tf.json")
    told = json.loads(reports.FORMATS["sarif"](replace(judgement, findings=(odd,))))
    uri = told["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "100%25%20out%20dir/stacks/gr%C3%B6%C3%9Fe%20%231%3F/cdk.tf.json"
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_others_wrote_is_shown_and_links_nothing(form: str, judgement: Judgement) -> None:
    finding = next(one for one in judgement.findings if one.status == "failed")
    odd = replace(finding, problems=("\u202egpj.exe\u200b see #1 @team",), address="alicloud_vpc.a\u202eb`")
    said = reports.FORMATS[form](replace(judgement, findings=(odd,)))
    assert "u202egpj.exe" in said
    assert not {"\u202e", "\u200b"} & set(said)
    assert ("#1 @team" in said) == (form == "text")


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_what_machines_read_has_no_raw_control_or_format_character(form: str, judgement: Judgement) -> None:
    """XML has no place for them; a viewer that shows a text as it is would show another one."""
    finding = next(one for one in judgement.findings if one.status == "failed")
    odd = replace(
        finding, problems=("\u202egpj.exe\u200b \x1b[31m\x07 größe \U000e0041",), address="alicloud_vpc.a\u202eb"
    )
    said = reports.FORMATS[form](replace(judgement, findings=(odd,)))
    assert not set("\u202e\u200b\x1b\x07\U000e0041") & set(said)
    assert "größe" in said
    if form == "junit":
        assert ElementTree.fromstring(said) is not None
    else:
        assert json.loads(said)


def test_fingerprints_stay_over_unrelated_edits(judgement: Judgement) -> None:
    def prints(of: Judgement) -> dict[str, str]:
        results = json.loads(reports.FORMATS["sarif"](of))["runs"][0]["results"]
        return {
            f"{one['ruleId']} {one['locations'][0]['logicalLocations'][0]['fullyQualifiedName']}": one[
                "partialFingerprints"
            ]["dicomCdk/v1"]
            for one in results
        }

    other = judged({"alicloud_vpc": {"before": {"cidr_block": "10.0.0.0/16"}}, **PROBLEMS})
    before, after = prints(judgement), prints(other)
    assert before.items() <= after.items()
    assert len(set(before.values())) == len(before)


def test_a_waiver_is_a_suppression_with_its_reason(judgement: Judgement) -> None:
    results = json.loads(reports.FORMATS["sarif"](judgement))["runs"][0]["results"]
    (waived,) = [one for one in results if "suppressions" in one]
    assert waived["ruleId"] == "CKV2_DICOM_60"
    assert waived["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "a key for tests | only (until 2027-01-31, approved by ops)",
        }
    ]


@pytest.mark.parametrize("name", sorted(reports.FORMATS))
def test_no_report_quotes_a_secret(name: str, judgement: Judgement) -> None:
    assert "CKV2_DICOM_61" in reports.FORMATS[name](judgement), "it was found"
    assert SECRET not in reports.FORMATS[name](judgement)


@pytest.mark.parametrize("name", sorted(reports.FORMATS))
def test_reports_are_the_same_every_time(name: str) -> None:
    assert reports.FORMATS[name](judged(PROBLEMS)) == reports.FORMATS[name](judged(dict(reversed(PROBLEMS.items()))))


def test_junit_counts_what_it_lists(judgement: Judgement) -> None:
    suites = ElementTree.fromstring(reports.FORMATS["junit"](judgement))
    (suite,) = suites
    assert suite.get("name") == "clinic"
    assert int(suite.get("tests", "")) == len(list(suite)) == len(judgement.findings)
    assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure")) == len(judgement.of("failed"))
    assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped")) == len(judgement.of("waived"))


def test_json_has_every_finding_with_its_place_and_fix(judgement: Judgement) -> None:
    told = json.loads(reports.FORMATS["json"](judgement))
    assert told["stacks"]["clinic"]["failed"] == len(judgement.of("failed"))
    assert {one["status"] for one in told["findings"]} == {"failed", "waived"}
    assert all(one["fix"] and one["file"] and one["line"] for one in told["findings"])
    assert told["waivers"] == [
        {
            "stack": "clinic",
            "address": "alicloud_kms_key.k",
            "policy": "CKV2_DICOM_60",
            "reason": "a key for tests | only",
            "approved_by": "ops",
            "expires": "2027-01-31",
            "expired": False,
        }
    ]


def test_markdown_is_short_first_with_the_details_folded(judgement: Judgement) -> None:
    lines = reports.FORMATS["markdown"](judgement).splitlines()
    assert lines[0] == f"### Policies: {len(judgement.of('failed'))} failed"
    assert (
        "| CRITICAL | CKV2_DICOM_1: No ingress from the whole internet, on any port | `alicloud_security_group_rule.r` and 1 more |"
        in lines
    )
    table = lines.index("|---|---|---|")
    assert all(at > table for at, line in enumerate(lines) if line.startswith("<details>"))
    assert "  - until 2027-01-31, approved by ops: a key for tests \\| only" in lines


def test_text_names_room_resource_problem_and_fix() -> None:
    assert reports.FORMATS["text"](judged({"alicloud_security_group_rule": {"r": OPEN_RULE}})).splitlines() == [
        "clinic, elsewhere",
        "  CRITICAL CKV2_DICOM_1: No ingress from the whole internet, on any port",
        "    alicloud_security_group_rule.r",
        "    made at clinic/cdk.tf.json:1",
        "    - cidr_ip is 0.0.0.0/0, port_range 443/443",
        "    fix: name the client: source_security_group_id of its room, or a private range of a hospital in "
        "network.hospital_cidrs",
        "clinic: 10 judged, 1 failed",
    ]
