"""Step `install`: a trust store that Java reads, and the site's own certificate as key store."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.programs import need
from tests.assets.handed_list import gives_its_object

PASSWORD = "of-this-test-only"
STORE = "/var/local/dicom/keystore/"


def certificate(name: str, *, days: int = 2) -> tuple[str, str]:
    """PEM of a certificate and of its key. `days` that it is valid from now on, or has ended before."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return made.public_bytes(Encoding.PEM).decode(), secret


@pytest.fixture(scope="module")
def north() -> tuple[str, str]:
    return certificate("north")


@pytest.fixture(scope="module")
def south() -> tuple[str, str]:
    return certificate("south")


@pytest.fixture
def host(tmp_path: Path) -> ScratchHost:
    host = ScratchHost(tmp_path / "host")
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    host.install(Bundle.from_assets("tls"))
    host.put("/run/dicom/secrets/archive-keystore", PASSWORD, mode=0o600)
    gives_its_object(host)
    return host


def install(host: ScratchHost, *, trusted: str = "", own: str = "", **more: Any) -> "subprocess.CompletedProcess[str]":
    values: dict[str, Any] = {"own_certificate": "1"} if own else {}
    if trusted:
        host.put("/object", trusted)
        digest = hashlib.sha256(trusted.encode()).hexdigest()
        values |= {"trust_bucket": "clinic-ops", "trust_key": "trust/a.pem", "trust_sha256": digest}
    if own:
        host.put("/run/dicom/secrets/archive-certificate", own, mode=0o600)
    host.put("/opt/dicom/tls/values.json", json.dumps({**values, **more}))
    return host.script("install.sh", room="tls")


def test_java_reads_the_trust_store_with_every_certificate_as_trusted(
    host: ScratchHost, north: tuple[str, str], south: tuple[str, str]
) -> None:
    done = install(host, trusted=north[0] + south[0] + north[0])
    assert done.returncode == 0, done.stderr
    assert "trusted on the TLS ports: 2 certificates" in done.stdout
    assert host.read(f"{STORE}trust.pem") == north[0] + south[0] + north[0], (
        "for watch, which tells of the first that ends"
    )
    command = [need("keytool", "default-jre-headless"), "-list", "-keystore", f"{host.root}{STORE}trust.jks"]
    listed = subprocess.run(
        [*command, "-storetype", "JKS", "-storepass", PASSWORD], capture_output=True, text=True, check=True
    ).stdout
    assert listed.count("trustedCertEntry") == 2
    for pem, _ in (north, south):
        digest = hashlib.sha256(x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)).hexdigest()
        assert digest in listed.lower()
    spoiled = subprocess.run(
        [*command, "-storetype", "JKS", "-storepass", "another"], capture_output=True, text=True, check=False
    )
    assert spoiled.returncode != 0, "the password guards it"


def test_the_same_certificates_give_the_same_bytes_in_any_order(
    host: ScratchHost, north: tuple[str, str], south: tuple[str, str]
) -> None:
    assert install(host, trusted=north[0] + south[0]).returncode == 0
    before = (host.root / STORE[1:] / "trust.jks").read_bytes()
    done = install(host, trusted=south[0] + north[0])
    assert "trusted as before: 2 certificates" in done.stdout
    assert (host.root / STORE[1:] / "trust.jks").read_bytes() == before


def test_certificates_that_are_not_those_of_this_apply_are_refused(host: ScratchHost, north: tuple[str, str]) -> None:
    done = install(host, trusted=north[0], trust_sha256="0" * 64)
    assert done.returncode == 1
    assert f"the certificates in clinic-ops/trust/a.pem are not those of this apply (SHA-256 {'0' * 64})" in done.stderr
    assert not (host.root / STORE[1:] / "trust.jks").exists()


def test_the_sites_certificate_becomes_the_key_store_and_stays_until_it_is_another(
    host: ScratchHost, north: tuple[str, str], south: tuple[str, str]
) -> None:
    done = install(host, own="".join(north))
    assert done.returncode == 0, done.stderr
    assert "the archive's certificate: subject=" in done.stdout
    path = host.root / STORE[1:] / "key.p12"
    key, shown, _ = pkcs12.load_key_and_certificates(path.read_bytes(), PASSWORD.encode())
    assert key is not None
    assert shown is not None
    assert shown.public_bytes(Encoding.PEM).decode() == north[0]
    before = path.read_bytes()
    assert "the archive's certificate is as before" in install(host, own="".join(north)).stdout
    assert path.read_bytes() == before
    assert install(host, own="".join(south)).returncode == 0
    assert path.read_bytes() != before
    assert subprocess.run(["sha256sum", "-c", "key.p12.ours"], cwd=path.parent, check=False).returncode == 0


def test_a_certificate_with_anothers_key_is_refused_and_the_old_one_stays(
    host: ScratchHost, north: tuple[str, str], south: tuple[str, str]
) -> None:
    assert install(host, own="".join(north)).returncode == 0
    before = (host.root / STORE[1:] / "key.p12").read_bytes()
    done = install(host, own=south[0] + north[1])
    assert done.returncode == 1
    assert (
        "variables archive_certificate and archive_private_key are no certificate (PEM, leaf first) with its key"
        in (done.stderr)
    )
    assert (host.root / STORE[1:] / "key.p12").read_bytes() == before


def test_a_certificate_that_has_ended_is_refused_and_the_old_one_stays(
    host: ScratchHost, north: tuple[str, str]
) -> None:
    assert install(host, own="".join(north)).returncode == 0
    before = (host.root / STORE[1:] / "key.p12").read_bytes()
    done = install(host, own="".join(certificate("south", days=-1)))
    assert done.returncode == 1
    assert "tls: the certificate of variable archive_certificate has ended (" in done.stderr
    assert "), and the one before stays: give one that is valid, leaf first" in done.stderr
    assert (host.root / STORE[1:] / "key.p12").read_bytes() == before


def test_no_key_and_no_password_is_seen_or_left_beside_the_stores(host: ScratchHost, north: tuple[str, str]) -> None:
    done = install(host, trusted=north[0], own="".join(north))
    seen = done.stdout + done.stderr + "\n".join(host.calls())
    left = [each for each in host.root.rglob("*") if each.is_file() and "secrets" not in each.parts]
    for secret in (PASSWORD, north[1].splitlines()[1]):
        assert secret not in seen
        assert [each for each in left if secret.encode() in each.read_bytes()] == []
