"""`dicom-cdk review`: which folders, which report, which exit code."""

import datetime
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import hand_out
from dicom_cdk.plan.state import replacing
from dicom_cdk.review import folders, reports
from dicom_cdk.review.beside import Beside, beside_the_plan
from dicom_cdk.review.errors import ReviewError
from dicom_cdk.review.loss import data_loss
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.policies import with_policies
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
    replaced: Sequence[str] = (),
) -> int:
    """Compare and report; `also`: in these forms into these files too. `replaced`: addresses of what is made anew in any case.

    Raises ReviewError, NotAStack, TerraformMissing, AnswersError, PolicyError, WaiverError, CannotWrite.
    """
    pairs = folders.pairs(base, head)
    anew = [replacing.written(replaced, after) if before and after else [] for _, before, after in pairs]
    for address in replaced:
        if not any(address in mine for mine in anew):
            raise ReviewError(
                f"--replace {address}: no stack has it on both sides; name a resource as a plan does, with its index"
            )
    reasons = data_loss.load_allowed(allowed) if allowed else {}
    program = terraform.find()
    with beside_the_plan(pairs, today) as waits:
        found = [
            _reviewed(pair, program, answers, wait, mine) for pair, wait, mine in zip(pairs, waits, anew, strict=True)
        ]
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


def _reviewed(
    pair: folders.Pair,
    program: terraform.Terraform,
    answers: Path | None,
    wait: Callable[[], Beside],
    replaced: Sequence[str],
) -> StackReview:
    found = review(*pair, program, answers, lambda: wait().written, replaced)
    return with_policies(found, wait().verdicts)
