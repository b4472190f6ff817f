"""`dicom-cdk smoke`: what is asked how, a line per check or JSON, the exit code."""

import json
import re
import ssl
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dicom_cdk.rehearsal.checks import Check, Checks
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.smoke import dicomweb, dimse, in_browser, listed, login
from dicom_cdk.smoke import hl7 as hl7_checks
from dicom_cdk.smoke.address import Address, address, ae_title, peer
from dicom_cdk.smoke.client import Client
from dicom_cdk.smoke.dimse import Modality
from dicom_cdk.smoke.errors import SmokeError
from dicom_cdk.smoke.signing import Token, from_environment

OK, FAILED = 0, 1
LONGEST_SECONDS = 3600


class Hl7Words(NamedTuple):
    """`--hl7`, `--hl7-from`, `--worklist`, `--hl7-open`, as they are given."""

    peer: str
    sender: str
    worklist: str
    everybody: bool


class _Silent:
    """For JSON: said at the end."""

    def begin(self, room: str, name: str) -> None:
        """Nothing."""

    def end(self, check: Check) -> None:
        """Nothing."""


def run(
    url: str,
    *,
    auth: str,
    called: str,
    calling: str,
    dimse_peer: str | None,
    listen: int,
    modalities: Path | None = None,
    console: str = "http://localhost:8080",
    hl7: Hl7Words | None = None,
    ca: Path | None,
    timeout: float,
    read_only: bool,
    as_json: bool,
    people: tuple[str | None, str | None] = (None, None),
    viewer: bool = False,
) -> int:
    """Check one service. `people`: an AE title that the token may not use, an origin that may call.

    Raises SmokeError before anything is sent.
    """
    service = address(url, ae_title(called, "--ae-title"))
    modality = None
    if dimse_peer is not None:
        modality = Modality(peer(dimse_peer), called, ae_title(calling, "--calling"), listen, timeout)
    elif listen:
        raise SmokeError("--listen is for C-MOVE; name the archive by --dimse HOST:PORT too")
    if auth == "jwt" and not service.secure:
        raise SmokeError(f"{url}: a token over plain http can be read by anybody on the way; use https")
    asked = _asked(auth, people, viewer)
    if not 0 < timeout <= LONGEST_SECONDS:
        raise SmokeError(f"--timeout {timeout:g}: allowed are seconds above 0, up to {LONGEST_SECONDS}")
    if not 0 <= listen < 65536:
        raise SmokeError(f"--listen {listen}: allowed are ports from 1 to 65535")
    if ca is not None:
        _refuse_no_certificate(ca)
    devices = listed.read(modalities) if modalities is not None else None
    if not re.fullmatch(r"https?://[^/@\s]+", console):
        raise SmokeError(f"--console {console}: allowed is http(s)://HOST[:PORT], such as http://localhost:8080")
    partner = _partner(hl7, timeout)
    way = from_environment(auth)
    if isinstance(way, Token):
        login.must_be_readable(way.token)
    client = Client(way, timeout=timeout, verify=str(ca) if ca else True)
    checks = Checks(_Silent() if as_json else Lines(sys.stdout))
    if not as_json:
        _warn(service, auth)
    dicomweb.check(checks, client, service, way, stores=not read_only)
    if isinstance(way, Token):
        login.check(checks, client, service, way.token, asked, stores=not read_only)
    if viewer and isinstance(way, Token):
        in_browser.check(checks, client, service, way.token, own_ca=ca is not None)
    if modality is not None:
        dimse.check(checks, modality, stores=not read_only)
    if devices is not None:
        archive = modality.archive if modality is not None else None
        listed.check(checks, devices, console=console, archive=archive, timeout=timeout)
    if partner is not None and hl7 is not None:
        if read_only:
            checks.skip(hl7_checks.ROOM, "patient and order", "--read-only")
        else:
            ordered = replace(modality, called=ae_title(hl7.worklist, "--worklist")) if modality else None
            hl7_checks.check(checks, partner, worklist=ordered, closed=not hl7.everybody)
    if as_json:
        print(json.dumps(_json(service, checks), indent=2))
    else:
        count = {verdict: sum(one.verdict == verdict for one in checks.done) for verdict in ("ok", "failed", "skipped")}
        print(f"{service.base}: {count['ok']} ok, {count['failed']} failed, {count['skipped']} skipped")
    return FAILED if checks.failed else OK


def _asked(auth: str, people: tuple[str | None, str | None], viewer: bool) -> login.Asked:
    """Raises SmokeError for what only tokens have, without one."""
    title, origin = people
    for option, given in (("--denied-ae-title", title), ("--origin", origin), ("--viewer", viewer)):
        if given and auth != "jwt":
            raise SmokeError(f"{option} is for people with tokens; add --auth jwt")
    if origin is not None and not re.fullmatch(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?", origin):
        raise SmokeError(
            f"--origin {origin}: allowed is https://HOST[:PORT] in small letters, without a slash at the end"
        )
    return login.Asked(ae_title(title, "--denied-ae-title") if title is not None else None, origin)


def _partner(given: Hl7Words | None, timeout: float) -> hl7_checks.Partner | None:
    if given is None:
        return None
    application, bar, facility = given.sender.partition("|")
    if (
        not bar
        or not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", application)
        or not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", facility)
    ):
        raise SmokeError(
            f"--hl7-from {given.sender}: allowed is APPLICATION|FACILITY, as a listed partner sends (MSH-3, MSH-4)"
        )
    return hl7_checks.Partner(peer(given.peer, "--hl7"), application, facility, timeout)


def _refuse_no_certificate(ca: Path) -> None:
    if not ca.is_file():
        raise SmokeError(f"--ca {ca}: no such file; name the issuer's certificate, PEM")
    try:
        ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError):
        raise SmokeError(
            f"--ca {ca}: no certificate in it that can be read; name the issuer's certificate, PEM"
        ) from None


def _warn(service: Address, auth: str) -> None:
    if not service.secure and auth == "signed":
        print("warning: plain http: what is asked and answered can be read on the way", file=sys.stderr)


def _json(service: Address, checks: Checks) -> dict[str, object]:
    return {
        "service": service.base,
        "passed": not checks.failed,
        "checks": [
            {
                "area": one.room, "name": one.name, "verdict": one.verdict, "seconds": round(one.seconds, 3), "said": one.said,
            }
            for one in checks.done
        ],
    }  # fmt: skip
