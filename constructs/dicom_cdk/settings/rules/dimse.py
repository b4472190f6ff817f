"""DIMSE behind a balancer: what every archive of the site needs to take it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

OTHER_RULES = 50
"""Of the one security group that instances of SAE are in, beside those of devices and partners."""


def archives(site: "SiteSettings") -> Iterator[Problem]:
    """Several of them, since one is lost as one host is; no more callers than the one security group of an application takes."""
    if site.archive.dimse == "balanced" and site.dicomweb.replicas < 2:
        yield Problem(
            "dicomweb.replicas",
            "is too few for archive.dimse: balanced, where instances of DICOMweb take DIMSE too",
            shown(site.dicomweb.replicas),
            "2 or more, which stand in both zones",
        )
    ways = {("DIMSE", one.address, one.tls) for one in site.modalities or ()}
    ways |= {("HL7", one.address, one.tls) for one in site.hl7 or ()}
    most = site.network.security_group_rules - OTHER_RULES
    if site.archive.dimse == "balanced" and len(ways) > most:
        yield Problem(
            "archive.dimse",
            f"is balanced, but modalities and hl7 have {len(ways)} addresses: instances on SAE are in one security group",
            shown(site.archive.dimse),
            f"host, or at most {most} addresses",
            "have the quota of rules raised and say so (network.security_group_rules), let devices call through one gateway of "
            "their hospital, or keep archive.dimse: host",
        )


def own_certificate(site: "SiteSettings") -> Iterator[Problem]:
    """Instances of SAE make no certificate for themselves, and the image's own key is published."""
    over_tls = [one.ae_title for one in site.modalities or () if one.tls]
    over_tls += [one.application for one in site.hl7 or () if one.tls]
    if site.archive.dimse == "balanced" and over_tls and site.archive.certificate_generation is None:
        yield Problem(
            "archive.certificate_generation",
            f"is needed with archive.dimse: balanced, since {over_tls[0]} speaks TLS: all archives show one certificate",
            shown(None),
            "1, and the variables archive_certificate, archive_private_key, archive_key_store, archive_key_store_password",
        )


DIMSE_RULES = (archives, own_certificate)
