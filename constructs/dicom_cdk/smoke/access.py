"""Who is let in, and what nobody is: calls without or with a wrong credential, paths that a gateway must not pass."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from requests.auth import AuthBase

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import Answer, Client
from dicom_cdk.smoke.signing import broken
from dicom_cdk.smoke.smoke_study import STUDY

DENIED = (401, 403)
CLOSED = (400, 401, 403, 404, 405)
"""404 is Function Compute's answer where no route of the domain fits."""
ARCHIVE = ("wildfly", "undertow", "jboss", "resteasy", "orthanc")
"""Names that tell that the server behind has answered."""
CLOSED_PATHS = (
    ("GET", "/dcm4chee-arc/ui2/"),
    ("GET", "/dcm4chee-arc/monitor/serverTime"),
    ("GET", "/dcm4chee-arc/devices"),
    ("GET", "/dcm4chee-arc/storage"),
    ("GET", "/dcm4chee-arc/ctrl/status"),
    ("GET", "/"),
    ("POST", "/dcm4chee-arc/ctrl/reload"),
)
"""Method and path behind the root: the archive's own, never for clients; its storage page shows the AccessKey. Reads come first:
where one is let in, nothing that writes is tried."""
NOT_JUDGED = (429, 502, 503, 504)
"""Nobody let it in and nobody refused it: too many calls, or nothing behind."""
FILTER_MISSING = (
    "; no gateway and no filter is in front: this address is the archive's own, where anybody reads the AccessKey and deletes "
    "studies without a login; take output dicomweb_url, and close this one (docs/changes.md)"
)
CLOSED_BELOW_AE = (
    ("DELETE", f"/rs/studies/{STUDY}"),
    ("PUT", "/rs/patients/1"),
    ("POST", f"/rs/studies/{STUDY}/reject/113001%5EDCM"),
)


def refusals(client: Client, service: Address, way: AuthBase) -> Mapping[str, Callable[[], str]]:
    """Checks by name."""
    wrong = broken(way)
    return {
        "access: a call without a credential is refused": lambda: _refused(client.anonymously("GET", service.studies)),
        "access: a call with a wrong credential is refused": lambda: _refused(
            client.ask("GET", service.studies, way=wrong)
        ),
    }


def _refused(answer: Answer) -> str:
    answer.must(*DENIED)
    expect(b"0020000D" not in answer.body, "refused by its status, but the answer holds a study")
    return str(answer.status)


def closed(client: Client, service: Address, stores: bool) -> str:
    """Tries what is closed; requests that write only where `stores`. Raises Expected for what is let in."""
    tried = [(method, service.root + path) for method, path in CLOSED_PATHS]
    tried += [(method, service.base + path) for method, path in CLOSED_BELOW_AE]
    # Where it is open by mistake, a request that writes does what it says.
    tried = [(method, url) for method, url in tried if stores or method == "GET"]
    for method, url in tried:
        answer = client.ask(method, url)
        path, told = urlsplit(url).path, f"{answer.headers} {answer.body[:4000]!r}".lower()
        hint = "" if service.secure else FILTER_MISSING
        # The body stays out of the words: it may hold the very key.
        reached = any(name in told for name in ARCHIVE)
        expect(
            reached or answer.status not in NOT_JUDGED,
            f"{method} {path} was neither refused nor let in: {answer.status}, too many calls or nothing that answers; try again",
        )
        expect(answer.status in CLOSED, f"{method} {path} is let in: {answer.status}{hint}")
        expect(not reached, f"{method} {path} reached the server: {answer.status}{hint}")
    return f"{len(tried)} tried"
