"""Room dicomweb: the DICOMweb service on Serverless App Engine (guide step 5)."""

from typing import Literal

from dicom_cdk.settings.models.base import IpAddress, Settings, setting


class Dicomweb(Settings):
    """SAE application and its intranet balancer."""

    app_name: str = setting("DicomService", guide="5.1", pattern=r"^[A-Za-z][A-Za-z0-9-]{0,35}$")
    """Name of the application (the guide spells it DicomSerivce)."""
    namespace: str | None = setting(None, guide="5.1", pattern=r"^[a-z0-9]{1,20}$")
    """Short id of the SAE namespace; default: the site's name without hyphens."""
    replicas: int = setting(2, guide="5.1", ge=1, le=50)
    """Instances, spread over both vSwitches."""
    cpu_millicores: Literal[500, 1000, 2000, 4000, 8000, 16000, 32000] = setting(8000, guide="5.1")
    """Processor share of an instance, thousandths of a core."""
    memory_mb: Literal[1024, 2048, 4096, 8192, 12288, 16384, 24576, 32768, 65536, 131072] = setting(32768, guide="5.1")
    """Memory of an instance, MiB."""
    heap_percent: int = setting(60, ge=10, le=80)
    """Java heap in percent of the instance's memory."""
    balancer_name: str = setting("slb-dicom-web", min_length=1, max_length=80)
    """Name of the intranet balancer."""
    balancer_ip: IpAddress = setting("172.18.92.191", guide="5.2")
    """Address of the intranet balancer, inside vSwitch l."""
