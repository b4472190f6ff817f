"""Certificates as Terraform will get them, by its variables: read, of the right name, in time, with their keys."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Target
from dicom_cdk.shipped import how_to_get

AREA = "certificate"
SOON_DAYS = 30
VARIABLE = re.compile(r"\$\{var\.([A-Za-z0-9_-]+)\}")
CHAIN_ENDS, KEY_ENDS = "certificate", "private_key"
"""How the names of two variables of one pair end."""


@dataclass(frozen=True)
class Pair:
    """A certificate chain and its key, in two variables of Terraform."""

    of: str
    """What shows it: a domain, or in words."""
    chain: str
    key: str
    domain: str = ""
    """The name that it has to be issued for; "" where clients do not look for one."""

    @property
    def variables(self) -> tuple[str, str]:
        """As the environment has them."""
        return f"TF_VAR_{self.chain}", f"TF_VAR_{self.key}"


def pairs(target: Target) -> Iterator[Pair]:
    """Of each custom domain, and of every other pair of variables whose names end alike."""
    variables = target.stack.document.get("variable") or {}
    taken = set()
    for one in target.document.of("alicloud_fcv3_custom_domain"):
        domain = target.word(one, "custom_domain_name")
        block: Any = one.get("cert_config") or {}
        block = block[0] if isinstance(block, list) else block
        found = [VARIABLE.fullmatch(str(block.get(name) or "")) for name in (CHAIN_ENDS, KEY_ENDS)]
        if domain and found[0] and found[1]:
            taken.add(found[0][1])
            yield Pair(domain, found[0][1], found[1][1], domain)
    for chain in sorted(set(variables) - taken):
        key = f"{chain.removesuffix(CHAIN_ENDS)}{KEY_ENDS}"
        if chain.endswith(CHAIN_ENDS) and key in variables:
            yield Pair(f"{chain.removesuffix(CHAIN_ENDS).rstrip('_-') or 'stack'}, TLS", chain, key)


def findings(pair: Pair, environment: Mapping[str, str], now: datetime.datetime) -> Iterator[Finding]:
    """What is wrong with it. Nothing of the key is ever said."""
    (certificate_name, key_name), domain = pair.variables, pair.of
    chain, key = environment.get(certificate_name, ""), environment.get(key_name, "")
    if not chain or not key:
        missing = " and ".join(name for name, value in ((certificate_name, chain), (key_name, key)) if not value)
        yield Finding(
            AREA, domain, "look", f"{missing} not set",
            f'export {certificate_name}="$(cat fullchain.pem)" {key_name}="$(cat key.pem)" before plan and apply',
        )  # fmt: skip
        return
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ModuleNotFoundError:
        yield Finding(AREA, domain, "look", "cannot be read without cryptography", how_to_get("plan"))
        return
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        yield Finding(
            AREA, domain, "lacks", f"{certificate_name} is no PEM certificate chain", "give the chain, leaf first"
        )
        return
    try:
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        yield Finding(
            AREA,
            domain,
            "lacks",
            f"{key_name} is no unencrypted PEM key",
            "give the key of the certificate, without a password",
        )
        return
    leaf = certificates[0]
    if private.public_key() != leaf.public_key():
        yield Finding(
            AREA,
            domain,
            "lacks",
            f"{key_name} is not the key of the first certificate",
            "put the leaf first, or give its key",
        )
        return
    names = _names(leaf)
    if pair.domain and not any(_covers(name, pair.domain) for name in names):
        yield Finding(AREA, domain, "lacks", f"issued for {', '.join(names) or 'no name'}", f"get one for {domain}")
        return
    yield _in_time(domain, leaf.not_valid_before_utc, leaf.not_valid_after_utc, now)
    if len(certificates) == 1 and leaf.issuer != leaf.subject:
        yield Finding(
            AREA,
            domain,
            "look",
            "the chain holds the leaf only",
            "add the issuer's certificates after it: clients need them",
        )


def _in_time(domain: str, begins: datetime.datetime, ends: datetime.datetime, now: datetime.datetime) -> Finding:
    if now < begins:
        return Finding(AREA, domain, "lacks", f"valid from {begins:%Y-%m-%d}", "wait, or get another one")
    if now >= ends:
        return Finding(AREA, domain, "lacks", f"ended {ends:%Y-%m-%d}", "renew it")
    days = (ends - now).days
    if days < SOON_DAYS:
        return Finding(
            AREA, domain, "look", f"ends {ends:%Y-%m-%d}, in {days} days", "renew it soon; nothing here does"
        )
    return Finding(AREA, domain, "ok", f"until {ends:%Y-%m-%d}")


def _names(leaf: object) -> list[str]:
    from cryptography import x509

    assert isinstance(leaf, x509.Certificate)
    try:
        return leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.DNSName
        )
    except x509.ExtensionNotFound:
        return []


def _covers(name: str, domain: str) -> bool:
    """A wild card stands for one label (RFC 6125 6.4.3)."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()
