"""What two sites may not share when they are loaded together: names that exist once in the world, in an account, or in a VPC.

Each entry: the key that a clash is reported at, and what is compared (None: nothing of its own). In a tuple, the last element
is shown.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def sae_namespace(site: "SiteSettings") -> tuple[str, ...]:
    """One in a region of an account; by default the site's name without hyphens, so ct-a and cta clash."""
    return (site.account_id, site.region, site.dicomweb.namespace or site.name.replace("-", ""))


def function(site: "SiteSettings") -> tuple[str, ...]:
    """One in a region of an account."""
    return (site.account_id, site.region, site.gateway.function_name or f"{site.name}-dicomweb-do")


def registry(site: "SiteSettings") -> tuple[str, ...] | None:
    """An instance of one's own; an existing one may serve several sites."""
    return (
        None
        if site.registry.instance_id
        else ("registry", site.registry.instance_name or f"{site.name}-{site.account_id}")
    )


def in_existing_vpc(pick: "Callable[[SiteSettings], str | None]") -> "Callable[[SiteSettings], tuple[str, ...] | None]":
    """Addresses clash only where two sites bring the same VPC."""

    def of(site: "SiteSettings") -> tuple[str, ...] | None:
        address = pick(site)
        return None if site.network.vpc_id is None or address is None else (site.network.vpc_id, address)

    return of


BETWEEN_SITES: "tuple[tuple[str, Callable[[SiteSettings], object]], ...]" = (
    ("name", lambda site: site.name),
    ("storage.bucket", lambda site: site.storage.bucket),
    ("logs.project", lambda site: site.logs.project),
    ("registry.instance_name", registry),
    ("gateway.domain", lambda site: site.gateway.domain),
    ("gateway.signed_domain", lambda site: site.gateway.signed_domain),
    ("gateway.function_name", function),
    ("dicomweb.namespace", sae_namespace),
    ("directory.private_ip_l", in_existing_vpc(lambda site: site.directory.private_ip_l)),
    ("directory.private_ip_g", in_existing_vpc(lambda site: site.directory.private_ip_g)),
    ("directory.balancer_ip", in_existing_vpc(lambda site: site.directory.balancer_ip)),
    ("dicomweb.balancer_ip", in_existing_vpc(lambda site: site.dicomweb.balancer_ip)),
    ("archive.private_ip", in_existing_vpc(lambda site: site.archive.private_ip)),
)
