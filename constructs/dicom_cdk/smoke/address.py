"""Where the service is: the address that somebody typed, taken apart and judged before anything is sent."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dicom_cdk.smoke.errors import SmokeError

AE_TITLE = re.compile(r"[ -\[\]-~]{1,16}")
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = re.compile(rf"(?=.{{1,253}}$)(?:{LABEL}\.)*{LABEL}\.?|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+")
ALLOWED = "allowed is http(s)://HOST[:PORT][/PATH]"


@dataclass(frozen=True)
class Address:
    """A DICOMweb address. `base`: up to the AE title, without a slash at the end."""

    base: str
    host: str
    secure: bool

    @property
    def studies(self) -> str:
        return f"{self.base}/rs/studies"

    @property
    def root(self) -> str:
        """Scheme, host and what the gateway may ask for before its paths."""
        return self.base.partition("/dcm4chee-arc/")[0]


@dataclass(frozen=True)
class DimsePeer:
    """A DICOM application entity on the network."""

    host: str
    port: int


def address(text: str, ae_title: str) -> Address:
    """The address of `text`; the archive's path to `ae_title` is added where it leads to none. Raises SmokeError."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SmokeError(f"{_without_user(text)}: {error}; {ALLOWED}") from None
    if parts.username or parts.password or "@" in text.partition("?")[0]:
        raise SmokeError(
            "an address with a user or password; give credentials by the environment (dicom-cdk smoke --help)"
        )
    if parts.scheme not in ("http", "https"):
        raise SmokeError(
            f"{text}: no scheme, or one that DICOMweb does not use; {ALLOWED}, such as https://{text.rpartition('/')[2]}"
        )
    if not host:
        raise SmokeError(f"{text}: no host; {ALLOWED}")
    if not HOST.fullmatch(host):
        raise SmokeError(f"{text}: {host} is no host name and no address; {ALLOWED}")
    if parts.query or parts.fragment:
        raise SmokeError(f"{text}: with a query or fragment; {ALLOWED}")
    base = f"{parts.scheme}://{parts.netloc}{_to_ae_title(text, parts.path, ae_title)}"
    return Address(base, parts.netloc, parts.scheme == "https")


def _to_ae_title(text: str, path: str, ae_title: str) -> str:
    """The path up to the AE title. What clients have below it (rs, rs/studies, wado) is taken off. Raises SmokeError."""
    before, archive, below = re.sub("/+", "/", f"{path}/").partition("/dcm4chee-arc/")
    titles, _, rest = below.partition("aets/")
    # Without the archive's path it may be what the gateway's address begins with, but no part of DICOMweb.
    astray = not archive and {"aets", "rs", "wado", "viewer"} & set(before.split("/"))
    if titles or astray or "/aets//" in path:
        raise SmokeError(
            f"{text}: leads past DICOMweb; allowed behind the host is /dcm4chee-arc/aets/AE_TITLE or nothing"
        )
    named, _, service = rest.strip("/").partition("/")
    if service.partition("/")[0] not in ("", "rs", "wado"):
        raise SmokeError(f"{text}: no DICOMweb below an AE title at {service}; allowed is rs, wado or nothing")
    return f"{before.rstrip('/')}/dcm4chee-arc/aets/{named or quote(ae_title, safe='')}"


def _without_user(text: str) -> str:
    return text.rpartition("@")[2]


def peer(text: str, option: str = "--dimse") -> DimsePeer:
    """HOST:PORT. Raises SmokeError."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not HOST.fullmatch(host) or not port.isdigit() or not 0 < int(port) < 65536:
        titled = "; AE titles go to --ae-title and --calling" if "@" in host else ""
        raise SmokeError(
            f"{option} {text}: allowed is HOST:PORT, such as 10.0.0.5:{2575 if option == '--hl7' else 11112}{titled}"
        )
    return DimsePeer(host, int(port))


def ae_title(text: str, option: str) -> str:
    """An AE title as DICOM allows it (PS3.5, VR AE). Raises SmokeError."""
    if not AE_TITLE.fullmatch(text) or not text.strip():
        raise SmokeError(f"{option} {text!r}: allowed are 1 to 16 characters without backslash and not only blanks")
    return text
