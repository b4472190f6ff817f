"""The command line: parse, call, print. Every command's work is in its own room and imported only when asked for.

Exit codes: 0 done, 1 refused or findings, 2 wrong usage or settings, 69 something needed is missing, 70 our own bug.
"""

import os
import sys
from collections.abc import Sequence

from dicom_cdk import __version__
from dicom_cdk.arguments import parser

OK, WRONG_USAGE, MISSING, OWN_BUG = 0, 2, 69, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except KeyboardInterrupt:
        print("dicom-cdk: interrupted; what was there before is unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    kind = type(error)
    code = EXIT_CODES.get(f"{kind.__module__}.{kind.__qualname__}")
    if code is not None:
        print(str(error), file=sys.stderr)
        return code
    import traceback

    traceback.print_exception(error)
    print(
        f"dicom-cdk {__version__}: this is a bug of dicom-cdk, not of your site. "
        "Please report it with the lines above and the site file (without names you want to keep).",
        file=sys.stderr,
    )
    return OWN_BUG


# By name, so that no command imports what only another one raises.
EXIT_CODES = {
    "dicom_cdk.node.NodeMissing": MISSING,
    "dicom_cdk.settings.errors.SettingsError": WRONG_USAGE,
    "dicom_cdk.payload.errors.PayloadError": WRONG_USAGE,
    "dicom_cdk.handoff.errors.HandoffError": WRONG_USAGE,
    "dicom_cdk.offline.answers.AnswersError": WRONG_USAGE,
    "dicom_cdk.offline.mirror.NotEmpty": WRONG_USAGE,
    "dicom_cdk.plan.planning.ProviderMissing": MISSING,
    "dicom_cdk.plan.stack.CannotWrite": WRONG_USAGE,
    "dicom_cdk.plan.stack.NotAStack": WRONG_USAGE,
    "dicom_cdk.plan.terraform.TerraformMissing": MISSING,
    "dicom_cdk.policy.errors.PolicyError": WRONG_USAGE,
    "dicom_cdk.policy.errors.WaiverError": WRONG_USAGE,
    "dicom_cdk.report.command.ReportError": WRONG_USAGE,
    "dicom_cdk.review.errors.ReviewError": WRONG_USAGE,
    "dicom_cdk.smoke.errors.SmokeError": WRONG_USAGE,
    "dicom_cdk.rehearsal.site.NotAStack": WRONG_USAGE,
    "dicom_cdk.rehearsal.command.WrongRooms": WRONG_USAGE,
}


if __name__ == "__main__":
    raise SystemExit(main())
