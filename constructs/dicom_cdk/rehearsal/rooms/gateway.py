"""placeholder"""

from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.stage import Stage


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    pass
