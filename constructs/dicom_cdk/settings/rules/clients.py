"""What clients see: domain, AE titles, mail address, endpoint, function path."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Path, Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SECOND_LEVEL = ("com", "net", "org", "gov", "edu", "ac", "co", "mil", "or", "ne", "go")
"""Labels below a country's top level that are no zone of one's own, such as com.cn and co.uk."""
_ENDPOINT = r"https://(?:s3\.)?oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com"
_LONGEST_PATH = 128
HIGHEST_PORT = 65535


def domain(site: "SiteSettings") -> Iterator[Problem]:
    """The gateway's domain."""
    if site.gateway.domain is not None:
        yield from domain_name("gateway.domain", site.gateway.domain)


def zone(site: "SiteSettings") -> Iterator[Problem]:
    """The DNS zone that the gateway's name goes into."""
    name, zone = site.gateway.domain, site.gateway.dns_zone
    if zone is not None:
        yield from domain_name("gateway.dns_zone", zone)
        yield from zone_of("gateway.dns_zone", zone, name)
    elif name is not None and site.gateway.dns:
        yield from default_zone(name)


def ae_titles(site: "SiteSettings") -> Iterator[Problem]:
    """AE titles that the gateway lets through."""
    if site.gateway.ae_titles is not None:
        yield from titles("gateway.ae_titles", site.gateway.ae_titles)


def ae_title(site: "SiteSettings") -> Iterator[Problem]:
    """A single dot or two would be a path segment of its own in the gateway's URLs."""
    yield from dots("archive.ae_title", site.archive.ae_title)


def mail(site: "SiteSettings") -> Iterator[Problem]:
    """Where alarms go."""
    yield from mail_address("alarms.mail", site.alarms.mail)


def endpoint(site: "SiteSettings") -> Iterator[Problem]:
    """An OSS endpoint of another region would take the images through the internet, or nowhere."""
    if site.storage.endpoint is not None:
        found = re.fullmatch(_ENDPOINT, site.storage.endpoint)
        if found and found[1] != site.region:
            yield Problem(
                "storage.endpoint",
                f"is in another region than {site.region}",
                shown(site.storage.endpoint),
                f"an endpoint in {site.region}",
            )


def function_path(site: "SiteSettings") -> Iterator[Problem]:
    """The prefix of old callers: no slash at its ends, no empty and no dot segments."""
    path = site.gateway.function_path
    if path and (len(path) > _LONGEST_PATH or any(part in ("", ".", "..") for part in path.split("/"))):
        yield Problem(
            "gateway.function_path",
            "is no path prefix",
            shown(path),
            f"segments with single slashes between them, at most {_LONGEST_PATH} characters",
        )


def origins(site: "SiteSettings") -> Iterator[Problem]:
    """Function Compute answers preflights for custom domains only: a page cannot sign one."""
    if site.gateway.allowed_origins and site.gateway.domain is None:
        yield Problem(
            "gateway.allowed_origins",
            "needs a custom domain: on the function's own address no preflight is answered",
            shown(site.gateway.allowed_origins[0]),
            "none",
            "set gateway.domain",
        )
    for index, origin in enumerate(site.gateway.allowed_origins):
        path: Path = ("gateway", "allowed_origins", index)
        host, _, port = origin.removeprefix("https://").partition(":")
        if bad := next((label for label in host.split(".") if not re.fullmatch(_LABEL, label)), None):
            allowed = "labels of 1 to 63 letters, digits and inner hyphens"
            yield Problem(path, f"has a wrong label {shown(bad)}", shown(origin), allowed)
        elif port and int(port) > HIGHEST_PORT:
            yield Problem(path, f"has port {port}", shown(origin), f"1 to {HIGHEST_PORT}")
        elif port == "443":
            what = "names the port of https, which browsers leave out: no page would match"
            yield Problem(path, what, shown(origin), f"https://{host}", "take :443 away")
        elif host == site.gateway.domain and not port:
            what = "is gateway.domain itself: its own pages need no leave"
            yield Problem(path, what, shown(origin), "origins of other names", "remove it")
        elif origin in site.gateway.allowed_origins[:index]:
            yield Problem(path, "is there twice", shown(origin), "every origin once")


CLIENT_RULES = (domain, zone, ae_titles, ae_title, mail, endpoint, function_path, origins)


def domain_name(key: str, name: str) -> Iterator[Problem]:
    """A domain by its labels (RFC 1035, with RFC 1123's digits)."""
    labels = name.split(".")
    if bad := next((label for label in labels if not re.fullmatch(_LABEL, label)), None):
        yield Problem(
            key, f"has a wrong label {shown(bad)}", shown(name), "labels of 1 to 63 letters, digits and inner hyphens"
        )
    elif labels[-1].isdigit():
        yield Problem(key, "is an address, not a domain", shown(name), "a domain such as www.dicomweb-example.com")
    elif name.endswith((".aliyuncs.com", ".fcapp.run")):
        yield Problem(
            key,
            "belongs to the vendor",
            shown(name),
            "a domain of your own",
            "leave it out to use the function's own address",
        )


def zone_of(key: str, zone: str, name: str | None) -> Iterator[Problem]:
    """A zone and the name in it."""
    if name is not None and name != zone and not name.endswith(f".{zone}"):
        yield Problem(
            key,
            f"does not hold {name}",
            shown(zone),
            f"an ending of gateway.domain such as {'.'.join(name.split('.')[-2:])}",
        )


def default_zone(name: str) -> Iterator[Problem]:
    """The last two labels of a name have to be a zone of one's own: not so for hospital.com.cn."""
    labels = name.split(".")
    if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        yield Problem(
            "gateway.dns_zone",
            f"is needed: the last two labels of {name} are nobody's own zone",
            shown(None),
            "the zone that Alibaba Cloud DNS keeps for you",
            "set it, or gateway.dns: false",
        )


def titles(key: str, titles: Sequence[str]) -> Iterator[Problem]:
    """At least one AE title, each once."""
    if not titles:
        yield Problem(
            key,
            "is empty: the gateway would let nothing through",
            "[]",
            "at least one AE title",
            "remove it to take the archive's",
        )
    for index, title in enumerate(titles):
        path: Path = (*key.split("."), index)
        yield from dots(path, title)
        if title in titles[:index]:
            yield Problem(path, "is there twice", shown(title), "every AE title once")


def dots(key: Path | str, title: str) -> Iterator[Problem]:
    """An AE title that is no dot segment."""
    if title in (".", ".."):
        yield Problem(key, "would be a dot segment of a URL", shown(title), "an AE title with a letter or digit")


def mail_address(key: str, address: str) -> Iterator[Problem]:
    """A mail address by local part and domain (RFC 5321 lengths, plain characters)."""
    local, _, domain = address.rpartition("@")
    wrong = (
        not re.fullmatch(r"[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}", local)
        or local[0] == "."
        or local[-1] == "."
        or ".." in local
    )
    if wrong or not all(re.fullmatch(_LABEL, label) for label in domain.lower().split(".")):
        yield Problem(key, "is no mail address", shown(address), "an address such as ops@example.com")
