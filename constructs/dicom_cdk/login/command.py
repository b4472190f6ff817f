"""`dicom-cdk login keys`: prints keys, or compares them with those of a site file."""

import json
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.login.provider_keys import Get, ProviderError, signing_keys
from dicom_cdk.settings.loader import load_site

SAME, OTHER = 0, 1


def run(issuer: str | None, compare: Path | None, get: Get | None = None) -> int:
    """Returns the exit code. Raises ProviderError, SettingsError."""
    if compare is None:
        if issuer is None:
            raise ProviderError("login: neither an issuer nor --compare; name ISSUER, or --compare SITE.yaml")
        print(as_yaml(signing_keys(issuer, get)), end="")
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
    published = {key["kid"]: key for key in signing_keys(issuer, get)}
    missing = [kid for kid in published if listed.get(kid) != published[kid]]
    for kid in missing:
        what = "differs from what the site lists" if kid in listed else "is not in the site file"
        print(
            f"{compare}: key {kid} {what}: its tokens would be refused; add it, apply, then let the provider sign with it"
        )
    for kid in listed:
        if kid not in published:
            print(f"{compare}: key {kid} is published no more: take it out once its last token has ended")
    if not missing:
        print(f"{compare}: lists all {len(published)} keys of {issuer}")
    return OTHER if missing else SAME


def as_yaml(keys: Sequence[dict[str, str]]) -> str:
    """Lines below ``login:`` of a site file; JSON's texts are YAML's."""
    lines = ["jwks:"]
    for key in keys:
        lines.append("  - {" + ", ".join(f"{part}: {json.dumps(value)}" for part, value in key.items()) + "}")
    return "\n".join(lines) + "\n"
