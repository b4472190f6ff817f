"""A vSwitch, made here or brought."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subnet:
    """Where machines and balancers stand: id (may be a reference), zone id, IPv4 network. Room network makes it."""

    id: str
    zone: str
    cidr: str
