"""Room gateway: NGINX on Function Compute (guide step 6)."""

from typing import Annotated, Literal

from pydantic import Field

from dicom_cdk.settings.models.archive import AeTitle
from dicom_cdk.settings.models.base import ImageReference, ImageTag, Settings, setting

Origin = Annotated[str, Field(pattern=r"^https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?$", max_length=253)]
"""Where a page comes from: scheme, host and port, without a slash at the end (RFC 6454)."""


class Gateway(Settings):
    """Authenticated gateway."""

    domain: str | None = setting(None, guide="6.7", pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Custom domain. Without one the function's own address is used: for testing only, browsers download what it answers."""
    dns: bool = setting(True, guide="6.4")
    """Create the CNAME of the domain in Alibaba Cloud DNS; switch off where the zone is kept elsewhere."""
    dns_zone: str | None = setting(None, guide="6.4", pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Zone of the domain in Alibaba Cloud DNS; default: its last two labels."""
    function_name: str | None = setting(None, guide="6.6", pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")
    """Name of the function; default <site>-dicomweb-do (the guide's service and function in one)."""
    ae_titles: tuple[AeTitle, ...] | None = setting(None, guide="6.1")
    """AE titles that the gateway lets through; default: the archive's."""
    open_dimse: bool = False
    """Let the archive's dimse paths through: they start associations to other systems."""
    allowed_origins: tuple[Origin, ...] = ()
    """Origins of web pages that may call the custom domain from a browser (CORS); default: none."""
    function_path: str = setting("", guide="6.6", pattern=r"^[A-Za-z0-9_./-]*$")
    """Path prefix of callers that still use the old address form, such as 2016-08-15/proxy/dicomweb.LATEST/do."""
    cpu_cores: Literal[1, 2, 4] = 2
    """Processor cores of an instance; memory to cores must be 1:1 to 4:1 in GiB."""
    memory_mb: int = setting(4096, guide="6.6", ge=512, le=32768, multiple_of=64)
    """Memory of an instance, MiB."""
    concurrency: int = setting(100, guide="6.6", ge=1, le=200)
    """Requests that one instance handles at a time."""
    min_instances: int = setting(1, guide="6.6", ge=0, le=100)
    """Instances that are always there."""
    timeout_seconds: int = setting(300, ge=1, le=86400)
    """Longest time of one request."""
    body_limit_mb: int = setting(32, ge=1, le=32)
    """Largest request body, MiB; Function Compute stops at 32 MB. Larger studies go over DIMSE or the intranet."""
    nginx_tag: ImageTag = setting("1.28.0", guide="6.2")
    """Tag of the NGINX base image."""
    image: ImageReference | None = None
    """A gateway image of your own; nothing is built on the archive host then."""
