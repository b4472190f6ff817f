"""Whose key it is. Without an answer nothing else is asked."""

from dicom_cdk.account.answers import word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import IDENTITY
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Target, lacks, ok
from dicom_cdk.preflight.refusals import unanswered

NAME = "credentials"


def identity(target: Target, ask: Ask) -> Finding:
    """ok where the key belongs to the stack's account."""
    try:
        found = word(ask(IDENTITY), IDENTITY.action, "AccountId")
    except AskError as error:
        if error.kind == "credentials":
            return lacks(NAME, str(error), "give a valid AccessKey in the environment")
        return unanswered(NAME, error)
    if target.account and found != target.account:
        return lacks(NAME, f"of account {found}, the stack is for {target.account}", "use a key of that account")
    return ok(NAME, f"of account {found}")
