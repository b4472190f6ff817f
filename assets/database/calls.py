#!/usr/bin/env python3
"""Calls of RDS and SAE that a walk needs, with this host's role, by the client of the host's own folder; standard library only.

calls.py HELPERS backup INSTANCE          a backup of the instance's own, waited for
calls.py HELPERS stop NAMESPACE NAME      no instance of the application runs
calls.py HELPERS start NAMESPACE NAME N   the application runs with N instances
HELPERS: the folder of alicloud.py. Whatever is asked for may be so already. Ends with 3 where the vendor refuses, which waiting
does not mend: no right, or no such call.

Over 200 lines: one program of a host, which has nothing but its files.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import uuid
from typing import Any

sys.path.insert(0, sys.argv[1] if len(sys.argv) > 1 else ".")

import alicloud

REFUSED = 3
PAUSE = float(os.environ.get("DICOM_PAUSE") or 10)
UNTIL = time.monotonic() + min(1500.0, 0.8 * float(os.environ.get("DICOM_SECONDS") or 1800))
ROLE_SECONDS = float(os.environ.get("DICOM_ROLE_SECONDS") or 60)
"""A right that was given a moment ago is not known everywhere."""
METHODS = "Snapshot", "Physical"
"""Of an instance on cloud disks, and of one on its host's own."""


class Refused(Exception):
    """Final; for people."""


class Passing(Exception):
    """Another answer may come."""


class Vendor:
    """The vendor's services, as this host's role sees them at their addresses inside the VPC."""

    def __init__(self) -> None:
        self.host = alicloud.Host()

    def call(self, product: str, version: str, method: str, path: str, action: str, **query: str) -> Any:
        """One call, once (ACS3-HMAC-SHA256). Raises Refused, Passing."""
        base = os.environ.get(f"DICOM_{product.upper()}_URL", f"https://{product}-vpc.{self.host.region}.aliyuncs.com")
        text = "&".join(f"{alicloud.quote(name)}={alicloud.quote(value)}" for name, value in sorted(query.items()))
        headers = {  # in order of names, as they are signed
            "host": urllib.parse.urlsplit(base).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": alicloud.EMPTY,
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "x-acs-security-token": self.host.token,
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-version": version,
        }
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        digest = alicloud.sha256(f"{method}\n{path}\n{text}\n{lines}\n{names}\n{alicloud.EMPTY}")
        signature = alicloud.keyed(self.host.key.encode(), f"ACS3-HMAC-SHA256\n{digest}").hexdigest()
        headers["Authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.host.id},SignedHeaders={names},Signature={signature}"
        )
        try:
            with alicloud.send(f"{base}{path}?{text}", method, headers) as answer:
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read(4000).decode(errors="replace")
            found = [re.search(rf'{name}"?[>:]\s*"?([^"<]+)', said) for name in ("Code", "Message")]
            words = f"{product} {action}: " + " ".join(
                [f"HTTP {error.code}"] + [match.group(1) for match in found if match]
            )
            if error.code == 429 or error.code >= 500 or "Throttling" in words or busy(words):
                raise Passing(words) from None
            raise Refused(words) from None
        except (OSError, ValueError) as error:
            raise Passing(f"{product} {action}: {type(error).__name__}: {getattr(error, 'reason', error)}") from None
        if not isinstance(body, dict):
            raise Passing(f"{product} {action}: no JSON object")
        if body.get("Success") is False:
            words = f"{product} {action}: {body.get('ErrorCode') or body.get('Code')} {body.get('Message')}"
            raise (Passing if busy(words) else Refused)(words)
        return body

    def asked(self, *words: str, **query: str) -> Any:
        """`call` until it answers well; a refusal is believed after ROLE_SECONDS. Raises Refused, alicloud.Failed."""
        began = time.monotonic()
        while True:
            try:
                return self.call(*words, **query)
            except Refused as error:
                if "HTTP 403" not in str(error) or time.monotonic() - began > ROLE_SECONDS:
                    raise
            except Passing as error:
                if time.monotonic() + PAUSE > UNTIL:
                    raise alicloud.Failed(f"no good answer in time; last: {error}") from None
            time.sleep(PAUSE)


def busy(words: str) -> bool:
    """Another backup, or another change of the application, is under way."""
    return any(
        code in words
        for code in ("BackupJobExists", "BackupTaskExists", "ChangerOrderRunning", "Application.InvalidStatus")
    )


