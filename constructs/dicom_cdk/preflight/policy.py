"""The RAM policy of a key that asks: only calls that read, only those that a stack needs, narrowed to its names where RAM can."""

import json
from collections.abc import Iterator
from typing import Any

from dicom_cdk.account import calls
from dicom_cdk.account.calls import PRICES, Call
from dicom_cdk.preflight.all_checks import CHECKS
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import zones

Json = dict[str, Any]
NAMED = {
    calls.BUCKET: ("alicloud_oss_bucket", "bucket", "acs:oss:*:{account}:{name}"),
    calls.LOG_PROJECT: ("alicloud_log_project", "project_name", "acs:log:{region}:{account}:project/{name}"),
    calls.KMS_SECRET: ("alicloud_kms_secret", "secret_name", "acs:kms:{region}:{account}:secret/{name}"),
    calls.FC_FUNCTION: ("alicloud_fcv3_function", "function_name", "acs:fc:{region}:{account}:functions/{name}"),
    calls.DNS_RECORDS: ("alicloud_alidns_record", "domain_name", "acs:alidns:*:{account}:domain/{name}"),
}
"""Call → type, argument with the name, ARN."""


def needed(target: Target) -> list[Call]:
    """Calls that `preflight` and `cost` make for a stack, in the order of the table."""
    # What room zones asks, the checks of hosts, databases, balancers and tunnels ask as well, where a stack has some.
    made = {call for check in CHECKS if check is not zones.CHECK and check.concerns(target) for call in check.calls}
    made |= {call for kind, each in PRICES.items() if target.document.of(kind) for call in each}
    return [each for each in vars(calls).values() if isinstance(each, Call) and each in made and each.ram]


def policy(target: Target) -> Json:
    """The RAM policy document of one stack."""
    wide = sorted({call.ram for call in needed(target) if not _names(target, call)})
    narrow = [(call.ram, _names(target, call)) for call in needed(target) if _names(target, call)]
    statements: list[Json] = [{"Effect": "Allow", "Action": wide, "Resource": ["*"]}] if wide else []
    statements += [{"Effect": "Allow", "Action": [action], "Resource": names} for action, names in sorted(narrow)]
    return {"Version": "1", "Statement": statements}


def unsure(target: Target) -> list[str]:
    """Actions whose name no page of the vendor says."""
    return sorted({call.ram for call in needed(target) if call.unsure})


def text(target: Target) -> str:
    """As a file."""
    return json.dumps(policy(target), indent=2) + "\n"


def _names(target: Target, call: Call) -> list[str]:
    """ARNs of everything that a call is asked about; none where RAM cannot narrow it or a name is not known."""
    if call not in NAMED:
        return []
    return sorted(set(_arns(target, *NAMED[call])))


def _arns(target: Target, kind: str, argument: str, pattern: str) -> Iterator[str]:
    for one in target.document.of(kind):
        name = target.word(one, argument) or "*"
        yield pattern.format(region=target.region, account=target.account or "*", name=name)
