"""`dicom-cdk login`: prints keys, or compares them with those of a site file; prints a realm for a site."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.login.keycloak_realm import RealmError, realm
from dicom_cdk.login.provider_keys import Get, ProviderError, published
from dicom_cdk.service.rooms.gateway_login import login_of
from dicom_cdk.settings.loader import load_site
from dicom_cdk.settings.rules.login import MOST_KEYS

SAME, OTHER = 0, 1


def run(issuer: str | None, compare: Path | None, get: Get | None = None) -> int:
    """Returns the exit code. Raises ProviderError, SettingsError."""
    if compare is None:
        if issuer is None:
            raise ProviderError("login: neither an issuer nor --compare; name ISSUER, or --compare SITE.yaml")
        found = published(issuer, get)
        print(as_yaml(found.keys), end="")
        for why in found.left_out:
            print(f"login: {why}; its tokens are refused", file=sys.stderr)
        if len(found.keys) > MOST_KEYS:
            many = f"login: {len(found.keys)} keys, and a site lists at most {MOST_KEYS}"
            print(f"{many}; leave out those that no longer sign", file=sys.stderr)
        return SAME
    login = load_site(compare).gateway.login
    if issuer is None and login.issuer is None:
        print(f"{compare}: nobody logs in there")
        return SAME
    issuer = issuer or str(login.issuer)
    if login.issuer != issuer:
        raise ProviderError(
            f"login: {compare} has gateway.login.issuer {login.issuer!r}, got {issuer!r}; compare a site with its own issuer"
        )
    listed = {key.kid: key.model_dump(exclude_none=True) for key in login.jwks}
    found = published(issuer, get)
    there = {key["kid"]: key for key in found.keys}
    missing = [kid for kid in there if listed.get(kid) != there[kid]]
    for kid in missing:
        what = "differs from what the site lists" if kid in listed else "is not in the site file"
        print(
            f"{compare}: key {kid} {what}: its tokens would be refused; add it, apply, then let the provider sign with it"
        )
    for kid in listed:
        if kid not in there:
            print(f"{compare}: key {kid} is published no more: take it out once its last token has ended")
    for why in found.left_out:
        print(f"{compare}: {why}: no site can list it; see that the provider signs with another")
    if not missing:
        print(f"{compare}: lists all {len(there)} keys of {issuer}")
    return OTHER if missing else SAME


def print_realm(site: Path) -> int:
    """Returns the exit code. Raises RealmError, SettingsError."""
    gateway = load_site(site).gateway
    login = login_of(gateway)
    if login is None or not login.client_id:
        raise RealmError(
            f"login: {site} has no viewer that people log in to; a realm is for one; set gateway.viewer.tag and gateway.login"
        )
    print(json.dumps(realm(login, str(gateway.domain)), indent=2))
    return SAME


def as_yaml(keys: Sequence[dict[str, str]]) -> str:
    """Lines below ``login:`` of a site file; JSON's texts are YAML's."""
    lines = ["jwks:"]
    for key in keys:
        lines.append("  - {" + ", ".join(f"{part}: {json.dumps(value)}" for part, value in key.items()) + "}")
    return "\n".join(lines) + "\n"
