"""Certificates as Terraform will get it: every way that it can be wrong, and the key never said."""

import datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks.certificate import Pair, findings, pairs

NOW = datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)
DOMAIN = "images.clinic-example.com"
PAIR = Pair(DOMAIN, "gateway_certificate", "gateway_private_key", DOMAIN)
CERTIFICATE, KEY = PAIR.variables


@cache
def key(number: int = 0) -> ec.EllipticCurvePrivateKey:
    del number
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    *names: str, begins: int = -10, ends: int = 300, issuer: str = "issuer", with_names: bool = True
) -> str:
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(NOW + datetime.timedelta(days=begins))
        .not_valid_after(NOW + datetime.timedelta(days=ends))
    )
    if with_names:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return built.sign(key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def pem(private: ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, encryption).decode()


CHAIN = certificate(DOMAIN) + certificate("issuer.example.com", issuer="root")
LATER = NOW + datetime.timedelta(days=300)


CASES = {
    "whole": (CHAIN, pem(key()), "ok", f"until {LATER:%Y-%m-%d}"),
    "wild card": (certificate("*.clinic-example.com") * 2, pem(key()), "ok", f"until {LATER:%Y-%m-%d}"),
    "other case": (certificate(DOMAIN.upper()) * 2, pem(key()), "ok", f"until {LATER:%Y-%m-%d}"),
    "nothing set": ("", "", "look", f"{CERTIFICATE} and {KEY} not set"),
    "no key": (CHAIN, "", "look", f"{KEY} not set"),
    "no certificate": ("made up", pem(key()), "lacks", f"{CERTIFICATE} is no PEM certificate chain"),
    "no key file": (CHAIN, "made up", "lacks", f"{KEY} is no unencrypted PEM key"),
    "key with password": (CHAIN, pem(key(), b"made-up"), "lacks", f"{KEY} is no unencrypted PEM key"),
    "other key": (CHAIN, pem(key(1)), "lacks", f"{KEY} is not the key of the first certificate"),
    "other name": (certificate("other.example.com"), pem(key()), "lacks", "issued for other.example.com"),
    "shallow wild card": (certificate("*.example.com"), pem(key()), "lacks", "issued for *.example.com"),
    "too wide wild card": (certificate("*.com", "clinic-example.com"), pem(key()), "lacks", "issued for *.com, clinic-example.com"),
    "no name": (certificate(with_names=False), pem(key()), "lacks", "issued for no name"),
    "ended": (certificate(DOMAIN, ends=-1) * 2, pem(key()), "lacks", "ended 2026-11-24"),
    "not begun": (certificate(DOMAIN, begins=5) * 2, pem(key()), "lacks", "valid from 2026-11-30"),
    "ends soon": (certificate(DOMAIN, ends=20) * 2, pem(key()), "look", "ends 2026-12-15, in 20 days"),
}  # fmt: skip


@pytest.mark.parametrize(("chain", "private", "verdict", "said"), CASES.values(), ids=CASES.keys())
def test_it_is_judged(chain: str, private: str, verdict: str, said: str) -> None:
    (found,) = findings(PAIR, {CERTIFICATE: chain, KEY: private}, NOW)
    assert (found.verdict, found.said) == (verdict, said)
    assert found.do or verdict == "ok"
    assert "PRIVATE" not in f"{found}"


def test_a_leaf_without_its_issuers_is_told() -> None:
    good, alone = findings(PAIR, {CERTIFICATE: certificate(DOMAIN), KEY: pem(key())}, NOW)
    assert good.verdict == "ok"
    assert (alone.verdict, alone.said) == ("look", "the chain holds the leaf only")


def test_a_self_signed_one_is_no_broken_chain() -> None:
    (found,) = findings(PAIR, {CERTIFICATE: certificate(DOMAIN, issuer="leaf"), KEY: pem(key())}, NOW)
    assert found.verdict == "ok"


def test_one_that_no_client_looks_up_by_name_may_be_issued_for_any() -> None:
    pair = Pair("archive, TLS", "archive_certificate", "archive_private_key")
    chain, private = pair.variables
    (found,) = findings(pair, {chain: certificate(with_names=False) * 2, private: pem(key())}, NOW)
    assert (found.name, found.verdict) == ("archive, TLS", "ok")
    (ended,) = findings(pair, {chain: certificate(with_names=False, ends=-1) * 2, private: pem(key())}, NOW)
    assert ended.verdict == "lacks"
    (unset,) = findings(pair, {}, NOW)
    assert unset.said == "TF_VAR_archive_certificate and TF_VAR_archive_private_key not set"


def test_every_pair_of_a_stack_is_found_each_with_its_own_variables() -> None:
    def domain(name: str, prefix: str) -> dict[str, object]:
        held = {word: f"${{var.{prefix}{word}}}" for word in ("certificate", "private_key")}
        return {"custom_domain_name": name, "cert_config": held}

    names = [
        f"{prefix}{word}"
        for prefix in ("gateway_", "gateway_signed_", "archive_")
        for word in ("certificate", "private_key")
    ]
    document = {
        "variable": {name: {"type": "string"} for name in (*names, "other_certificate")},
        "resource": {
            "alicloud_fcv3_custom_domain": {
                "people": domain("a.example.com", "gateway_"),
                "programs": domain("b.example.com", "gateway_signed_"),
                "plain": {"custom_domain_name": "c.example.com", "cert_config": {"certificate": '${file("x")}'}},
            }
        },
    }
    found = list(pairs(Target(Stack(Path("clinic"), document))))
    assert [(one.of, one.chain, one.domain) for one in found] == [
        ("a.example.com", "gateway_certificate", "a.example.com"),
        ("b.example.com", "gateway_signed_certificate", "b.example.com"),
        ("archive, TLS", "archive_certificate", ""),
    ]
