"""What a device asks an archive, as functions of an association: store, query, worklist, MPPS, move."""

from collections.abc import Callable

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ImplicitVRLittleEndian, generate_uid
from pynetdicom.association import Association
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.clients.hospital_device import Device

ACCESSION = "A1"
"""Of the one order."""


def ok(status: Dataset) -> None:
    code = getattr(status, "Status", None)
    expect(code == 0, f"status {code}")


def refusal(device: Device, archive: tuple[str, int], called: str) -> str:
    try:
        device.call(archive, called, Verification, lambda association: ok(association.send_c_echo()))
    except Expected as refusal:
        return str(refusal)
    return "let in"


def unable(device: Device, archive: tuple[str, int], called: str, sop_class: UID) -> str:
    """Why an association for this class alone is not made; "let in" where it is."""
    try:
        device.call(archive, called, sop_class, lambda _: None)
    except Expected as refusal:
        return str(refusal)
    return "let in"


def store(association: Association, left: list[Dataset]) -> None:
    """One after the other while answers come; what is confirmed leaves the list."""
    while left:
        status = association.send_c_store(_implicit(left[0]))
        if getattr(status, "Status", None) != 0:
            return
        left.pop(0)


def _implicit(one: Dataset) -> Dataset:
    """As a device of North has it."""
    sent = Dataset()
    sent.update(one)
    sent.file_meta = FileMetaDataset()
    sent.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return sent


def worklist(station: str) -> Callable[[Association], list[Dataset]]:
    def ask(association: Association) -> list[Dataset]:
        query, step = Dataset(), Dataset()
        query.AccessionNumber, query.PatientName = "", ""
        step.ScheduledStationAETitle = station
        query.ScheduledProcedureStepSequence = [step]
        found = association.send_c_find(query, ModalityWorklistInformationFind)
        return [one for _, one in found if one is not None]

    return ask


def begun_step(association: Association) -> None:
    made, scheduled = Dataset(), Dataset()
    scheduled.AccessionNumber = ACCESSION
    made.ScheduledStepAttributesSequence, made.PerformedProcedureStepStatus = [scheduled], "IN PROGRESS"
    uid, ended = generate_uid(), Dataset()
    ok(association.send_n_create(made, ModalityPerformedProcedureStep, uid)[0])
    ended.PerformedProcedureStepStatus = "COMPLETED"
    ok(association.send_n_set(ended, ModalityPerformedProcedureStep, uid)[0])


def study_query(study: str) -> Callable[[Association], list[Dataset]]:
    def ask(association: Association) -> list[Dataset]:
        query = Dataset()
        query.QueryRetrieveLevel, query.StudyInstanceUID = "STUDY", study
        return [
            one
            for _, one in association.send_c_find(query, StudyRootQueryRetrieveInformationModelFind)
            if one is not None
        ]

    return ask


def study_move(study: str, to: str) -> Callable[[Association], int]:
    def ask(association: Association) -> int:
        query, code = Dataset(), -1
        query.QueryRetrieveLevel, query.StudyInstanceUID = "STUDY", study
        for status, _ in association.send_c_move(query, to, StudyRootQueryRetrieveInformationModelMove):
            code = int(getattr(status, "Status", -1))
        return code

    return ask
