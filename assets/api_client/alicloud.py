#!/usr/bin/env python3
"""Calls of the vendor's APIs that a host needs, signed with its RAM role; standard library only.

secrets [missing]           all of /etc/dicom/secrets.json into memory files
secret NAME                 one of them on stdout
registry-login              short-lived docker login, kept in memory only
oss-get BUCKET KEY FILE
oss-put FILE BUCKET KEY
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("DICOM_ROOT") or "/")
MEMORY = ROOT / "run/dicom"
SECRETS = MEMORY / "secrets"
DEADLINE = time.monotonic() + float(os.environ.get("DICOM_API_SECONDS", "120"))
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Texts = dict[str, str]
EMPTY = hashlib.sha256(b"").hexdigest()


class Failed(Exception):
    """Final, with a text for people; never holds a secret."""


def settings(name: str) -> Any:
    try:
        return json.loads((ROOT / f"etc/dicom/{name}.json").read_text())
    except (OSError, ValueError) as error:
        raise Failed(f"/etc/dicom/{name}.json: {error}; the boot step writes it") from None


def quote(text: str, safe: str = "") -> str:
    return urllib.parse.quote(text, safe + "~")


def keyed(key: bytes, text: str) -> hmac.HMAC:
    return hmac.new(key, text.encode(), hashlib.sha256)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def retried(what: str, attempt: Callable[[], Any]) -> Any:
    """attempt() until it answers well; refusals that waiting cannot cure end at once."""
    pause = 0.5
    while True:
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            body = error.read(4000).decode(errors="replace")
            found = [re.search(rf'{name}"?[>:]\s*"?([^"<]+)', body) for name in ("Code", "Message", "RequestId")]
            said = " ".join([f"HTTP {error.code}"] + [match.group(1) for match in found if match])
            # A role or policy made a moment ago is unknown for some seconds: 403, and 404 of the metadata.
            passing = error.code in (403, 429) or error.code >= 500 or "Throttling" in said or "metadata" in what
            if "SignatureDoesNotMatch" in said or not passing:
                raise Failed(f"{what}: {said}") from None
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
            said = f"{type(error).__name__}: {getattr(error, 'reason', error)}"
        if time.monotonic() + pause > DEADLINE:
            raise Failed(f"{what}: no good answer before the deadline; last: {said}")
        time.sleep(pause)
        pause = min(pause * 2, 10)


def send(url: str, method: str, headers: Texts, body: Any = None) -> Any:
    return OPENER.open(urllib.request.Request(url, body, headers, method=method), timeout=15)


class Host:
    """This host as its role."""

    def __init__(self) -> None:
        self.region = settings("host")["region"]
        what = "metadata service, key of this host's RAM role (is one attached?)"
        self.id, self.key, self.token = retried(what, self.role_key)

    def role_key(self) -> tuple[str, str, str]:
        base = os.environ.get("DICOM_METADATA_URL", "http://100.100.100.200") + "/latest/"
        token = send(base + "api/token", "PUT", {"X-aliyun-ecs-metadata-token-ttl-seconds": "300"}).read().decode()
        headers = {"X-aliyun-ecs-metadata-token": token}
        path = base + "meta-data/ram/security-credentials/"
        role = send(path, "GET", headers).read().decode().split()[0]
        key = json.load(send(path + role, "GET", headers))
        return key["AccessKeyId"], key["AccessKeySecret"], key["SecurityToken"]

    def call(self, product: str, version: str, action: str, name: str, value: str, wanted: list[str]) -> Any:
        """An RPC call (ACS3-HMAC-SHA256) at the product's VPC endpoint; gives the wanted parts of its answer."""
        base = os.environ.get(f"DICOM_{product.upper()}_URL", f"https://{product}-vpc.{self.region}.aliyuncs.com")
        query = f"{name}={quote(value)}"

        def attempt() -> Any:
            headers = {  # in order of names, as they are signed
                "host": urllib.parse.urlsplit(base).netloc,
                "x-acs-action": action,
                "x-acs-content-sha256": EMPTY,
                "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "x-acs-security-token": self.token,
                "x-acs-signature-nonce": uuid.uuid4().hex,
                "x-acs-version": version,
            }
            names = ";".join(headers)
            lines = "".join(f"{name}:{text}\n" for name, text in headers.items())
            digest = sha256(f"POST\n/\n{query}\n{lines}\n{names}\n{EMPTY}")
            signature = keyed(self.key.encode(), f"ACS3-HMAC-SHA256\n{digest}").hexdigest()
            headers["Authorization"] = (
                f"ACS3-HMAC-SHA256 Credential={self.id},SignedHeaders={names},Signature={signature}"
            )
            answer = json.load(send(f"{base}/?{query}", "POST", headers))
            return [answer[part] for part in wanted]

        return retried(f"{product} {action} {value}", attempt)

    def secret(self, name: str) -> Any:
        """Of KMS, or an object of a bucket: oss://bucket/key."""
        if not name.startswith("oss://"):
            return self.call("kms", "2016-01-20", "GetSecretValue", "SecretName", name, ["SecretData"])[0]
        bucket, _, key = name[6:].partition("/")
        return self.oss("GET", bucket, key, {}, lambda url, headers: send(url, "GET", headers).read().decode())

    def oss(self, method: str, bucket: str, key: str, headers: Texts, use: Callable[[str, Texts], Any]) -> Any:
        """One object request (OSS4-HMAC-SHA256), sent by `use`; the body is covered by Content-MD5 only."""
        path = f"/{bucket}/{quote(key, '/')}"
        base = os.environ.get("DICOM_OSS_URL")
        url = base + path if base else f"https://{bucket}.oss-{self.region}-internal.aliyuncs.com/{quote(key, '/')}"

        def attempt() -> Any:
            now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            signed = dict(headers)
            signed.update({"x-oss-content-sha256": "UNSIGNED-PAYLOAD", "x-oss-date": now})
            signed["x-oss-security-token"] = self.token
            lines = "".join(f"{name}:{text}\n" for name, text in sorted(signed.items()))
            scope = f"{now[:8]}/{self.region}/oss/aliyun_v4_request"
            digest = sha256(f"{method}\n{path}\n\n{lines}\n\nUNSIGNED-PAYLOAD")
            derived = ("aliyun_v4" + self.key).encode()
            for part in scope.split("/"):
                derived = keyed(derived, part).digest()
            signature = keyed(derived, f"OSS4-HMAC-SHA256\n{now}\n{scope}\n{digest}").hexdigest()
            signed["authorization"] = f"OSS4-HMAC-SHA256 Credential={self.id}/{scope}, Signature={signature}"
            return use(url, signed)

        return retried(f"oss {method} {bucket}/{key}", attempt)


