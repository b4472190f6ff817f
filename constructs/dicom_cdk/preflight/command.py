"""`dicom-cdk preflight`: asks for each stack, tells each line, and gives one verdict."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.account import asking
from dicom_cdk.account.credentials import ID, SECRET, from_environment
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import NotAStack, Stack, hand_out
from dicom_cdk.preflight import policy, report
from dicom_cdk.preflight.all_checks import findings, unseen
from dicom_cdk.preflight.check import AREA, Target
from dicom_cdk.preflight.checks import by_hand
from dicom_cdk.preflight.checks import deployer as permissions
from dicom_cdk.preflight.progress import shown
from dicom_cdk.shipped import how_to_get

READY, FAILS, CANNOT_ASK = 0, 1, 69


def run(folders: Sequence[Path], *, form: str, output: Path | None, deployer: bool = False) -> int:
    """Returns the exit code. Raises NotAStack, CannotWrite."""
    found = {target.stack.name: asked(target, deployer=deployer) for target in _targets(folders)}
    hand_out(report.FORMS[form](found), output)
    return code([one for lines in found.values() for one in lines])


def print_policy(folders: Sequence[Path], output: Path | None) -> int:
    """The RAM policy of a key that may ask for these stacks. Raises NotAStack, CannotWrite."""
    targets = _targets(folders)
    statements = [one for target in targets for one in policy.policy(target)["Statement"]]
    hand_out(json.dumps({"Version": "1", "Statement": statements}, indent=2) + "\n", output)
    return READY


def _targets(folders: Sequence[Path]) -> list[Target]:
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    return [Target(Stack.read(folder)) for folder in folders]


def asked(target: Target, *, deployer: bool = False) -> list[Finding]:
    """What the account says of one stack. `deployer`: the key will apply it, so its permissions are asked for too."""
    return [*_calls(target, deployer), *by_hand.findings(target, deployer=deployer)]


def _calls(target: Target, deployer: bool) -> list[Finding]:
    credentials = from_environment(os.environ)
    if credentials is None:
        said = f"{ID} or {SECRET} is not set"
        do = "set both, of a user that may read (docs/preflight.md)"
        return [Finding(AREA, "credentials", "unasked", said, do), *unseen(target)]
    try:
        ask = asking.by_network(credentials, target.region)
    except ModuleNotFoundError:
        said = "the vendor's client is not installed"
        return [Finding(AREA, "calls", "unasked", said, how_to_get("doctor")), *unseen(target)]
    with shown(target.stack.name) as progress:
        found = list(findings(target, ask, progress))
    if deployer and found[0].verdict == "ok":
        found += permissions.findings(target, ask)
    return found


def code(found: Sequence[Finding]) -> int:
    """What would fail weighs more than what could not be asked."""
    verdicts = {one.verdict for one in found}
    return FAILS if "lacks" in verdicts else CANNOT_ASK if "unasked" in verdicts else READY
