"""A modality's day, rehearsed as its users start it: two hospitals, one without TLS, an archive killed in the middle."""

import gc
import re
import warnings
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dicom_cdk.rehearsal import command
from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.machines import certificates
from dicom_cdk.rehearsal.rooms import modalities
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import SMALL_SITE
from tests.rehearsal.test_command import able
from tests.synthesized import Synthesized

pytestmark = [pytest.mark.server, pytest.mark.apart]
__all__ = ["able"]

NORTH = {"name": "north", "cidrs": ["10.20.0.0/16"], "certificate": "north.pem"}
CT = {"ae_title": "CT1", "hospital": "north", "address": "10.20.1.15", "tls": False, "may": ["store"]}
PACS = {**CT, "ae_title": "PACS1", "address": "10.20.1.16", "tls": True, "may": ["retrieve"]}
RIS = {
    "application": "KIS",
    "facility": "N",
    "hospital": "north",
    "address": "10.20.1.30",
    "tls": False,
    "sends": ["adt"],
}


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """pynetdicom leaves the sockets of handshakes that failed to the collector, which would warn in some later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


# A device that calls while an archive starts anew is refused on a slow machine; pynetdicom does not close the socket of a refusal.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("able")
def test_nothing_is_lost_and_nobody_unlisted_gets_in_on_a_day_of_two_hospitals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        **SMALL_SITE,
        "hospitals": [NORTH],
        "modalities": [CT, PACS],
        "hl7": [RIS],
        "archive": {"certificate_generation": 1, "hl7_character_set": "UNICODE UTF-8"},
    }
    read = {"north.pem": certificates.authority("north").certificate}
    site = SiteSettings.model_validate(given, strict=False).with_certificates(read)
    synthesize([site], tmp_path / "out")
    code = command.run_all([tmp_path / "out/stacks/clinic"], ["modalities"], faults=False, every=1, quiet=False)
    said = capsys.readouterr().out
    assert code == 0, said
    assert said.count("  modalities: ") == 21, said
    for line in (
        "C-STORE of 200 objects, one archive killed in the middle: nothing lost, nothing twice",
        "C-MOVE to the second hospital, over TLS: every object as it was sent; to one that is not listed: refused",
        "an authority that is off the list: its devices are refused once the archive has started anew",
        "the list changed and applied again: exactly the difference",
        "an order by ORM^O01 names no station: it is on the default one's list until it is cancelled",
        "HL7 by the balancer's way to the host: the same senders, and one worklist with the other way",
        "over TLS: echo with a certificate of the hospital's authority; a stranger's, one that has expired: refused",
        "HL7 over TLS by both ways of the balancer: listed senders; a stranger's certificate, an expired one, none: refused",
        "a tenant finds what came in at its AE title and what has no mark; the site's own AE title finds all",
        "a tenant's device calls its AE title and no other of the archive; without tenants as before",
        "AE titles that tell storing from querying: who may store finds nothing, who may query stores nothing",
    ):
        assert re.search(rf"^ok +[\d.]+ s  modalities: {re.escape(line)}", said, re.MULTILINE), said


def test_a_site_without_lists_has_no_such_day_and_says_so(default_stack: Synthesized) -> None:
    site, checks = Site(default_stack.folder), Checks(Lines(StringIO()))
    modalities.rehearse(cast(Stage, SimpleNamespace(site=site)), checks, faults=False)
    (check,) = checks.done
    assert (check.room, check.name, check.verdict) == ("modalities", "a modality's day", "skipped")
    assert check.said == "the site lists neither modalities nor HL7 partners"