def secrets(only: str = "") -> None:
    names = settings("secrets")
    SECRETS.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {path.name for path in SECRETS.iterdir()}
    for stale in there - set(names):
        (SECRETS / stale).unlink()
    wanted = sorted(set(names) - there if only else names)
    host: Any = wanted and Host()
    errors = []
    for name in wanted:
        try:
            content = host.secret(names[name]).encode()
        except Failed as error:
            errors.append(f"{name}: {error}")
            continue
        path, new = SECRETS / name, MEMORY / "secret.new"
        if name not in there or path.read_bytes() != content:
            new.write_bytes(content)
            new.replace(path)
    if errors:
        raise Failed("; ".join(errors))
    print(f"secrets: {len(wanted)} fetched, {len(names) - len(wanted)} in memory already")


def secret(name: str) -> None:
    sys.stdout.write(Host().secret(settings("secrets")[name]))


def registry_login() -> None:
    host = settings("host")
    if not host.get("registry_instance_id"):
        print("registry: no instance id given, pulling without login")
        return
    wanted = ["TempUsername", "AuthorizationToken"]
    about = "2018-12-01", "GetAuthorizationToken", "InstanceId", host["registry_instance_id"], wanted
    user, token = Host().call("cr", *about)
    server = host["registry"].split("/")[0]
    command = ["docker", "--config", str(MEMORY / "docker"), "login", "--username", user, "--password-stdin", server]
    login = subprocess.run(command, input=token, text=True, capture_output=True)
    if login.returncode:
        raise Failed(f"docker login {server}: {' '.join(login.stderr.split()[-40:])}")
    print(f"registry: logged in at {server}")


def oss_get(bucket: str, key: str, path: str) -> None:
    def use(url: str, headers: Texts) -> None:
        part = Path(f"{path}.part")
        with send(url, "GET", headers) as answer, part.open("wb") as file:
            while block := answer.read(1 << 20):
                file.write(block)
            if file.tell() != int(answer.headers.get("content-length", file.tell())):
                raise ValueError(f"ended after {file.tell()} bytes")
        part.replace(path)

    Host().oss("GET", bucket, key, {}, use)


def oss_put(path: str, bucket: str, key: str) -> None:
    md5, source = hashlib.md5(), Path(path)
    with source.open("rb") as file:
        while block := file.read(1 << 20):
            md5.update(block)
    about = {"content-md5": base64.b64encode(md5.digest()).decode(), "content-type": "application/octet-stream"}

    def use(url: str, headers: Texts) -> None:
        with source.open("rb") as body:
            send(url, "PUT", {**headers, "content-length": str(source.stat().st_size)}, body).close()

    Host().oss("PUT", bucket, key, about, use)


def main(words: list[str]) -> None:
    os.umask(0o077)
    run = {f.__name__.replace("_", "-"): f for f in (secrets, secret, registry_login, oss_get, oss_put)}
    count = {"secrets": (0, 1), "secret": (1,), "registry-login": (0,), "oss-get": (3,), "oss-put": (3,)}
    if not words or len(words) - 1 not in count.get(words[0], ()):
        sys.exit("usage: alicloud.py" + __doc__.split("only.")[1])
    try:
        run[words[0]](*words[1:])
    except (Failed, OSError, KeyError) as error:
        sys.exit(f"alicloud.py {words[0]}: {error if isinstance(error, Failed) else repr(error)}")


if __name__ == "__main__":
    main(sys.argv[1:])
