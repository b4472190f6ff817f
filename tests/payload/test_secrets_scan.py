"""What looks like a secret is found, wherever it hides; what only talks about one is not. Samples are built at run time."""

import random
import string
import time

import pytest

from dicom_cdk.payload import SecretInTextError
from dicom_cdk.payload.secrets_scan import findings, refuse_secrets

WORD = "Tr0ub4" + "dor"
SECRET_30 = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=30))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x LT" + "AI5tAbCdEf0123456789 y", "an AccessKey id"),
        ("AK" + "IAABCDEFGHIJKLMNOP", "an AccessKey id"),
        ("STS" + ".NUabcdefghijklmnopqrstuv", "an STS token"),
        ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        (f"postgres://arc:{WORD}@db.example.com/x", "a password in a URL"),
        ("userPassword: {SSHA}" + "c2FsdHNhbHRzYWx0", "a hashed password"),
        (f"key {SECRET_30}", "an AccessKey secret"),
        (f"LDAP_ROOTPASS={WORD}", "a value for LDAP_ROOTPASS"),
        (f"export LDAP_CONFIGPASS='{WORD}'", "a value for LDAP_CONFIGPASS"),
        (f"  POSTGRES_PASSWORD: {WORD}", "a value for POSTGRES_PASSWORD"),
        (f'{{"db_password": "{WORD}"}}', "a value for db_password"),
        (f"olcRootPW: {WORD}", "a value for olcRootPW"),
        (f"userPassword:: {WORD}", "a value for userPassword"),
        (f'client_secret = "{WORD}"  # a comment', "a value for client_secret"),
        (f"dcmProperty: credential={WORD}", "a value for credential"),
        (f"credentials={WORD} bindmethod=simple", "a value for credentials"),
        (f'aws.accessKeySecret="{WORD}"', "a value for aws.accessKeySecret"),
        ("password: changeit", "a value for password"),
    ],
)
def test_a_secret_is_found_with_its_line_and_kind_and_never_shown(text: str, kind: str) -> None:
    found = findings(f"first line\n{text}\n")
    assert (2, kind) in [(one.line, one.kind) for one in found]
    with pytest.raises(SecretInTextError) as caught:
        refuse_secrets(f"first line\n{text}\n", where="room/file")
    assert str(caught.value).startswith("room/file: line 2: looks like a")
    assert "put it into KMS and let the host read it as its role" in str(caught.value)
    for hidden in (WORD, SECRET_30):
        assert hidden not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "password=$(cat /run/dicom/secrets/database)",
        'password="$(secret database)"',
        "PGPASSFILE=/run/dicom/pgpass",
        "LDAP_ROOTPASS_FILE=/run/secrets/ldap-root",
        "LDAP_ROOTPASS: ${LDAP_ROOTPASS}",
        "secret=${1:?name}",
        "POSTGRES_PASSWORD={{ password }}",
        "docker login --password-stdin registry.example.com",
        "secrets: [ldap-root]",
        "secrets:\n  - ldap-root",
        'http_tokens = "required"',
        "http_tokens: required",
        "token = answer['token']",
        "secret = host.secret(name)",
        "token = send(url).read()",
        "password: ''",
        "the password: see the runbook, chapter rotation of secrets",
        "curl https://mirror.example.com:8080/ubuntu",
        "sha256:" + "0123456789abcdef" * 4,
        "die \"secret '$1' is not in /run\"",
        "by * auth",
        "to attrs=userPassword by anonymous auth by * none",
        "acs:kms:cn-shanghai:1234567890123456:secret/dicom-sh/database-g1",
        "registry.cn-shanghai.cr.aliyuncs.com/dicom/slapd-dcm4chee:2.6.0-25.0",
        "secrets: 1 fetched",
        "password=ldap-root",
        "case $dn in *,cn=config) password=ldap-config ;; esac",
    ],
)
def test_text_that_only_talks_about_secrets_is_let_through(text: str) -> None:
    assert findings(f"{text}\n") == []


def test_every_finding_is_told_at_once() -> None:
    told = "f: line 1: looks like a value for password; line 3: looks like a value for token; no secret"
    with pytest.raises(SecretInTextError, match=told):
        refuse_secrets(f"password={WORD}\nfine\ntoken={WORD}\n", where="f")


@pytest.mark.parametrize("word", ["x", "$", "x$", "a.b-", "password ", "$password", "://"])
def test_a_text_of_one_word_without_end_is_looked_through_at_once(word: str) -> None:
    """From each letter anew, 10,000 dollar signs took 9 s; a description of 80,000 letters, in a plan with --from, 12 s."""
    text = word * (200_000 // len(word))
    began = time.process_time()
    found = findings(f"{text}\npassword = hunter22two\n")
    assert [(one.line, one.kind) for one in found] == [(2, "a value for password")]
    assert time.process_time() - began < 5


@pytest.mark.parametrize("before", ["$", "x$", "(", "/$", "'", "a.b-", ""])
def test_a_key_is_found_whatever_its_word_begins_with(before: str) -> None:
    assert [one.line for one in findings(f"{before}password='hunter22two'")] == [1]


def test_what_is_part_of_a_path_is_no_key() -> None:
    assert findings("/etc/password=hunter22two") == findings("/a.password: hunter22two") == []


def test_the_same_is_found_whether_or_not_a_text_has_other_letters_than_those_of_ascii() -> None:
    """Texts of ASCII are looked through in small letters, ten times as fast."""
    chance = random.Random(7)
    parts = [
        "PassWord",
        "rootpw",
        "Access_Key",
        "secretkey",
        "TOKEN",
        "credentials",
        "x",
        "-",
        "$",
        '"',
        "'",
        "=",
        ":=",
        "::",
    ]
    parts += [": ", "==", "\n", " ", "/", WORD, WORD.upper(), "#", "://"]
    told = 0
    for _ in range(5_000):
        text = "".join(chance.choices(parts, k=chance.randrange(1, 12)))
        assert findings(text) == findings(f"{text}\né")
        told += bool(findings(text))
    assert told > 300
