"""Login of people at the gateway: what belongs together, keys that are public and whole, the second domain.

Over 200 lines: one table of rules, each a few lines.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dicom_cdk.public_key import PUBLIC_PARTS, faults
from dicom_cdk.settings.errors import Path, Problem, shown
from dicom_cdk.settings.rules.choices import changed, idle, needed
from dicom_cdk.settings.rules.clients import HIGHEST_PORT, default_zone, domain_name, zone_of

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

MOST_KEYS = 4
"""Old, new, and the same once more for a provider with two algorithms."""
MOST_ROLES = 20
SHORTEST_REASON = 10
LONGEST_KEYS = 4096
"""Characters of all keys together. Function Compute's own limit is not documented; four RSA keys of 4,096 bits fit."""
_AUTHORITY = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?"
_WAY = r"(/[A-Za-z0-9._~-]+)*"


def login(site: "SiteSettings") -> Iterator[Problem]:
    """All that a login needs; without an issuer nothing of it has an effect."""
    login = site.gateway.login
    if login.issuer is None:
        keys = ("audience", "ae_claim", "role_claim")
        yield from idle({f"gateway.login.{key}": getattr(login, key) for key in keys}, WITHOUT)
        for key in ("jwks", "read_roles", "write_roles"):
            if found := getattr(login, key):
                yield Problem(
                    f"gateway.login.{key}", f"has no effect {WITHOUT}", f"{len(found)} of them", do="remove it"
                )
        yield from changed(site, ("gateway.login.user_claim",), WITHOUT)
        return
    yield from needed(
        "gateway.domain",
        site.gateway.domain,
        "with gateway.login",
        "a domain of your own: the function's own has no login",
    )
    yield from needed(
        "gateway.login.audience", login.audience, "with gateway.login.issuer", "who the tokens are for (aud)"
    )
    if site.gateway.image is not None:
        yield Problem(
            "gateway.image",
            "does not go with gateway.login: rights are checked in the image that is built here, and nowhere else",
            shown(site.gateway.image),
            "none",
            "remove it; the base may be your own (registry.images.nginx)",
        )


def viewer(site: "SiteSettings") -> Iterator[Problem]:
    """A viewer shows patients' images: nobody comes to it but by a login, and what only a viewer uses needs one."""
    gateway, own = site.gateway, site.registry.images.ohif_app
    if gateway.viewer.tag is None:
        without = "without gateway.viewer.tag"
        yield from idle({"registry.images.ohif_app": own, "gateway.login.client_id": gateway.login.client_id}, without)
        yield from idle({"gateway.viewer.without_login": gateway.viewer.without_login}, without)
        yield from changed(site, ("gateway.viewer.upload", "gateway.login.scope"), without)
        return
    reason = gateway.viewer.without_login
    if gateway.login.issuer is None:
        yield from _without_login(site)
        return
    if reason is not None:
        yield Problem(
            "gateway.viewer.without_login",
            "is no reason where people log in",
            shown(reason),
            "none with gateway.login",
            "remove it",
        )
    yield from needed(
        "gateway.login.client_id",
        gateway.login.client_id,
        "with gateway.viewer.tag",
        "the public client that the viewer is",
    )
    if gateway.viewer.upload and not gateway.login.write_roles:
        yield Problem(
            "gateway.viewer.upload", "is refused to everybody", "true", "false while gateway.login.write_roles is empty"
        )


def _without_login(site: "SiteSettings") -> Iterator[Problem]:
    """Only where something of the site's own stands in front, and the site says what."""
    gateway = site.gateway
    if gateway.viewer.without_login is None:
        yield Problem(
            "gateway.viewer.tag",
            "needs gateway.login: without one no browser can get in, and nobody may without",
            shown(gateway.viewer.tag),
            "a viewer with a login",
            "set gateway.login, or say in gateway.viewer.without_login what lets people in instead (docs/viewer.md)",
        )
        return
    if len(gateway.viewer.without_login.strip()) < SHORTEST_REASON:
        reason = shown(gateway.viewer.without_login)
        yield Problem("gateway.viewer.without_login", "says nothing", reason, f"{SHORTEST_REASON} letters or more")
    if gateway.image is not None:
        what = "has no viewer: it is built into the image that is made here"
        yield Problem("gateway.image", what, shown(gateway.image), "none with gateway.viewer.tag", "remove one of both")
    yield from needed("gateway.domain", gateway.domain, "with gateway.viewer.tag", "the name that browsers ask")
    yield from idle({"gateway.login.client_id": gateway.login.client_id}, WITHOUT)
    yield from changed(site, ("gateway.login.scope",), WITHOUT)


