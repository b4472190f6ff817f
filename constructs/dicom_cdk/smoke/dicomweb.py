"""DICOMweb checks (DICOM PS3.18; guide 4.12, 5.9, 6.8 and 7.1): query, store, retrieve, compare, and what must be refused."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from requests.auth import AuthBase

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file
from dicom_cdk.smoke import access, retrieval
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import JSON, Answer, Client, values
from dicom_cdk.smoke.signing import Anonymous
from dicom_cdk.smoke.smoke_study import INSTANCE, PATIENT, STUDY, study

ROOM = "dicomweb"
NOBODY = f"{PATIENT}-NOBODY"
VISIBLE_SECONDS = 15
"""A stored study is found within; archives index behind the answer."""
REFUSED_BY_STORAGE = (
    "most often its object storage refuses: key, bucket or endpoint, or Signature V2, and archives up to 5.26.0 sign V2 only "
    "(later ones take jclouds.s3.signer-version=4); server.log on the archive host names it"
)


def check(checks: Checks, client: Client, service: Address, way: AuthBase, *, stores: bool) -> None:
    """All checks in order; each runs though another failed, except where nothing answers at all. `stores`: may upload.

    Closed paths are tried on the intranet too: the filter stands there, and whoever gets past it is the archive's administrator.
    """
    if not _ran(checks, "query: studies are answered as DICOM JSON", lambda: _reached(client, service)):
        checks.skip(ROOM, "everything else", "the first query already failed")
        return
    if isinstance(way, Anonymous):
        checks.skip(ROOM, "access: calls without a credential are refused", "--auth anonymous")
    else:
        for name, call in access.refusals(client, service, way).items():
            _ran(checks, name, call)
    _ran(checks, "query: patients, as in the guide's test T1", lambda: _patients(client, service))
    _ran(checks, "query: a filter that fits nobody finds nobody", lambda: _nobody(client, service))
    if stores:
        if _ran(checks, "store: one image by STOW-RS", lambda: _store(client, service)):
            _ran(checks, "query: filters, limit and offset find exactly it", lambda: _found(client, service))
            _ran(
                checks,
                "retrieve: WADO-RS gives back what was stored, pixels byte by byte",
                lambda: retrieval.by_rs(client, service),
            )
            _ran(checks, "retrieve: WADO-URI gives back the same", lambda: retrieval.by_uri(client, service))
            _ran(checks, "retrieve: metadata name the patient", lambda: retrieval.metadata(client, service))
        else:
            checks.skip(ROOM, "find and retrieve what was stored", "nothing was stored")
    else:
        checks.skip(ROOM, "store, find, retrieve", "--read-only")
    _ran(
        checks,
        "closed: the archive's console, control and deletes are not to be had",
        lambda: access.closed(client, service, stores),
    )


def _ran(checks: Checks, name: str, call: Callable[[], str | None]) -> bool:
    with suppress(RoomFailed):
        with checks.check(ROOM, name) as said:
            found = call()
            if found:
                said.append(found)
        return True
    return False


def _reached(client: Client, service: Address) -> str:
    started = time.perf_counter()
    _query(client, service, limit="1")
    return f"{time.perf_counter() - started:.2f} s"


def _patients(client: Client, service: Address) -> str:
    query = {"limit": "21", "includefield": "all", "offset": "0"}
    found = client.ask("GET", f"{service.base}/rs/patients", query=query).json()
    expect(len(found) <= 21, f"limit 21 gave {len(found)}")
    return f"{len(found)} found"


def _nobody(client: Client, service: Address) -> None:
    found = _query(client, service, PatientID=NOBODY)
    expect(found == [], f"{len(found)} studies of a patient that does not exist: the filter is lost on the way")


def _store(client: Client, service: Address) -> str:
    given = client.store(service.studies, as_file(study()))
    if given.status == 409:
        raise Expected(f"answered 409, the image was not stored{_reasons(given)}; {REFUSED_BY_STORAGE}")
    # 202: stored with warnings, or not all of it (PS3.18 10.5.3.1).
    answer = given.json(202)
    expect(len(answer) == 1, f"answered {len(answer)} data sets, allowed is one")
    stored = values(answer[0], "00081199")
    named = [value for one in stored for value in values(one, "00081155")]
    expect(
        named == [INSTANCE],
        f"answered for {named or 'nothing'}, stored was {INSTANCE}; failed: {values(answer[0], '00081198')}",
    )
    public = _public([url for one in stored for url in values(one, "00081190")], service)
    warnings = [f"0x{int(str(reason)):04X}" for one in stored for reason in values(one, "00081196")]
    return f"stored with warning {', '.join(warnings)}; {public}" if warnings else public


def _reasons(given: Answer) -> str:
    """FailureReason of each failed instance (PS3.3 C.14.1.1), as a status in hexadecimal; "" where none can be read."""
    try:
        answer = json.loads(given.body)
    except ValueError:
        return ""
    failed = [reason for one in values(answer, "00081198") for reason in values(one, "00081197")]
    return f" (failure reason {', '.join(f'0x{int(str(reason)):04X}' for reason in failed)})" if failed else ""


def _found(client: Client, service: Address) -> str:
    waited = _until(lambda: len(_query(client, service, PatientID=PATIENT)) == 1)
    (one,) = _query(client, service, PatientID=PATIENT)
    expect(values(one, "0020000D") == [STUDY], f"PatientID {PATIENT} finds study {values(one, '0020000D')}")
    found = [values(each, "0020000D") for each in _query(client, service, StudyInstanceUID=STUDY)]
    expect(found == [[STUDY]], f"StudyInstanceUID finds {found}")
    expect(len(_query(client, service, limit="1")) == 1, "limit=1 is lost on the way")
    rest = _query(client, service, PatientID=PATIENT, limit="10", offset="1")
    expect(rest == [], f"offset 1 of one study gives {len(rest)}: the offset is lost on the way")
    return f"visible after {waited:.1f} s; {_public(values(one, '00081190'), service)}"


def _query(client: Client, service: Address, **filters: str) -> list[dict[str, object]]:
    answer = client.ask("GET", service.studies, query=filters)
    found: list[dict[str, object]] = answer.json()
    if answer.status == 200:
        expect(answer.kind in (JSON, "application/json"), f"answered {answer.kind}, allowed is {JSON}")
    return found


def _public(urls: list[object], service: Address) -> str:
    """RetrieveURLs must lead back to the address that was asked (guide 6.8, fault 8)."""
    hosts = {_host(str(url)) for url in urls}
    asked = _host(service.base)
    expect(hosts <= {asked}, f"RetrieveURL leads to {', '.join(sorted(hosts))}, asked was {asked}")
    return f"RetrieveURL at {asked}" if hosts else "no RetrieveURL"


def _host(url: str) -> str:
    """Host and port as they are compared: in small letters, without the port that the scheme has anyway."""
    parts = urlsplit(url)
    return parts.netloc.lower().removesuffix({"https": ":443", "http": ":80"}.get(parts.scheme, ":")).removesuffix(".")


def _until(condition: Callable[[], bool]) -> float:
    start = time.perf_counter()
    while not condition():
        expect(
            time.perf_counter() - start < VISIBLE_SECONDS, f"what was stored is not found within {VISIBLE_SECONDS} s"
        )
        time.sleep(0.5)
    return time.perf_counter() - start
