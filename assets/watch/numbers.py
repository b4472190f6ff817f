#!/usr/bin/env python3
"""One line of JSON about this host, numbers only: appended to /var/log/dicom/health.json and said. Standard library only.

What cannot be known is left out, so that nothing is ever well by mistake: an alarm on it also looks whether lines come.
Over 200 lines: every number that a host tells of itself, each counted where it is looked at.
"""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("DICOM_ROOT") or "/")
LINES = ROOT / "var/log/dicom/health.json"
SEEN = ROOT / "run/dicom/numbers.seen"
LOG = ROOT / "var/local/dicom/wildfly/log/server.log"
SECRETS = ROOT / "run/dicom/secrets"
ARCHIVE = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080") + "/dcm4chee-arc/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
STORED = {"0", "b000", "b006", "b007"}
"""Success, and stored with a warning (DICOM PS3.4 table B.2-1)."""
Numbers = dict[str, Any]


def values(room: str) -> dict[str, Any]:
    path = ROOT / f"opt/dicom/{room}/values.json"
    return json.loads(path.read_text()) if path.exists() else {}


def said(*command: str, given: str = "", seconds: float = 20) -> str:
    """What a program says; "" where it is not there, fails or hangs."""
    try:
        return subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def health() -> Numbers:
    """dicom-health's own words, counted."""
    script = ROOT / "opt/dicom/docker_host/current/health.sh"
    found = subprocess.run(["bash", str(script)], capture_output=True, text=True)
    parts = re.findall(r"^(ok|BAD) +(.{34}) (.*)$", found.stdout, re.MULTILINE)
    bad = [name.strip() for word, name, _ in parts if word == "BAD"]
    if not parts:
        bad.append("dicom-health")
    numbers: Numbers = {"bad_parts": len(bad), "bad": "; ".join(bad)}
    for _, name, state in parts:
        if name.startswith("disk ") and (used := re.match(r"(\d+) %", state)):
            place = "system" if name.split() == ["disk", "/"] else "data"
            numbers[f"disk_{place}_percent"] = int(used[1])
        if name.startswith("clock"):
            numbers["clock_synchronised"] = int(state == "synchronised: yes")
    tracking = said("chronyc", "-c", "tracking").split(",")
    if len(tracking) > 4:
        numbers["clock_offset_ms"] = round(abs(float(tracking[4])) * 1000, 3)
    return numbers


def node(url: str, base: str) -> tuple[dict[str, str], dict[str, float]]:
    """Entries with the stamp of their last change, and the newest stamp of each server, of one LDAP node."""
    about = ["-o", "ldif-wrap=no", "-o", "nettimeout=5", "-D", f"cn=admin,{base}", "-y", str(SECRETS / "ldap-root")]
    text = said("ldapsearch", "-x", "-LLL", "-H", url, *about, "-b", base, "entryCSN", "contextCSN")
    entries, newest, name = {}, {}, ""
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        if key.startswith("dn"):
            name = value
        elif key == "entryCSN":
            entries[name] = value
        elif key == "contextCSN":
            stamp, _, server, _ = value.split("#")
            moment = datetime.strptime(stamp, "%Y%m%d%H%M%S.%fZ").replace(tzinfo=UTC)
            newest[server] = moment.timestamp()
    return entries, newest


def directory() -> Numbers:
    if not (given := values("directory")):
        return {}
    own, own_newest = node(given["own_url"], given["base_dn"])
    peer, peer_newest = node(given["peer_url"], given["base_dn"])
    numbers: Numbers = {"ldap_entries": len(own), "ldap_peer_answers": int(bool(peer))}
    if own and peer:
        numbers["ldap_entries_differ"] = sum(own.get(name) != peer.get(name) for name in own.keys() | peer.keys())
        apart = [abs(moment - peer_newest.get(server, 0)) for server, moment in own_newest.items()]
        apart += [time.time() - moment for server, moment in peer_newest.items() if server not in own_newest]
        numbers["ldap_lag_seconds"] = round(max(apart, default=0.0), 3)
    return numbers | backup("var/local/dicom/ldap-backup.last", "dicom-ldap-backup.timer")


def backup(last: str, timer: str) -> Numbers:
    """Its age; from the day that it was set up, where none was ever made."""
    for path in (last, f"etc/systemd/system/{timer}"):
        if (ROOT / path).exists():
            return {"backup_age_hours": round((time.time() - (ROOT / path).stat().st_mtime) / 3600, 2)}
    return {}


def asked(path: str) -> Any:
    """The archive's answer as JSON; None where it has none."""
    try:
        with OPENER.open(ARCHIVE + path, timeout=10) as answer:
            return json.loads(answer.read() or "null")
    except (OSError, ValueError):
        return None


