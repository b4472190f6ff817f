"""DICOMweb checks (DICOM PS3.18; guide 4.12, 5.9, 6.8 and 7.1): query, store, retrieve, compare, and what must be refused."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from urllib.parse import urlsplit

import pydicom
from requests.auth import AuthBase

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.rehearsal.dicom_objects import as_file, dataset_bytes
from dicom_cdk.smoke import access
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import JSON, Answer, Client
from dicom_cdk.smoke.signing import Anonymous
from dicom_cdk.smoke.smoke_study import INSTANCE, PATIENT, SERIES, STUDY, differences, study

ROOM = "dicomweb"
NOBODY = f"{PATIENT}-NOBODY"
VISIBLE_SECONDS = 15
"""A stored study is found within; archives index behind the answer."""
REFUSED_BY_STORAGE = (
    "most often its object storage refuses: key, bucket or endpoint, or Signature V2, and archives up to 5.26.0 sign V2 only "
    "(later ones take jclouds.s3.signer-version=4); server.log on the archive host names it"
)
NO_MULTIPART = (
    "archive 5.25.0 cannot answer multipart at all (dcm4chee-arc-light#3496), 5.25.2 can; else see its server.log"
)


def check(checks: Checks, client: Client, service: Address, way: AuthBase, *, gateway: bool, stores: bool) -> None:
    """All checks in order; each runs though another failed, except where nothing answers at all.

    `gateway`: closed paths are expected to be closed (the intranet balancer leads to the whole archive). `stores`: may upload.
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
                lambda: _by_rs(client, service),
            )
            _ran(checks, "retrieve: WADO-URI gives back the same", lambda: _by_uri(client, service))
            _ran(checks, "retrieve: metadata name the patient", lambda: _metadata(client, service))
        else:
            checks.skip(ROOM, "find and retrieve what was stored", "nothing was stored")
    else:
        checks.skip(ROOM, "store, find, retrieve", "--read-only")
    if gateway:
        _ran(
            checks,
            "closed: the archive's console, control and deletes are not to be had",
            lambda: access.closed(client, service, stores),
        )
    else:
        checks.skip(ROOM, "closed paths", "no gateway in front (http: the intranet balancer)")


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
    answer = given.json()
    expect(len(answer) == 1, f"answered {len(answer)} data sets, allowed is one")
    stored = _values(answer[0], "00081199")
    named = [value for one in stored for value in _values(one, "00081155")]
    expect(
        named == [INSTANCE],
        f"answered for {named or 'nothing'}, stored was {INSTANCE}; failed: {_values(answer[0], '00081198')}",
    )
    return _public([url for one in stored for url in _values(one, "00081190")], service)


def _reasons(given: Answer) -> str:
    """FailureReason of each failed instance (PS3.3 C.14.1.1), as a status in hexadecimal; "" where none can be read."""
    try:
        answer = json.loads(given.body)
    except ValueError:
        return ""
    failed = [reason for one in _values(answer, "00081198") for reason in _values(one, "00081197")]
    return f" (failure reason {', '.join(f'0x{int(str(reason)):04X}' for reason in failed)})" if failed else ""


def _found(client: Client, service: Address) -> str:
    waited = _until(lambda: len(_query(client, service, PatientID=PATIENT)) == 1)
    (one,) = _query(client, service, PatientID=PATIENT)
    expect(_values(one, "0020000D") == [STUDY], f"PatientID {PATIENT} finds study {_values(one, '0020000D')}")
    found = [_values(each, "0020000D") for each in _query(client, service, StudyInstanceUID=STUDY)]
    expect(found == [[STUDY]], f"StudyInstanceUID finds {found}")
    expect(len(_query(client, service, limit="1")) == 1, "limit=1 is lost on the way")
    rest = _query(client, service, PatientID=PATIENT, limit="10", offset="1")
    expect(rest == [], f"offset 1 of one study gives {len(rest)}: the offset is lost on the way")
    return f"visible after {waited:.1f} s; {_public(_values(one, '00081190'), service)}"


def _by_rs(client: Client, service: Address) -> str:
    url = f"{service.studies}/{STUDY}/series/{SERIES}/instances/{INSTANCE}"
    answer = client.ask("GET", url, accept='multipart/related; type="application/dicom"')
    if answer.status == 500:
        raise Expected(f"answered 500 to WADO-RS though queries are answered; {NO_MULTIPART}")
    parts = answer.parts()
    expect(len(parts) == 1, f"answered {len(parts)} parts, allowed is one")
    return _same(parts[0])


def _by_uri(client: Client, service: Address) -> str:
    query = {
        "requestType": "WADO", "studyUID": STUDY, "seriesUID": SERIES, "objectUID": INSTANCE, "contentType": "application/dicom",
    }  # fmt: skip
    answer = client.ask("GET", f"{service.base}/wado", query=query, accept="application/dicom")
    answer.must(200)
    return _same(answer.body)


def _metadata(client: Client, service: Address) -> None:
    found = client.ask("GET", f"{service.studies}/{STUDY}/metadata").json()
    patients = [_values(one, "00100020") for one in found]
    expect(patients == [[PATIENT]], f"metadata name patients {patients}")


def _query(client: Client, service: Address, **filters: str) -> list[dict[str, object]]:
    answer = client.ask("GET", service.studies, query=filters)
    found: list[dict[str, object]] = answer.json()
    if answer.status == 200:
        expect(answer.kind in (JSON, "application/json"), f"answered {answer.kind}, allowed is {JSON}")
    return found


def _values(dataset: object, tag: str) -> list[object]:
    element = dataset.get(tag) if isinstance(dataset, dict) else None
    found = element.get("Value") if isinstance(element, dict) else None
    return list(found) if isinstance(found, list) else []


def _public(urls: list[object], service: Address) -> str:
    """RetrieveURLs must lead back to the address that was asked (guide 6.8, fault 8)."""
    hosts = {urlsplit(str(url)).netloc for url in urls}
    expect(hosts <= {service.host}, f"RetrieveURL leads to {', '.join(sorted(hosts))}, asked was {service.host}")
    return f"RetrieveURL at {service.host}" if hosts else "no RetrieveURL"


def _same(file: bytes) -> str:
    sent = study()
    try:
        found = pydicom.dcmread(BytesIO(file))
    except Exception as error:
        expect(False, f"what came back is no DICOM file: {error}")
        raise
    expect(found.PixelData == sent.PixelData, "the pixels differ from what was stored")
    changed = differences(sent, found)
    expect(changed == [], f"changed by the archive: {', '.join(changed)}")
    if dataset_bytes(file) == dataset_bytes(as_file(sent)):
        return "the data set is identical"
    added = [element.keyword or str(element.tag) for element in found if element.tag not in sent]
    return f"the archive added {', '.join(added) or 'nothing, but wrote it otherwise'}"


def _until(condition: Callable[[], bool]) -> float:
    start = time.perf_counter()
    while not condition():
        expect(
            time.perf_counter() - start < VISIBLE_SECONDS, f"what was stored is not found within {VISIBLE_SECONDS} s"
        )
        time.sleep(0.5)
    return time.perf_counter() - start
