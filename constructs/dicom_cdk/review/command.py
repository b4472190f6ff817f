"""`dicom-cdk review`: which folders, which report, which exit code."""

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import hand_out
from dicom_cdk.review import data_loss, folders, policies, reports
from dicom_cdk.review.review import allow, review

OK, REFUSED, DATA_LOSS = 0, 1, 3


def run(
    base: Path,
    head: Path,
    *,
    format: str,
    allowed: Path | None,
    output: Path | None,
    also: Sequence[tuple[str, Path]] = (),
    answers: Path | None,
    today: datetime.date,
) -> int:
    """Compare and report; `also`: in these forms into these files too.

    Raises ReviewError, NotAStack, TerraformMissing, AnswersError, PolicyError, WaiverError, CannotWrite.
    """
    pairs = folders.pairs(base, head)
    reasons = data_loss.load_allowed(allowed) if allowed else {}
    program = terraform.find()
    with policies.judging(pairs, today) as sides:
        found = [review(*pair, program, answers) for pair in pairs]
        found = policies.with_policies(found, sides())
    if allowed:
        data_loss.refuse_unknown(reasons, [loss for one in found for loss in one.losses], allowed)
        found = [allow(one, reasons) for one in found]
    for form, file in [*also, (format, output)]:
        hand_out(reports.FORMATS[form](found), file)
    if any(not loss.reason for one in found for loss in one.losses):
        print(
            "data could be lost: name each address with a reason in an allow file (--allow), if that is meant",
            file=sys.stderr,
        )
        return DATA_LOSS
    return REFUSED if any(one.problems for one in found) else OK
