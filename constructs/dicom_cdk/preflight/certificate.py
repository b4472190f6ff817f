"""The certificate of the gateway's domain, as Terraform will get it: read, of the right name, in time, with its key."""

import datetime
from collections.abc import Iterator, Mapping

from dicom_cdk.finding import Finding
from dicom_cdk.shipped import how_to_get

AREA = "certificate"
SOON_DAYS = 30
CERTIFICATE, KEY = "TF_VAR_gateway_certificate", "TF_VAR_gateway_private_key"


def findings(domain: str, environment: Mapping[str, str], now: datetime.datetime) -> Iterator[Finding]:
    """What is wrong with it. Nothing of the key is ever said."""
    chain, key = environment.get(CERTIFICATE, ""), environment.get(KEY, "")
    if not chain or not key:
        missing = " and ".join(name for name, value in ((CERTIFICATE, chain), (KEY, key)) if not value)
        yield Finding(
            AREA, domain, "look", f"{missing} not set",
            f'export {CERTIFICATE}="$(cat fullchain.pem)" {KEY}="$(cat key.pem)" before plan and apply',
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
        yield Finding(AREA, domain, "lacks", f"{CERTIFICATE} is no PEM certificate chain", "give the chain, leaf first")
        return
    try:
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        yield Finding(
            AREA,
            domain,
            "lacks",
            f"{KEY} is no unencrypted PEM key",
            "give the key of the certificate, without a password",
        )
        return
    leaf = certificates[0]
    if private.public_key() != leaf.public_key():
        yield Finding(
            AREA,
            domain,
            "lacks",
            f"{KEY} is not the key of the first certificate",
            "put the leaf first, or give its key",
        )
        return
    names = _names(leaf)
    if not any(_covers(name, domain) for name in names):
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
