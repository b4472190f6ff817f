"""The offline provider as a program that Terraform starts, for tools that cannot reattach (facts: offline-plan 2).

Run by the executables that `mirror` writes, with the provider's name as the only argument.
"""

import base64
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
APPLY = "DICOM_CDK_OFFLINE_APPLY"
"""Set to 1 to let a plugin apply, with made-up answers."""
ANSWERS = "DICOM_CDK_OFFLINE_ANSWERS"
"""A file of canned answers to data sources."""


def main(provider: str) -> int:
    """Serve one provider until Terraform ends it, or is gone."""
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        print(
            "This is dicom-cdk's offline stand-in for a Terraform provider. Terraform starts it; it is not to be run by hand.",
            file=sys.stderr,
        )
        return 1
    if "5" not in os.environ.get("PLUGIN_PROTOCOL_VERSIONS", "5").split(","):
        print("dicom-cdk's offline provider speaks plugin protocol 5; this Terraform does not", file=sys.stderr)
        return 1
    # A terminal's Ctrl-C reaches everybody; Terraform says when a provider is to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    import grpc

    from dicom_cdk.offline import answers
    from dicom_cdk.offline.server import start
    from dicom_cdk.offline.service import Service
    from dicom_cdk.offline.store import shipped_store

    known = answers.load(Path(os.environ[ANSWERS])) if ANSWERS in os.environ else answers.Answers()
    service = Service(provider, shipped_store(), None, known, os.environ.get(APPLY) == "1")
    credentials, certificate = None, ""
    if "PLUGIN_CLIENT_CERT" in os.environ:
        key, chain, certificate = _self_signed()
        # Asking for the client's certificate fails with grpcio: the socket's folder is what keeps others out.
        credentials = grpc.ssl_server_credentials([(key, chain)])
    folder = Path(tempfile.mkdtemp(prefix="tfp-"))
    ended = threading.Event()

    def end() -> None:
        # Terraform kills whoever takes longer than two seconds from here, and has no use for the socket's name any more.
        shutil.rmtree(folder, ignore_errors=True)
        ended.set()

    # Who is gone without a word asks so, too.
    signal.signal(signal.SIGTERM, lambda *_: end())
    try:
        socket = folder / "provider"
        server, _ = start(service, f"unix:{socket}", end, credentials)
        print(f"1|5|unix|{socket}|grpc|{certificate}", flush=True)
        while not ended.wait(1):
            if os.getppid() != parent:
                break
        server.stop(grace=1).wait()
        # Time for the answer to Shutdown to be sent.
        time.sleep(0.05)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)


def _self_signed() -> tuple[bytes, bytes, str]:
    """A key and a certificate for `localhost` that live as long as this process; the certificate also as the handshake wants it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode().rstrip("=")
    return private, certificate.public_bytes(serialization.Encoding.PEM), der


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
