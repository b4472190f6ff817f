"""What instances on SAE start: the image's entry point, once the archive has a key, a trust and a folder of its own."""

import base64
import subprocess
from pathlib import Path

import pytest

from dicom_cdk.payload import archive_start, trust_store
from dicom_cdk.rehearsal.programs import need

PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def script(tmp_path: Path, *, shared_folder: bool = False) -> str:
    """The text with every place of the image below `tmp_path`."""
    said = archive_start.started(shared_folder=shared_folder, own_keys=True)
    text = said["command_args_v2"][1]  # type: ignore[index]
    for place in (archive_start.KEYS, archive_start.TRUST_FOLDER, "/opt/cache", "/docker-entrypoint.sh"):
        text = text.replace(place, f"{tmp_path}{place}")
    entry = tmp_path / "docker-entrypoint.sh"
    entry.write_text(
        f'#!/bin/bash\necho "$KEYSTORE $TRUSTSTORE $TRUSTSTORE_TYPE $TRUSTSTORE_PASSWORD ${{{archive_start.KEY_STORE}-gone}} $*"\n'
    )
    entry.chmod(0o755)
    return str(text)


def run(text: str, key_store: str | None) -> "subprocess.CompletedProcess[str]":
    given = {"PATH": "/usr/bin:/bin"} | ({archive_start.KEY_STORE: key_store} if key_store is not None else {})
    return subprocess.run(
        ["/bin/bash", "-c", text, "start", "standalone.sh", "-b"],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def trust(tmp_path: Path, *, as_folder: bool) -> None:
    place = tmp_path / archive_start.TRUST_FOLDER[1:]
    file = place / archive_start.TRUST_FILE if as_folder else place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(base64.b64encode(trust_store.java(PEM, archive_start.TRUST_PASSWORD)).decode())


@pytest.mark.parametrize("as_folder", [False, True], ids=["the path is the file", "the path is its folder"])
def test_key_and_trust_are_written_and_named_and_the_key_leaves_the_environment(
    tmp_path: Path, as_folder: bool
) -> None:
    trust(tmp_path, as_folder=as_folder)
    done = run(script(tmp_path), base64.b64encode(b"pkcs12").decode())
    keys = tmp_path / archive_start.KEYS[1:]
    assert done.stdout.split() == [
        f"{keys}/key.p12",
        f"{keys}/trust.jks",
        "JKS",
        archive_start.TRUST_PASSWORD,
        "gone",
        "standalone.sh",
        "-b",
    ]
    assert (keys / "key.p12").read_bytes() == b"pkcs12"
    assert (keys / "trust.jks").read_bytes() == trust_store.java(PEM, archive_start.TRUST_PASSWORD)


@pytest.mark.parametrize("key_store", [None, "", "%%%"], ids=["none", "empty", "no base64"])
def test_without_a_key_of_its_own_no_archive_starts_by_the_images_published_one(
    tmp_path: Path, key_store: str | None
) -> None:
    trust(tmp_path, as_folder=False)
    done = run(script(tmp_path), key_store)
    assert done.returncode == 1
    assert "the archive has no key or no trust of its own" in done.stderr
    assert done.stdout == ""


def test_without_a_trust_of_its_own_no_archive_starts(tmp_path: Path) -> None:
    done = run(script(tmp_path), "cGtjczEy")
    assert (done.returncode, done.stdout) == (1, "")


def test_folder_and_keys_are_both_asked_for(tmp_path: Path) -> None:
    trust(tmp_path, as_folder=False)
    text = script(tmp_path, shared_folder=True)
    assert "is not the shared folder" in run(text, "cGtjczEy").stderr
    (tmp_path / "opt/cache").mkdir(parents=True)
    (tmp_path / "opt/cache/.dicom-cache").touch()
    assert run(text, "cGtjczEy").returncode == 0


def test_nothing_is_started_in_the_images_place_without_a_reason() -> None:
    assert archive_start.started(shared_folder=False, own_keys=False) == {}


@pytest.mark.server
def test_java_reads_the_trust_store(tmp_path: Path) -> None:
    key, pem = tmp_path / "key.pem", tmp_path / "a.pem"
    request = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=hospital",
    ]
    subprocess.run([need("openssl", "openssl"), *request, "-keyout", key, "-out", pem], check=True, capture_output=True)
    store = tmp_path / "trust.jks"
    store.write_bytes(trust_store.java(pem.read_text(), archive_start.TRUST_PASSWORD))
    command: list[str | Path] = [
        need("keytool", "default-jre-headless"),
        "-list",
        "-keystore",
        store,
        "-storepass",
        archive_start.TRUST_PASSWORD,
    ]
    assert "contains 1 entry" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
