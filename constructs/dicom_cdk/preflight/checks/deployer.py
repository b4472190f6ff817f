"""Which actions the key lacks, asked of Resource Orchestration (ROS) for a template made of the stack (`--deployer`).

RAM itself simulates nothing. ROS takes Terraform as a template; whether it judges every type, and JSON beside HCL, no text of the
vendor says, so what it does not take is told and nothing is concluded from it. Payloads and secrets stay here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.account.answers import words
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ROS_RISKS
from dicom_cdk.account.errors import AskError
from dicom_cdk.account.orchestration import newest_terraform
from dicom_cdk.finding import Finding
from dicom_cdk.plan.redaction.secret_values import CARRIERS, clean, hidden
from dicom_cdk.preflight.check import Target, lacks, look, ok
from dicom_cdk.preflight.refusals import unanswered

NAME = "permissions"
LARGEST = 524_288
"""Bytes of a template."""
TOLD = 20
POLICIES = "attach the deployer's policies of `dicom-cdk handoff` (iam/)"
LEFT_OUT = frozenset({"//", "provisioner", "lifecycle", "depends_on", "timeouts", *CARRIERS})
_OTHERS = re.compile(r"\$\{[^}]*\}")
_OURS = re.compile(r"\$\{alicloud_[a-z0-9_]+\.[A-Za-z0-9_-]+\.[a-z0-9_]+\}")


def findings(target: Target, ask: Ask) -> Iterator[Finding]:
    """One line: what is missing, that nothing is, or why that cannot be told."""
    try:
        transform = newest_terraform(target.region, ask)
        text = template(target, transform) if transform else ""
        if not transform or len(text.encode()) > LARGEST:
            why = (
                "ROS offers no Terraform here"
                if not transform
                else f"the stack is over {LARGEST} bytes, more than ROS takes"
            )
            yield look(NAME, why, POLICIES)
            return
        answer = ask(ROS_RISKS, RegionId=target.region, OperationType="CreateStack", TemplateBody=text)
        missing = sorted(words(answer, ROS_RISKS.action, "MissingPolicyActions"))
    except AskError as error:
        if error.kind == "other":
            yield look(NAME, f"ROS does not take the stack ({error.code})", POLICIES)
        else:
            yield unanswered(NAME, error)
        return
    if missing:
        more = f" and {len(missing) - TOLD} more" if len(missing) > TOLD else ""
        yield lacks(
            NAME, f"this key lacks {len(missing)} actions: {', '.join(missing[:TOLD])}{more}",
            POLICIES,
        )  # fmt: skip
    else:
        yield ok(NAME, "ROS names none that this key lacks")


def template(target: Target, transform: str) -> str:
    """The stack as ROS takes Terraform: resources of the vendor alone, without payloads, secrets and what others make."""
    resources: dict[str, dict[str, Any]] = {}
    for one in target.document.resources.values():
        if one.type.startswith("alicloud_"):
            body = {name: value for name, value in one.values.items() if name not in LEFT_OUT}
            resources.setdefault(one.type, {})[one.name] = _plain(clean(body, hidden(one.type)))
    workspace = {"main.tf.json": json.dumps({"resource": resources}, separators=(",", ":"))}
    return json.dumps({"ROSTemplateFormatVersion": "2015-09-01", "Transform": transform, "Workspace": workspace})


def _plain(value: Any) -> Any:
    """References to resources that are not in the template become a word."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and "${" in value:
        return _OTHERS.sub(lambda found: found[0] if _OURS.fullmatch(found[0]) else "known-later", value)
    return value