def rds(vendor: Vendor, action: str, **query: str) -> Any:
    return vendor.asked("rds", "2014-08-15", "POST", "/", action, **query)


def sae(vendor: Vendor, method: str, path: str, action: str, **query: str) -> Any:
    return vendor.asked("sae", "2019-05-06", method, f"/pop/v1/sam/app/{path}", action, **query)


def again(what: str, said: str) -> None:
    """Waits before the next look. Raises alicloud.Failed at the end of the time."""
    if time.monotonic() + PAUSE > UNTIL:
        raise alicloud.Failed(f"still waiting for {what}; last answer: {said}")
    time.sleep(PAUSE)


def backup(instance: str) -> None:
    vendor = Vendor()
    for method in METHODS:
        try:
            job = str(rds(vendor, "CreateBackup", DBInstanceId=instance, BackupMethod=method)["BackupJobId"])
            break
        except Refused as error:
            if "BackupMethod" not in str(error) or method == METHODS[-1]:
                raise
    while True:
        about = rds(vendor, "DescribeBackupTasks", DBInstanceId=instance, BackupJobId=job)
        jobs = [one for one in about["Items"]["BackupJob"] if str(one.get("BackupJobId")) == job]
        said = str((jobs[0].get("BackupStatus") or jobs[0].get("BackupProgressStatus")) if jobs else "unknown")
        if said == "Finished":
            print(f"backup {jobs[0].get('BackupId') or job} of {instance} is made")
            return
        if said == "Failed":
            raise alicloud.Failed(f"backup {job} of {instance} failed")
        again(f"backup {job} of {instance}", said)


def application(vendor: Vendor, namespace: str, name: str) -> "tuple[str, int] | None":
    """Id of the application of this name, and how many of its instances run; None where there is none."""
    found = sae(vendor, "GET", "listApplications", "ListApplications", AppName=name, NamespaceId=namespace)
    listed = (found.get("Data") or {}).get("Applications") or []
    matching = [one for one in listed if one.get("AppName") == name and one.get("NamespaceId", namespace) == namespace]
    return (str(matching[0]["AppId"]), int(matching[0].get("RunningInstances") or 0)) if matching else None


def status(vendor: Vendor, app: str) -> str:
    """RUNNING, STOPPED, or UNKNOWN."""
    data = sae(vendor, "GET", "describeApplicationStatus", "DescribeApplicationStatus", AppId=app)["Data"]
    return str(data["CurrentStatus"])


def stop(namespace: str, name: str) -> None:
    vendor, asked = Vendor(), False
    while True:
        found = application(vendor, namespace, name)
        if found is None:
            print(f"there is no application {name} in {namespace}")
            return
        app, running = found
        word = status(vendor, app)
        if word == "STOPPED" and not running:
            print(f"application {name} is stopped")
            return
        if not asked and word != "STOPPED":
            sae(vendor, "PUT", "stopApplication", "StopApplication", AppId=app)
            asked = True
        again(f"application {name} to stop", f"{word}, {running} instances")


def start(namespace: str, name: str, wanted: str) -> None:
    vendor, asked = Vendor(), False
    while True:
        found = application(vendor, namespace, name)
        if found is None:
            raise alicloud.Failed(f"there is no application {name} in {namespace}")
        app, running = found
        word = status(vendor, app)
        if word == "RUNNING" and running >= int(wanted):
            print(f"application {name} runs with {running} instances")
            return
        if not asked and word == "STOPPED":
            sae(vendor, "PUT", "startApplication", "StartApplication", AppId=app)
            asked = True
        again(f"application {name} to run", f"{word}, {running} of {wanted} instances")


def main(words: "list[str]") -> None:
    run = {"backup": (backup, 1), "stop": (stop, 2), "start": (start, 3)}
    if len(words) < 2 or words[1] not in run or len(words) != run[words[1]][1] + 2:
        sys.exit(f"usage: {__doc__}")
    act: Any = run[words[1]][0]
    try:
        act(*words[2:])
    except Refused as error:
        print(f"calls.py {words[1]}: refused: {error}", file=sys.stderr)
        sys.exit(REFUSED)
    except (alicloud.Failed, OSError, KeyError, TypeError, ValueError) as error:
        sys.exit(f"calls.py {words[1]}: {error if isinstance(error, alicloud.Failed) else repr(error)}")


if __name__ == "__main__":
    main(sys.argv[1:])
