"""For machines; the keys are stable."""

from dicom_cdk.markdown import as_json
from dicom_cdk.policy.gate import Finding, Judgement


def json_report(judgement: Judgement) -> str:
    """Passed ones are counted only; all others are listed."""
    document = {
        "version": 1,
        "today": judgement.today.isoformat(),
        "stacks": {
            stack: {
                status.replace(" ", "_"): sum(one.status == status for one in judgement.findings if one.stack == stack)
                for status in ("passed", "failed", "waived", "not judged")
            }
            for stack in sorted(judgement.stacks)
        },
        "not_looked_into": [{"stack": stack, "why": text} for stack, text in judgement.unseen],
        "findings": [_finding(one) for one in judgement.findings if one.status != "passed"],
        "waivers": [
            {
                "stack": one.stack,
                "address": one.address,
                "policy": one.policy,
                "reason": one.reason,
                "approved_by": one.approved_by,
                "expires": one.expires.isoformat() if one.expires else None,
                "expired": one.expired(judgement.today),
            }
            for one in judgement.waivers
        ],
    }
    return as_json(document)


def _finding(one: Finding) -> dict[str, object]:
    return {
        "stack": one.stack,
        "room": one.room,
        "policy": one.policy.id,
        "name": one.policy.name,
        "severity": one.policy.severity,
        "status": one.status,
        "address": one.address,
        "path": one.path,
        "file": one.file,
        "line": one.line,
        "problems": list(one.problems),
        "fix": one.policy.fix,
        "waiver": {
            "reason": one.waiver.reason,
            "expires": str(one.waiver.expires),
            "approved_by": one.waiver.approved_by,
        }
        if one.waiver
        else None,
    }
