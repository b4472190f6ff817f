"""What is said of answers to the checks of DICOMweb, by a client that asks nobody."""

import json

import pytest

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.smoke import dicomweb
from dicom_cdk.smoke.address import address
from dicom_cdk.smoke.client import JSON, Answer
from dicom_cdk.smoke.smoke_study import INSTANCE
from tests.smoke.saying import saying


def stored_at(host: str, **more: object) -> bytes:
    one = {"00081155": {"Value": [INSTANCE]}, "00081190": {"Value": [f"https://{host}/x"]}, **more}
    return json.dumps({"00081199": {"vr": "SQ", "Value": [one]}}).encode()


def test_an_image_stored_with_a_warning_is_stored() -> None:
    """202 is a success with something to say (PS3.18 10.5.3.1), as 0xB000 is of C-STORE."""
    warned = stored_at("dicom.example.com", **{"00081196": {"vr": "US", "Value": [0xB000]}})
    client = saying(Answer(202, {"Content-Type": JSON}, warned))
    said = dicomweb._store(client, address("https://dicom.example.com", "DCM4CHEE"))
    assert said == "stored with warning 0xB000; RetrieveURL at dicom.example.com"
    lost = Answer(202, {"Content-Type": JSON}, b'{"00081198":{"Value":[{"00081197":{"Value":[272]}}]}}')
    with pytest.raises(Expected, match=r"^answered for nothing, stored was "):
        dicomweb._store(saying(lost), address("https://dicom.example.com", "DCM4CHEE"))


@pytest.mark.parametrize(
    "typed", ["https://DICOM.example.com", "https://dicom.example.com:443", "https://dicom.example.com."]
)
def test_an_address_is_the_same_however_it_is_written(typed: str) -> None:
    client = saying(Answer(200, {"Content-Type": JSON}, stored_at("dicom.example.com")))
    assert dicomweb._store(client, address(typed, "DCM4CHEE")) == "RetrieveURL at dicom.example.com"
    with pytest.raises(
        Expected, match=r"^RetrieveURL leads to dicom\.example\.com, asked was dicom\.example\.com:8443$"
    ):
        dicomweb._store(client, address("https://dicom.example.com:8443", "DCM4CHEE"))
