"""How a command ends that failed: what is said, and its exit code."""

import errno
import os
import sys

from dicom_cdk import __version__

WRONG_USAGE, MISSING, OWN_BUG = 2, 69, 70
# By name, so that no command imports what only another one raises.
EXIT_CODES = {
    "dicom_cdk.cost.command.Unpriced": MISSING,
    "dicom_cdk.cost.errors.CostError": WRONG_USAGE,
    "dicom_cdk.drill_cli.WrongTime": WRONG_USAGE,
    "dicom_cdk.login.provider_keys.ProviderError": WRONG_USAGE,
    "dicom_cdk.login.keycloak_realm.RealmError": WRONG_USAGE,
    "dicom_cdk.node.NodeMissing": MISSING,
    "dicom_cdk.service.drill.stack.DrillError": WRONG_USAGE,
    "dicom_cdk.settings.errors.SettingsError": WRONG_USAGE,
    "dicom_cdk.settings.first_site.InitError": WRONG_USAGE,
    "dicom_cdk.payload.errors.PayloadError": WRONG_USAGE,
    "dicom_cdk.handoff.errors.HandoffError": WRONG_USAGE,
    "dicom_cdk.offline.answers.AnswersError": WRONG_USAGE,
    "dicom_cdk.offline.mirror.NotEmpty": WRONG_USAGE,
    "dicom_cdk.offline.versions.store.UnknownRelease": WRONG_USAGE,
    "dicom_cdk.plan.real.ProviderMissing": MISSING,
    "dicom_cdk.plan.stack.CannotWrite": WRONG_USAGE,
    "dicom_cdk.plan.stack.NotAStack": WRONG_USAGE,
    "dicom_cdk.plan.terraform.TerraformMissing": MISSING,
    "dicom_cdk.policy.errors.PolicyError": WRONG_USAGE,
    "dicom_cdk.policy.errors.WaiverError": WRONG_USAGE,
    "dicom_cdk.report.command.ReportError": WRONG_USAGE,
    "dicom_cdk.report.dashboard.LinesError": WRONG_USAGE,
    "dicom_cdk.review.errors.ReviewError": WRONG_USAGE,
    "dicom_cdk.smoke.errors.SmokeError": WRONG_USAGE,
    "dicom_cdk.rehearsal.command.WrongRooms": WRONG_USAGE,
}
REFUSALS = frozenset({
    errno.EACCES, errno.EDQUOT, errno.EEXIST, errno.EIO, errno.EISDIR, errno.ELOOP, errno.EMFILE, errno.ENAMETOOLONG, errno.ENFILE,
    errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS,
})  # fmt: skip
"""What a system says no with: to a name, a right, a full disk. A file that is not there may be one that we forgot."""


def told(error: Exception) -> int:
    """Says on standard error why a command ended; returns its exit code."""
    kind = type(error)
    code = EXIT_CODES.get(f"{kind.__module__}.{kind.__qualname__}")
    if code is not None:
        _say(str(error))
        return code
    if refused := _refused_by_the_system(error):
        _say(f"dicom-cdk: {refused}")
        return WRONG_USAGE
    import traceback

    traceback.print_exception(error)
    print(
        f"dicom-cdk {__version__}: this is a bug of dicom-cdk, not of your site. "
        "Please report it with the lines above and the site file (without names you want to keep).",
        file=sys.stderr,
    )
    return OWN_BUG


def _say(text: str) -> None:
    """Names and values that others wrote are in it: a terminal obeys none of them."""
    from dicom_cdk.markdown import visible

    print(visible(text, "\n"), file=sys.stderr)


def _refused_by_the_system(error: Exception) -> str:
    """Where and why, for what no room has words of its own for; "" for another error, or one about our own files."""
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return "a name has bytes that are no UTF-8; rename it and run it again"
    # What pathlib makes of ELOOP up to Python 3.12.
    if isinstance(error, RuntimeError) and str(error).startswith("Symlink loop"):
        return f"{error}; name another place"
    if not isinstance(error, OSError) or error.errno not in REFUSALS:
        return ""
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if place.startswith(__file__.removesuffix("failures.py")):
        return ""
    return f"{f'{place}: ' if place else ''}{error.strerror}; name another place, or mend this one and run it again"
