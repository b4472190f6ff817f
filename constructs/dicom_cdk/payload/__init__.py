"""Payloads: what travels to hosts, as bundles, user data and commands; pure Python, knows nothing of Terraform."""

from dicom_cdk.payload.bundle import Bundle, File
from dicom_cdk.payload.errors import (
    MissingTemplateError,
    MissingValueError,
    NotAPayloadError,
    PayloadError,
    SecretInTextError,
    TooLargeError,
)

__all__ = [
    "Bundle",
    "File",
    "MissingTemplateError",
    "MissingValueError",
    "NotAPayloadError",
    "PayloadError",
    "SecretInTextError",
    "TooLargeError",
]
