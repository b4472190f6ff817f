"""Room filter: the gateway's NGINX once more, between hospitals' networks and the archive's HTTP port."""

from typing import Literal

from dicom_cdk.settings.models.base import IpAddress, Settings, setting


class Filter(Settings):
    """SAE application and its intranet balancer; made where `network.hospital_cidrs` names a network."""

    app_name: str = setting("DicomFilter", pattern=r"^[A-Za-z][A-Za-z0-9-]{0,35}$")
    """Name of the application."""
    replicas: int = setting(2, ge=1, le=50)
    """Instances, spread over both vSwitches."""
    cpu_millicores: Literal[500, 1000, 2000, 4000] = 1000
    """Processor share of an instance, thousandths of a core."""
    memory_mb: Literal[1024, 2048, 4096, 8192] = 2048
    """Memory of an instance, MiB; bodies are streamed, so their size needs none."""
    balancer_name: str = setting("slb-dicom-filter", min_length=1, max_length=80)
    """Name of the intranet balancer."""
    balancer_ip: IpAddress | None = None
    """Address that hospitals use for DICOMweb, inside vSwitch l; default: a free one, which output `dicomweb_url` tells."""
    body_limit_mb: int = setting(4096, ge=1, le=8192)
    """Largest request body, MiB."""
    timeout_seconds: int = setting(900, ge=1, le=86400)
    """Longest silence of the archive within a request."""
