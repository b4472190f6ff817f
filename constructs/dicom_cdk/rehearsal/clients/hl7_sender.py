"""A hospital's system that sends HL7 over MLLP: what it says of a patient and of orders, and how that is acknowledged."""

import socket
import ssl
from contextlib import nullcontext, suppress

from pydicom.uid import generate_uid

from dicom_cdk.rehearsal.archive import hl7 as archive_hl7
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.clients.dimse_requests import ACCESSION

UNMAPPED = "A2"
"""Accession number of the order that names no station."""


def message(application: str, facility: str, kind: str, control: str, study: str) -> str:
    """Of a patient with a Chinese name. `kind`: ADT^A04, or an order, OMI^O23 (of `study`) or ORM^O01; `control`: of an order."""
    head = f"MSH|^~\\&|{application}|{facility}|DCM4CHEE|DICOM|20260101||{kind}|1|P|2.5.1||||||UNICODE UTF-8"
    segments = [head, "PID|||NORTH1^^^N||\u738b^\u5c0f\u4e1c||19700101|M"]
    if kind == "ORM^O01":
        blanks = "|" * 14
        segments += [f"ORC|{control}|{UNMAPPED}", f"OBR|1|{UNMAPPED}||CT{blanks}{UNMAPPED}"]
        segments.append(f"ZDS|{generate_uid()}^DICOM^Application^DICOM")
    elif kind == "OMI^O23":
        segments += [f"ORC|{control}|{ACCESSION}", f"OBR|1|{ACCESSION}"]
        segments.append(f"IPC|{ACCESSION}|{ACCESSION}|{study}|{ACCESSION}|CT||CT||CT_NORTH")
    return "\r".join(segments) + "\r"


def acknowledged(archive: tuple[str, int], message: str, context: ssl.SSLContext | None, seconds: float) -> str:
    """The code of the acknowledgement, such as AA, within so many seconds. Raises Expected where the connection ends before it."""
    with socket.create_connection(archive, seconds) as plain:
        answer = b""
        # By TLS 1.3 a client learns of a certificate that was refused when it reads.
        with suppress(OSError), context.wrap_socket(plain) if context else nullcontext(plain) as connection:
            connection.sendall(archive_hl7.BEGIN + message.encode() + archive_hl7.END)
            answer = archive_hl7.whole(connection)
        expect(bool(answer), "the connection ended before an acknowledgement")
    return answer.decode().split("\rMSA|")[1].split("|")[0]