def issuer(site: "SiteSettings") -> Iterator[Problem]:
    """Compared letter by letter with what tokens say, and its host goes into the viewer's content security policy."""
    address = site.gateway.login.issuer
    if address is None:
        return
    authority, slash, way = address.removeprefix("https://").partition("/")
    if not re.fullmatch(_AUTHORITY, authority) or not re.fullmatch(_WAY, slash + way):
        yield Problem(
            "gateway.login.issuer",
            "is no issuer",
            shown(address),
            "https://HOST[:PORT][/PATH] as the provider's discovery document says it, without a slash at the end",
        )
        return
    host, _, port = authority.partition(":")
    if port and int(port) > HIGHEST_PORT:
        yield Problem("gateway.login.issuer", f"has port {port}", shown(address), f"1 to {HIGHEST_PORT}")
    for key, name in (("domain", site.gateway.domain), ("signed_domain", site.gateway.signed_domain)):
        if host == name:
            what = f"is at gateway.{key}, which leads to this gateway alone: nobody could log in"
            yield Problem("gateway.login.issuer", what, shown(address), "the provider's own name")


def keys(site: "SiteSettings") -> Iterator[Problem]:
    """Public, whole, each by an id of its own, and no more than a change of keys needs."""
    login = site.gateway.login
    if login.issuer is None:
        return
    if not 1 <= len(login.jwks) <= MOST_KEYS:
        yield Problem(
            "gateway.login.jwks",
            "is no list of the issuer's keys",
            f"{len(login.jwks)} keys",
            f"1 to {MOST_KEYS}",
            "run: dicom-cdk login keys ISSUER",
        )
    ids = [key.kid for key in login.jwks]
    for index, key in enumerate(login.jwks):
        path: Path = ("gateway", "login", "jwks", index)
        if key.kid in ids[:index]:
            yield Problem((*path, "kid"), "is there twice", shown(key.kid), "every key id once")
        for name, what, allowed in faults({part: getattr(key, part) for part in PUBLIC_PARTS}):
            yield Problem((*path, name), what, shown(getattr(key, name)), allowed)


def size(site: "SiteSettings") -> Iterator[Problem]:
    """Domain and function both carry the keys."""
    total = sum(len(getattr(key, part) or "") for key in site.gateway.login.jwks for part in PUBLIC_PARTS)
    if total > LONGEST_KEYS:
        yield Problem(
            "gateway.login.jwks",
            "is too long for the domain's and the function's configuration",
            f"{total} characters",
            f"at most {LONGEST_KEYS}",
            "leave out keys that no longer sign, or let the provider sign with ES256",
        )


def roles(site: "SiteSettings") -> Iterator[Problem]:
    """Roles without a claim would open to everybody or to nobody, and so would a claim without roles."""
    login = site.gateway.login
    if login.issuer is None:
        return
    for key, found in (("read_roles", login.read_roles), ("write_roles", login.write_roles)):
        path: Path = ("gateway", "login", key)
        if found and login.role_claim is None:
            yield Problem(
                path,
                "needs gateway.login.role_claim",
                f"{len(found)} of them",
                "none without it",
                "say which claim has the roles",
            )
        if len(found) > MOST_ROLES:
            yield Problem(path, "is too long", f"{len(found)} roles", f"at most {MOST_ROLES}")
        yield from _once(path, found)
    if login.role_claim is not None and not login.read_roles:
        yield Problem(
            "gateway.login.read_roles", "is needed with gateway.login.role_claim", "[]", "who may search and retrieve"
        )


def scope(site: "SiteSettings") -> Iterator[Problem]:
    """Without openid a provider need not answer as OpenID Connect says."""
    if "openid" not in site.gateway.login.scope.split(" "):
        yield Problem(
            "gateway.login.scope",
            "lacks openid",
            shown(site.gateway.login.scope),
            "openid and more, such as openid dicom",
        )


def signed_domain(site: "SiteSettings") -> Iterator[Problem]:
    """Two kinds of authentication are two domains: Function Compute has one for each."""
    gateway = site.gateway
    name = gateway.signed_domain
    if name is None:
        return
    key = "gateway.signed_domain"
    if gateway.login.issuer is None:
        yield Problem(
            key,
            "needs gateway.login: without one gateway.domain takes signed requests itself",
            shown(name),
            "none",
            "remove it",
        )
        return
    yield from domain_name(key, name)
    if name == gateway.domain:
        yield Problem(key, "is gateway.domain, where tokens are asked for", shown(name), "another name")
    elif gateway.dns:
        if gateway.dns_zone is not None:
            for problem in zone_of("gateway.dns_zone", gateway.dns_zone, name):
                yield Problem(
                    key, f"is not in gateway.dns_zone {gateway.dns_zone}", shown(name), "a name in it", problem.do
                )
        else:
            yield from default_zone(name)


WITHOUT = "without gateway.login.issuer"

LOGIN_RULES = (login, viewer, issuer, keys, size, roles, scope, signed_domain)


def _once(path: Path, names: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem((*path, index), "is there twice", shown(name), "every role once")
