"""What a question that was not answered means for the verdict, by the kind of error."""

from dicom_cdk.account.errors import AskError, Kind
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import AREA

_MEANING: dict[Kind, tuple[str, str]] = {
    "credentials": ("lacks", "give a valid AccessKey in the environment"),
    "forbidden": ("unasked", "attach the policy of docs/preflight.md to the key's user, or ask with another key"),
    "inactive": (
        "lacks",
        "activate the service in the console, or apply the bootstrap stack (state: {bootstrap: true})",
    ),
    "account": ("lacks", "settle it in the vendor's console (real name, balance), or with its support"),
    "throttled": ("unasked", "ask again in a few minutes"),
    "unreachable": ("unasked", "look at network, proxy and TLS of this machine, then ask again"),
    "nonsense": ("unasked", "look at what stands between here and the vendor"),
    "other": ("unasked", "look the code up in the vendor's documentation"),
}


def unanswered(name: str, error: AskError) -> Finding:
    """The finding of a question that ended with this error."""
    verdict, do = _MEANING[error.kind]
    return Finding(AREA, name, "lacks" if verdict == "lacks" else "unasked", str(error), do)
