"""SARIF 2.1.0 (OASIS): findings on the Python line that made the resource, waivers as suppressions."""

import hashlib
from typing import Any
from urllib.parse import quote

from dicom_cdk import __version__
from dicom_cdk.markdown import as_json, visible
from dicom_cdk.policy.gate import Finding, Judgement
from dicom_cdk.policy.policy_files import Policy

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"CRITICAL": "error", "HIGH": "error", "MEDIUM": "warning", "LOW": "note"}
SCORES = {"CRITICAL": "9.5", "HIGH": "8.0", "MEDIUM": "5.5", "LOW": "3.0"}
"""security-severity: code scanning sorts by it."""


def sarif(judgement: Judgement) -> str:
    told = [one for one in judgement.findings if one.status != "passed"]
    rules = sorted({one.policy.id: one.policy for one in judgement.findings}.values(), key=lambda policy: policy.id)
    places = {policy.id: place for place, policy in enumerate(rules)}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "dicom-cdk",
                        "version": __version__,
                        "rules": [_rule(policy) for policy in rules],
                    }
                },
                **_invocations(judgement),
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"REPOSITORY": {"description": {"text": "The repository's top"}}},
                "results": [_result(one, places[one.policy.id]) for one in told],
            }
        ],
    }
    return as_json(document)


def _invocations(judgement: Judgement) -> dict[str, Any]:
    """What could not be looked into, where there is such."""
    told = [{"level": "warning", "message": {"text": f"{stack}: {text}"}} for stack, text in judgement.unseen]
    return {"invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}]} if told else {}


def fingerprint(one: Finding) -> str:
    """The same as long as policy, stack and resource are: no line, no text."""
    return hashlib.sha256(
        f"{one.policy.id}\n{one.stack}\n{one.path or one.address}\n{one.address}".encode()
    ).hexdigest()[:32]


def _rule(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "name": policy.id.replace("_", ""),
        "shortDescription": {"text": policy.name},
        "help": {"text": policy.fix, "markdown": policy.fix},
        "defaultConfiguration": {"level": LEVELS[policy.severity]},
        "properties": {
            "security-severity": SCORES[policy.severity],
            "tags": ["security", "dicom"],
            "precision": "high",
        },
    }


def _result(one: Finding, place: int) -> dict[str, Any]:
    problems = "; ".join(one.problems) or one.policy.name
    result: dict[str, Any] = {
        "ruleId": one.policy.id,
        "ruleIndex": place,
        "level": LEVELS[one.policy.severity],
        "message": {"text": visible(f"{one.address}: {problems}. Fix: {one.policy.fix}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(one.file), "uriBaseId": "REPOSITORY"},
                    "region": {"startLine": one.line},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": f"{one.stack}/{one.path}" if one.path else one.address, "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {"dicomCdk/v1": fingerprint(one)},
    }
    if one.status == "not judged":
        result |= {"kind": "open", "level": "none"}
    if one.waiver:
        result["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": visible(
                    f"{one.waiver.reason} (until {one.waiver.expires}, approved by {one.waiver.approved_by})"
                ),
            }
        ]
    return result
