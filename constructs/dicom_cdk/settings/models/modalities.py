"""Hospitals and their modalities: who may call the archive by DIMSE, and whom it may send to."""

from typing import Annotated, Literal

from pydantic import Field

from dicom_cdk.settings.models.base import Cidr, IpAddress, Settings, setting

PeerAeTitle = Annotated[str, Field(pattern=r"^[!-\[\]-~]([ -\[\]-~]{0,14}[!-\[\]-~])?$")]
"""Any legal AE title (PS3.5 6.2): of a device that is there already, hence wider than ours."""

CertificateFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\.(pem|crt|cer)$")]
"""A file beside the site file, read when the site is."""

Service = Literal["store", "query", "retrieve", "worklist"]


PublicAddress = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$")]
"""An IPv4 address of the internet."""


class Vpn(Settings):
    """IPsec to a hospital: two tunnels, IKEv2, one key for both."""

    peer: PublicAddress = setting()
    """Public address of the hospital's VPN gateway."""
    second_peer: PublicAddress | None = None
    """Of its second gateway, for the second tunnel; None: both tunnels go to the first."""
    key_generation: int = setting(1, ge=1)
    """Number of the pre-shared key, which is made at random and kept with the site's secrets; raise it for a new one."""


class Hospital(Settings):
    """A hospital by its networks; naming one opens nothing."""

    name: str = setting(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,35}$")
    """Name, which entries of `modalities` use."""
    cidrs: tuple[Cidr, ...] = setting()
    """Private networks of its devices, apart from the VPC's and from other hospitals'."""
    vpn: Vpn | None = None
    """Its devices come over IPsec; None: over a network that is there."""
    next_hop: str | None = setting(None, pattern=r"^(tr-attach|ri)-[a-z0-9]+$")
    """What leads to its networks over CEN (attachment of the VPC at the transit router, tr-attach-…) or Express Connect (router
    interface, ri-…), where routes are not learned by themselves."""
    certificate: CertificateFile | None = None
    """Certificate of its own authority (PEM), which issued those of its devices."""


class Modality(Settings):
    """One device: what it is called, where it is, what it may do."""

    ae_title: PeerAeTitle = setting()
    """Its AE title, once in the site."""
    hospital: str = setting(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,35}$")
    """The hospital of `hospitals` it stands in."""
    address: IpAddress = setting()
    """Its address as the archive sees it, inside a network of its hospital."""
    port: int = setting(104, ge=1, le=65535)
    """Where it takes images and reports of storage commitment."""
    tls: bool = True
    """Whether it speaks DICOM over TLS (port 2762 of the archive)."""
    reason: str | None = setting(None, min_length=10, max_length=200)
    """Why it cannot speak TLS; without one a policy refuses it."""
    may: tuple[Service, ...] = setting()
    """What it may do: store images, query, retrieve (be sent images too), ask for the worklist."""
    certificate: CertificateFile | None = None
    """Its own certificate (PEM), where its hospital has no authority."""