def archive() -> Numbers:
    if not values("archive"):
        return {}
    status = asked("ctrl/status")
    numbers: Numbers = {"archive_started": int(isinstance(status, dict) and status.get("status") == "STARTED")}
    open_now = asked("monitor/associations")
    if isinstance(open_now, list):
        numbers["associations"] = len(open_now)
    listed = asked("queue")
    names = [one["name"] for one in listed if "name" in one] if isinstance(listed, list) else ["Export"]
    # What failed and waits has a status of its own from 5.31 on; releases before refuse the word.
    for field, statuses in (("tasks_queued", ("SCHEDULED", "SCHEDULED%20FOR%20RETRY")), ("tasks_failed", ("FAILED",))):
        counts = [asked(f"queue/{name}/count?status={status}") for name in names for status in statuses]
        known = [one["count"] for one in counts if isinstance(one, dict) and "count" in one]
        if known:
            numbers[field] = sum(known)
    return (
        numbers
        | logged()
        | keystore()
        | trusted()
        | backup("var/local/dicom/database-dump.last", "dicom-database-dump.timer")
    )


def logged() -> Numbers:
    """Counted in what was added to server.log since the last line."""
    if not LOG.exists():
        return {}
    here = LOG.stat()
    try:
        inode, offset = map(int, SEEN.read_text().split())
    except (OSError, ValueError):
        inode, offset = here.st_ino, here.st_size
    # At midnight it goes on under another name: what came before, since the last line, is at the end of that.
    text = ""
    for path in (*(one for one in LOG.parent.glob("server.log.*") if one.stat().st_ino == inode != here.st_ino), LOG):
        with path.open("rb") as file:
            file.seek(offset if path.stat().st_ino == inode and offset <= path.stat().st_size else 0)
            text, end = text + file.read().decode(errors="replace"), file.tell()
    SEEN.write_text(f"{here.st_ino} {end}")
    sent = re.findall(r" << \d+:C-STORE-RSP\[pcid=\d+, status=([0-9a-f]+)H", text)
    return {
        "associations_rejected": len(re.findall(r" << A-ASSOCIATE-RJ", text)),
        "stores": len(sent),
        "stores_failed": sum(status not in STORED for status in sent),
        "storage_errors": text.count("Failed to store received object"),
        "log_errors": len(re.findall(r"^\d{4}-\d\d-\d\d [\d:,]{12}\S* ERROR ", text, re.MULTILINE)),
    }


def days_left(certificates: str) -> int | None:
    """Of the first certificate in PEM."""
    ends = said("openssl", "x509", "-noout", "-enddate", given=certificates).strip().removeprefix("notAfter=")
    return until(ends) if ends else None


def until(ends: str) -> int:
    """Days to a moment as OpenSSL writes it."""
    moment = datetime.strptime(ends, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return int((moment.timestamp() - time.time()) // 86400)


def keystore() -> Numbers:
    keys, words = ROOT / "var/local/dicom/keystore/key.p12", f"file:{SECRETS / 'archive-keystore'}"
    for legacy in ([], ["-legacy"]):
        found = said("openssl", "pkcs12", *legacy, "-in", str(keys), "-passin", words, "-clcerts", "-nokeys")
        if (left := days_left(found)) is not None:
            return {"keystore_days_left": left}
    return {}


def trusted() -> Numbers:
    """Of the listed certificates by which devices are let in: the one that ends first."""
    listed, compose = ROOT / "var/local/dicom/keystore/trust.pem", ROOT / "opt/dicom/archive/current/compose.yaml"
    # A list that the site no longer has may still lie there.
    if not listed.exists() or not compose.exists() or "TRUSTSTORE:" not in compose.read_text():
        return {}
    # All of them at once: there may be hundreds.
    packed = said("openssl", "crl2pkcs7", "-nocrl", "-certfile", str(listed))
    text = said("openssl", "pkcs7", "-print_certs", "-text", "-noout", given=packed)
    left = [until(moment.strip()) for moment in re.findall(r"^ *Not After *: (.+)$", text, re.MULTILINE)]
    return {"trusted_days_left": min(left)} if left else {}


def gateway() -> Numbers:
    if not (domain := values("watch").get("gateway_domain", "")):
        return {}
    host, _, port = domain.partition(":")
    left = days_left(said("openssl", "s_client", "-connect", f"{host}:{port or 443}", "-servername", host))
    return {} if left is None else {"gateway_certificate_days_left": left}


def main() -> None:
    about = values("watch")
    line: Numbers = {"time": int(time.time()), "host": about["host"], "room": about["room"]}
    for part in (health, directory, archive, gateway):
        try:
            line |= part()
        except Exception as error:  # one part that fails must not hide the others
            line["bad_parts"] = line.get("bad_parts", 0) + 1
            line["bad"] = "; ".join(filter(None, [line.get("bad", ""), f"numbers of {part.__name__}: {error!r}"]))
    text = json.dumps(line)
    with LINES.open("a") as file:
        file.write(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
