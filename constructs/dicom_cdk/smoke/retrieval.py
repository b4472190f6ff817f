"""What was stored, got back in each way that DICOMweb has (guide 4.12, 5.9), and compared with what was sent."""

from io import BytesIO

import pydicom

from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, dataset_bytes
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import Client, values
from dicom_cdk.smoke.smoke_study import INSTANCE, PATIENT, SERIES, STUDY, differences, study

NO_MULTIPART = (
    "archive 5.25.0 cannot answer multipart at all (dcm4chee-arc-light#3496), 5.25.2 can; else see its server.log"
)


def by_rs(client: Client, service: Address) -> str:
    url = f"{service.studies}/{STUDY}/series/{SERIES}/instances/{INSTANCE}"
    answer = client.ask("GET", url, accept='multipart/related; type="application/dicom"')
    if answer.status == 500:
        raise Expected(f"answered 500 to WADO-RS though queries are answered; {NO_MULTIPART}")
    parts = answer.parts()
    expect(len(parts) == 1, f"answered {len(parts)} parts, allowed is one")
    return _same(parts[0])


def by_uri(client: Client, service: Address) -> str:
    query = {
        "requestType": "WADO", "studyUID": STUDY, "seriesUID": SERIES, "objectUID": INSTANCE, "contentType": "application/dicom",
    }  # fmt: skip
    answer = client.ask("GET", f"{service.base}/wado", query=query, accept="application/dicom")
    answer.must(200)
    return _same(answer.body)


def metadata(client: Client, service: Address) -> None:
    found = client.ask("GET", f"{service.studies}/{STUDY}/metadata").json()
    patients = [values(one, "00100020") for one in found]
    expect(patients == [[PATIENT]], f"metadata name patients {patients}")


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
