"""HL7 partners: systems of the hospitals that tell the archive of patients and orders."""

from typing import Annotated, Literal

from pydantic import Field

from dicom_cdk.settings.models.base import IpAddress, Settings, setting
from dicom_cdk.settings.models.modalities import CertificateFile

Hl7Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
"""A name of MSH-3 or MSH-4, without what HL7 takes for a delimiter."""
CharacterSet = Literal["UNICODE UTF-8", "GB 18030-2000", "8859/1"]
"""As MSH-18 names it."""


class Hl7Partner(Settings):
    """One sending application."""

    application: Hl7Name = setting()
    """Its sending application (MSH-3), such as RIS."""
    facility: Hl7Name = setting()
    """Its sending facility (MSH-4), such as NORTH."""
    hospital: str = setting(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,35}$")
    """The hospital of `hospitals` it stands in."""
    address: IpAddress = setting()
    """Its address as the archive sees it, inside a network of its hospital."""
    sends: tuple[Literal["adt", "order"], ...] = setting()
    """What it sends: patients (ADT), orders for the worklist (ORM^O01, OMI^O23)."""
    tls: bool = True
    """Whether it speaks HL7 over TLS (port 12575 of the archive)."""
    reason: str | None = setting(None, min_length=10, max_length=200)
    """Why it cannot speak TLS; without one a policy refuses it."""
    certificate: CertificateFile | None = None
    """Its own certificate (PEM), where its hospital has no authority."""
