"""Secrets in a site file are refused and never quoted. The secrets are put together here, so that no scanner finds any."""

import random
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicom_cdk.settings.leaks import interpolation_in, names_secret, secret_in
from tests.settings.conftest import Refusals

DO = "remove it, also from the history; secrets are generated and kept in KMS (room secrets)"
ALPHABET = string.ascii_letters + string.digits


def made_up(length: int, seed: int = 1) -> str:
    """Random letters and digits, the same for the same seed."""
    return "".join(random.Random(seed).choices(ALPHABET, k=length))


LOOKS = [
    ("an AccessKey id", "LT" + "AI" + made_up(20)),
    ("a temporary AccessKey id", "STS" + "." + made_up(24)),
    ("an AWS access key id", "AK" + "IA" + "ABCDEFGH12345678"),
    ("a Git token", "gh" + "p_" + made_up(36)),
    ("a signed token (JWT)", "ey" + "J" + made_up(20) + ".ey" + "J" + made_up(20)),
    ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    ("a certificate", "-----BEGIN " + "CERTIFICATE-----"),
    ("a password in an address", "https://user:" + "pass@example.com"),
    ("a password", "password" + "=" + "correct-horse"),
    ("a random key", made_up(30)),
    ("a random key", made_up(40, seed=7) + "=="),
]


@pytest.mark.parametrize(("kind", "secret"), LOOKS)
def test_a_value_that_looks_like_a_secret_is_refused_and_not_shown(refusals: Refusals, kind: str, secret: str) -> None:
    said = refusals(f"tags:\n  note: '{secret}'\n")
    assert said == [f"site.yaml:6: tags.note: looks like {kind} (not shown); {DO}"]


@pytest.mark.parametrize(("kind", "secret"), LOOKS)
def test_a_secret_in_a_key_with_rules_of_its_own_is_still_not_shown(refusals: Refusals, kind: str, secret: str) -> None:
    said = refusals(f"archive: {{ae_title: '{secret}'}}\n")
    assert said == [f"site.yaml:5: archive.ae_title: looks like {kind} (not shown); {DO}"]


def test_a_secret_as_a_key_is_not_shown(refusals: Refusals) -> None:
    secret = made_up(30)
    said = refusals(f"{secret}: x\ntags: {{{secret}: x}}\n")
    assert said == [
        f"site.yaml:5: looks like a random key (not shown); {DO}",
        f"site.yaml:5: tags: looks like a random key (not shown); {DO}".replace(":5:", ":6:"),
    ]


@pytest.mark.parametrize(
    "key", ["password", "db_password", "passwd", "accessKeySecret", "access-key", "apiToken", "credential"]
)
def test_a_key_that_asks_for_a_secret_is_told_where_secrets_are(refusals: Refusals, key: str) -> None:
    assert refusals(f"database: {{{key}: changeit}}\n") == [
        f"site.yaml:5: database.{key}: is no setting; no secret is a setting: passwords and keys are generated and kept in KMS "
        "(room secrets)"
    ]


@pytest.mark.parametrize(
    "harmless",
    [
        "ubuntu_22_04_x64_20G_alibase_20250113.vhd",
        "hospital-registry-vpc.cn-hangzhou.cr.aliyuncs.com/imaging/nginx:1.28.0-dicom-1",
        "2016-08-15/proxy/dicomweb.LATEST/do",
        "0123456789abcdef" * 4,
        "registry.example.com/dicom/nginx@sha256:" + "0123456789abcdef" * 4,
        "vpc-uf6bp1examplexample12",
        "key-hzz65f1ad0b9examplexample",
        "ProjectRadiologyArchive2026North",
        "KHBilbaoRadiologyDepartmentFloor2Room14",
        "the password policy of the hospital asks for it",
        "1234567890123456",
    ],
)
def test_long_names_ids_and_digests_are_no_secrets(harmless: str) -> None:
    assert secret_in(harmless) == ""


@given(st.text(alphabet=ALPHABET, min_size=30, max_size=30).filter(lambda text: len(set(text)) >= 20))
def test_most_random_keys_are_found(key: str) -> None:
    changes = sum(_kind(a) != _kind(b) for a, b in pairwise(key))
    expected = changes >= 10 and len({_kind(c) for c in key}) == 3
    assert bool(secret_in(key)) == expected


def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "upper" if char.isupper() else "lower"


@pytest.mark.parametrize("name", ["tags", "secrets", "key", "monkey", "kms_key_id", "passage", "state"])
def test_names_of_settings_ask_for_no_secret(name: str) -> None:
    assert not names_secret(name)


def test_only_the_two_starts_of_an_expression_count() -> None:
    assert [interpolation_in(text) for text in ("${a}", "100%{x", "$a {b} %s $$", "a$ {")] == ["${", "%{", "", ""]
