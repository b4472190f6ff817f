"""`dicom-cdk smoke --dimse` against peers as real ones are: Implicit VR only, Verification only, warnings, rejections."""

from io import StringIO

import pytest
from pydicom.uid import CTImageStorage, JPEGBaseline8Bit

from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.gateway.dicom_peers import (
    ARCHIVE_LIKE,
    ECHO_ONLY,
    IMPLICIT,
    STUDY_ROOT_FIND,
    VERIFICATION,
    peer,
)
from dicom_cdk.rehearsal.machines.servers import free_port
from dicom_cdk.smoke import dimse
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.dimse import Modality

pytestmark = pytest.mark.server


def verdicts(port: int, *, called: str = "ARC", stores: bool = True) -> dict[str, str]:
    checks = Checks(Lines(StringIO()))
    dimse.check(checks, Modality(DimsePeer("127.0.0.1", port), called, "TESTER", 0, 5), stores=stores)
    return {one.name: f"{one.verdict}: {one.said}".removesuffix(": ") for one in checks.done}


def test_a_peer_that_takes_implicit_vr_only_for_echo_and_find_passes() -> None:
    with peer(ARCHIVE_LIKE) as port:
        found = verdicts(port)
    assert found == {
        "C-ECHO to ARC": "ok",
        "C-STORE of one image": "ok",
        "C-FIND by PatientID": "ok: 1 found",
        "C-MOVE": "skipped: no --listen PORT; the archive must know this AE title at this address",
    }


def test_an_archive_that_stores_implicit_vr_only_passes() -> None:
    with peer({VERIFICATION: IMPLICIT, CTImageStorage: IMPLICIT, STUDY_ROOT_FIND: IMPLICIT}) as port:
        assert verdicts(port)["C-STORE of one image"] == "ok"


def test_a_peer_that_only_echoes_is_told_service_by_service() -> None:
    with peer(ECHO_ONLY) as port:
        found = verdicts(port)
    at = f"failed: ARC at 127.0.0.1:{port}: it does not offer"
    assert found == {
        "C-ECHO to ARC": "ok",
        "C-STORE of one image": f"{at} CT Image Storage to TESTER",
        "C-FIND by PatientID": f"{at} Study Root Query/Retrieve Information Model - FIND to TESTER",
        "C-MOVE": "skipped: no --listen PORT; the archive must know this AE title at this address",
    }


def test_no_common_transfer_syntax_is_called_so() -> None:
    with peer({VERIFICATION: IMPLICIT, CTImageStorage: [JPEGBaseline8Bit], STUDY_ROOT_FIND: IMPLICIT}) as port:
        found = verdicts(port)
    assert found["C-STORE of one image"] == (
        f"failed: ARC at 127.0.0.1:{port}: no common transfer syntax for CT Image Storage: it takes neither "
        "Explicit VR Little Endian nor Implicit VR Little Endian"
    )
    assert found["C-FIND by PatientID"] == "ok: 0 found"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0xB000, "stored with warning 0xB000: coercion of data elements"),
        (0xB006, "stored with warning 0xB006: elements discarded"),
        (0xB007, "stored with warning 0xB007: data set does not match SOP class"),
    ],
)
def test_an_image_stored_with_a_warning_is_stored(status: int, said: str) -> None:
    with peer(ARCHIVE_LIKE, store=status) as port:
        found = verdicts(port)
    assert found["C-STORE of one image"] == f"ok: {said}"
    assert found["C-FIND by PatientID"] == "ok: 1 found"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0xA700, "C-STORE was answered with status 0xA700; the archive has no room or its storage refuses "
         "(OSS away, key or signature version)"),
        (0xA900, "C-STORE was answered with status 0xA900"),
        (0xC001, "C-STORE was answered with status 0xC001"),
        (0xB001, "C-STORE was answered with status 0xB001"),
    ],
)  # fmt: skip
def test_a_status_of_failure_fails(status: int, said: str) -> None:
    with peer(ARCHIVE_LIKE, store=status) as port:
        assert verdicts(port)["C-STORE of one image"] == f"failed: {said}"


def test_a_rejection_says_the_peers_own_reason() -> None:
    with peer(ECHO_ONLY, calling="OTHER") as port:
        assert verdicts(port)["C-ECHO to ARC"] == (
            f"failed: ARC at 127.0.0.1:{port}: it rejected the association: Calling AE title not recognised "
            "(calling AE title TESTER)"
        )
        assert verdicts(port, called="NOBODY")["C-ECHO to NOBODY"].startswith(
            f"failed: NOBODY at 127.0.0.1:{port}: it rejected the association: Called AE title not recognised"
        )


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_where_nobody_listens_is_said() -> None:
    port = free_port()
    assert verdicts(port)["C-ECHO to ARC"] == (
        f"failed: ARC at 127.0.0.1:{port}: no connection: nothing listens there, or a firewall is in between"
    )
