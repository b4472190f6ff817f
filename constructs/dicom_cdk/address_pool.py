"""Which private range the container engine of a host may use for its own bridges: one that nobody else has.

Pure values, standard library only: the settings' rules and the payloads both ask.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

VENDOR_RANGES = ("100.64.0.0/10",)
"""The vendor's own services as seen from a VPC: metadata, balancers' health checks, intranet endpoints."""
CHOICE = "192.168.0.0/17, 192.168.128.0/17, 172.16.0.0/16 to 172.31.0.0/16 or a 10.x.0.0/16"
"""The ranges that are tried, in words."""

_CANDIDATES = (
    *(f"192.168.{third}.0/17" for third in (128, 0)),
    *(f"172.{second}.0.0/16" for second in range(31, 15, -1)),
    *(f"10.{second}.0.0/16" for second in range(255, -1, -1)),
)


def free_pool(taken: Iterable[str]) -> str | None:
    """The first candidate that overlaps none of `taken` (CIDRs) nor the vendor's own; None when all are taken."""
    used = [IPv4Network(cidr) for cidr in (*taken, *VENDOR_RANGES)]
    return next((each for each in _CANDIDATES if not any(IPv4Network(each).overlaps(net) for net in used)), None)
