"""Trust of the TLS ports, and the site's own certificate on them."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.payload import readable
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.stack import Stack
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import SMALL_SITE
from tests.synthesized import Synthesized

HOSPITALS = [
    {"name": "north", "cidrs": ["10.20.0.0/16"], "certificate": "north.pem"},
    {"name": "south", "cidrs": ["10.30.0.0/16"], "certificate": "south.pem"},
]
CT = {"ae_title": "CT1", "hospital": "north", "address": "10.20.1.15", "may": ["store"]}
OWN = {**CT, "ae_title": "CT2", "address": "10.20.1.16", "certificate": "ct2.pem"}
READ = {"north.pem": "NORTH\n", "south.pem": "SOUTH\n", "ct2.pem": "CT2\n"}


def site(*modalities: dict[str, Any], **more: Any) -> SiteSettings:
    given = {**SMALL_SITE, "hospitals": HOSPITALS, "modalities": list(modalities), **more}
    return SiteSettings.model_validate(given, strict=False).with_certificates(READ)


def trusted(*modalities: dict[str, Any]) -> str:
    return Dicom.of(site(*modalities)).trusted


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    out = tmp_path_factory.mktemp("synth")
    synthesize([site(CT, OWN, archive={"certificate_generation": 3})], out)
    return Synthesized.read(out / "stacks" / "clinic")


def compose(stack: Synthesized) -> dict[str, Any]:
    carried = readable.files(module_resources.carriers(Stack(Path("clinic"), stack.json)))
    (text,) = [
        one
        for (address, name), one in carried.items()
        if address.endswith("archive_up_command") and name.endswith("compose.yaml")
    ]
    found: dict[str, Any] = yaml.safe_load(text)["services"]["arc"]
    return found


def test_only_certificates_of_devices_over_tls_are_trusted_their_own_before_their_hospitals() -> None:
    assert trusted(CT) == "NORTH\n"
    assert trusted(OWN) == "CT2\n"
    assert trusted(CT, OWN) == trusted(OWN, CT) == "CT2\nNORTH\n"
    assert trusted({**CT, "tls": False}) == ""


def test_a_certificate_that_nobody_read_is_an_error_that_says_how() -> None:
    unread = SiteSettings.model_validate({**SMALL_SITE, "hospitals": HOSPITALS, "modalities": [CT]}, strict=False)
    with pytest.raises(ValueError, match=r"certificate north\.pem was not read; load the site by settings\.loader"):
        Dicom.of(unread)


def test_the_trust_goes_by_the_bucket_and_is_on_the_host_before_the_archive_starts(stack: Synthesized) -> None:
    stored = stack.resources["archive/trust"]
    assert stored["content"] == "CT2\nNORTH\n"
    assert stored["key"] == f"trust/{hashlib.sha256(stored['content'].encode()).hexdigest()}.pem"
    assert stack.resources["archive/tls/run"].address in stack.resources["archive/up/run"]["depends_on"]


def test_the_container_trusts_the_listed_ones_alone_and_is_made_anew_with_another_trust_or_certificate(
    stack: Synthesized,
) -> None:
    arc = compose(stack)
    assert arc["environment"]["TRUSTSTORE"] == "/opt/keystore/trust.jks"
    assert arc["environment"]["TRUSTSTORE_TYPE"] == "JKS"
    digest = hashlib.sha256(b"CT2\nNORTH\n").hexdigest()[:16]
    assert arc["labels"]["dicom.tls"] == f"{digest}-3"


def test_the_sites_certificate_comes_by_variables_and_is_read_as_a_secret(stack: Synthesized) -> None:
    assert {"archive_certificate", "archive_private_key"} <= set(stack.json["variable"])
    secret = stack.resources["archive/archive-certificate"]
    assert secret["secret_name"] == "clinic/archive-certificate-g3"
    assert secret["secret_data"] == "${var.archive_certificate}\n${var.archive_private_key}"
    assert "archive-certificate" in stack.resources["archive/host/boot/run"]["parameters"]["values"]


def test_a_site_without_either_has_no_step(default_stack: Synthesized) -> None:
    assert "archive/tls/run" not in default_stack.resources
