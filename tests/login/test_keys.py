"""`dicom-cdk login keys`: what a provider publishes becomes what a site takes, and nothing else does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.login import command
from dicom_cdk.login.provider_keys import ProviderError, fetched, signing_keys
from dicom_cdk.rehearsal.identity.tokens import SigningKey
from dicom_cdk.settings.loader import load_site

ISSUER = "https://login.example.com/realms/clinic"
DISCOVERY, JWKS = f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/certs"
ONE, TWO = SigningKey("one").jwk, SigningKey("two", "ES256").jwk
SITE = """\
name: clinic
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
gateway:
  domain: images.example.com
  login:
    issuer: https://login.example.com/realms/clinic
    audience: dicom
"""


def provider(*keys: dict[str, Any], **changed: Any) -> Callable[[str], bytes]:
    """Answers as one with these keys does."""
    about = {"issuer": ISSUER, "jwks_uri": JWKS, **changed}
    return lambda address: json.dumps({DISCOVERY: about, JWKS: {"keys": list(keys)}}[address]).encode()


def site(tmp_path: Path, *keys: dict[str, str]) -> Path:
    lines = command.as_yaml(keys).splitlines()
    file = tmp_path / "site.yaml"
    file.write_text(SITE + "".join(f"    {line}\n" for line in lines))
    return file


def test_keys_that_sign_come_without_dead_weight_and_a_site_takes_them_as_they_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encrypts = {**SigningKey("three").jwk, "use": "enc", "alg": "RSA-OAEP"}
    certified = {**ONE, "x5c": ["MIIC"], "x5t": "abc", "key_ops": ["verify"]}
    assert command.run(ISSUER, None, provider(certified, encrypts, TWO)) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"jwks": [ONE, TWO]}
    loaded = load_site(site(tmp_path, ONE, TWO))
    assert [key.kid for key in loaded.gateway.login.jwks] == ["one", "two"]


def test_a_key_without_algorithm_is_what_openid_connect_means() -> None:
    bare = {name: value for name, value in ONE.items() if name not in ("alg", "use")}
    curve = {name: value for name, value in TWO.items() if name != "alg"}
    assert [key["alg"] for key in signing_keys(ISSUER, provider(bare, curve))] == ["RS256", "ES256"]


def test_keys_that_sign_and_that_no_site_takes_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = (
        {"kty": "OKP", "kid": "ed", "alg": "EdDSA", "crv": "Ed25519", "use": "sig", "x": "AA"},
        {**ONE, "alg": "PS256"},
        ONE,
        {**ONE, "kid": "short", "n": ONE["n"][:171]},
        {name: value for name, value in ONE.items() if name != "kid"},
    )
    left = [
        "key ed is of EdDSA, which is not taken here",
        "key one is there twice, by RS256 and PS256: a site lists an id once",
        "key short: n is a modulus of 1024 bits",
        "a key has no id (kid)",
    ]
    assert command.run(ISSUER, None, provider(ONE, *others)) == 0
    printed = capsys.readouterr()
    assert yaml.safe_load(printed.out) == {"jwks": [ONE]}
    assert printed.err.splitlines() == [f"login: {why}; its tokens are refused" for why in left]
    file = site(tmp_path, ONE)
    assert command.run(None, file, provider(ONE, *others)) == 0
    said = [f"{file}: {why}: no site can list it; see that the provider signs with another" for why in left]
    assert capsys.readouterr().out.splitlines() == [*said, f"{file}: lists all 1 keys of {ISSUER}"]


def test_more_keys_than_a_site_lists_are_printed_with_a_word_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(ISSUER, None, provider(*({**TWO, "kid": str(number)} for number in range(5)))) == 0
    assert capsys.readouterr().err == "login: 5 keys, and a site lists at most 4; leave out those that no longer sign\n"


@pytest.mark.parametrize(
    ("get", "said"),
    [
        (provider(ONE, issuer=f"{ISSUER}/"), f"login: {DISCOVERY} is of issuer '{ISSUER}/', got '{ISSUER}'; give the issuer"),
        (provider(ONE, jwks_uri="http://login.example.com/certs"), "login: 'http://login.example.com/certs' is no https address"),
        (provider(ONE, jwks_uri=None), "login: '' is no https address; keys from anywhere else could be anybody's"),
        (provider(), f"login: {JWKS} has no key that signs by one of RS256, "),
        (provider({"kty": "oct", "kid": "x"}), f"login: {JWKS} has no key that signs"),
        (provider({**ONE, "d": "AQ"}), f"login: {JWKS} publishes a part of a private key (not shown); do not use"),
        (provider({"kty": "oct", "kid": "x", "k": "AQ"}), f"login: {JWKS} publishes a part of a private key (not shown)"),
        (lambda _: b"<html>", f"login: {DISCOVERY} is no JSON: "),
        (lambda _: b"[]", f"login: {DISCOVERY} is no JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_provider_is_refused_with_the_reason(get: Callable[[str], bytes], said: str) -> None:
    with pytest.raises(ProviderError) as refused:
        signing_keys(ISSUER, get)
    assert str(refused.value).startswith(said)


def test_an_address_that_does_not_answer_is_named() -> None:
    with pytest.raises(
        ProviderError, match=r"login: https://127\.0\.0\.1:1/x does not answer: .*; is it reachable from"
    ):
        fetched("https://127.0.0.1:1/x")


def test_a_site_that_lists_all_keys_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site(tmp_path, ONE, TWO)
    assert command.run(ISSUER, file, provider(ONE, TWO)) == 0
    assert capsys.readouterr().out == f"{file}: lists all 2 keys of {ISSUER}\n"


def test_a_new_key_is_told_before_it_locks_everybody_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site(tmp_path, ONE)
    assert command.run(ISSUER, file, provider(ONE, TWO)) == 1
    assert capsys.readouterr().out == (
        f"{file}: key two is not in the site file: its tokens would be refused; add it, apply, then let the provider sign with it\n"
    )
    assert command.run(ISSUER, file, provider({**SigningKey("one").jwk})) == 1
    assert "key one differs from what the site lists" in capsys.readouterr().out


def test_an_old_key_is_told_and_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site(tmp_path, ONE, TWO)
    assert command.run(ISSUER, file, provider(TWO)) == 0
    assert f"{file}: key one is published no more" in capsys.readouterr().out


def test_a_site_is_compared_with_its_own_issuer_only(tmp_path: Path) -> None:
    file = site(tmp_path, ONE)
    with pytest.raises(ProviderError, match=r"has gateway\.login\.issuer '.*clinic', got 'https://x'"):
        command.run("https://x", file, provider(ONE))


def test_a_site_is_compared_with_its_own_issuer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site(tmp_path, ONE)
    assert command.run(None, file, provider(ONE)) == 0
    assert capsys.readouterr().out == f"{file}: lists all 1 keys of {ISSUER}\n"
    assert command.run(None, file, provider(ONE, TWO)) == 1
    assert "key two is not in the site file" in capsys.readouterr().out


def test_a_site_without_a_login_lacks_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(SITE.partition("gateway:")[0])
    assert command.run(None, file, provider()) == 0
    assert capsys.readouterr().out == f"{file}: nobody logs in there\n"


def test_neither_issuer_nor_site_is_refused() -> None:
    with pytest.raises(ProviderError, match=r"neither an issuer nor --compare; name ISSUER, or --compare SITE\.yaml"):
        command.run(None, None)
