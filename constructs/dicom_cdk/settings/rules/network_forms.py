"""IPv4 networks and fixed addresses: well formed, private, inside each other, not overlapping, not the vendor's.

The vendor takes 100.64.0.0/10 for its own services (balancer health checks, metadata), and of every vSwitch the first address
and the last three. VPCs have 8 to 28 bits, vSwitches 16 to 29.
"""

from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from dicom_cdk.settings.errors import Path, Problem, shown

PRIVATE = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
VENDOR = IPv4Network("100.64.0.0/10")
VPC_BITS = (8, 28)
VSWITCH_BITS = (16, 29)
_PRIVATE_WORDS = "a network inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"


def network(key: Path | str, cidr: str, bits: tuple[int, int]) -> Iterator[Problem]:
    """One network: form, host bits, size."""
    parsed = parse_network(cidr)
    if parsed is None:
        yield Problem(key, "is no IPv4 network", shown(cidr), "address/bits, such as 172.18.80.0/20")
        return
    exact = str(parsed)
    if exact != cidr:
        host = IPv4Address(cidr.partition("/")[0]) != parsed.network_address
        yield Problem(key, "has host bits set" if host else "has a wrong form", shown(cidr), shown(exact))
    low, high = bits
    if not low <= parsed.prefixlen <= high:
        yield Problem(key, "has a wrong size", f"/{parsed.prefixlen}", f"/{low} to /{high}")


def range_of(key: Path | str, cidr: str, *, private: bool) -> Iterator[Problem]:
    """Whether a network is private (asked for) and not the vendor's."""
    parsed = parse_network(cidr)
    if parsed is None:
        return
    if parsed.subnet_of(VENDOR):
        yield Problem(key, "is in 100.64.0.0/10, which the vendor keeps for itself", shown(cidr), _PRIVATE_WORDS)
    elif private and not any(parsed.subnet_of(range_) for range_ in PRIVATE):
        yield Problem(key, "is not private", shown(cidr), _PRIVATE_WORDS)


def vswitch(key: str, cidr: str, vpc_cidr: str) -> Iterator[Problem]:
    """A vSwitch's network, inside that of the VPC."""
    yield from network(key, cidr, VSWITCH_BITS)
    own, around = parse_network(cidr), parse_network(vpc_cidr)
    if own and around and not own.subnet_of(around):
        yield Problem(key, "is outside the VPC", shown(cidr), f"a network inside {around} (network.cidr)")


def overlapping(key: str, cidr: str, other_key: str, other: str) -> Iterator[Problem]:
    """Two networks that must be apart."""
    one, two = parse_network(cidr), parse_network(other)
    if one and two and one.overlaps(two):
        yield Problem(key, f"overlaps {other_key}", shown(cidr), f"a network apart from {two}")


def clients(key: str, cidrs: tuple[str, ...]) -> Iterator[Problem]:
    """Networks that may connect: private ones, each once."""
    seen: dict[str, int] = {}
    for index, cidr in enumerate(cidrs):
        path: Path = (*key.split("."), index)
        yield from network(path, cidr, (8, 32))
        yield from range_of(path, cidr, private=True)
        if cidr in seen:
            yield Problem(path, "is there twice", shown(cidr), "every network once")
        seen[cidr] = index


def inside(key: str, address: str, network_key: str, cidr: str) -> Iterator[Problem]:
    """An address that a host or balancer may have in a vSwitch."""
    parsed, around = _address(address), parse_network(cidr)
    if parsed is None:
        yield Problem(key, "is no IPv4 address", shown(address), "four numbers from 0 to 255, such as 172.18.92.187")
    elif around is None or around.num_addresses < 8:
        # Its own rule says what is wrong with the network.
        return
    elif parsed not in around:
        yield Problem(key, f"is outside its vSwitch ({network_key})", shown(address), _free(around))
    elif parsed in _reserved(around):
        yield Problem(key, "is reserved by the vendor", shown(address), _free(around))


def same(addresses: Mapping[str, str | None]) -> Iterator[Problem]:
    """Addresses that two keys claim."""
    first: dict[IPv4Address, str] = {}
    for key, address in addresses.items():
        parsed = None if address is None else _address(address)
        if parsed is not None and (other := first.setdefault(parsed, key)) != key:
            yield Problem(key, f"is taken already by {other}", shown(address), "an address of its own")


def parse_network(cidr: str) -> IPv4Network | None:
    """The network, host bits cut off; None if it is none or has no /bits."""
    if not cidr.partition("/")[2].isdigit():
        return None
    try:
        return IPv4Network(cidr, strict=False)
    except (AddressValueError, NetmaskValueError):
        return None


def _address(address: str) -> IPv4Address | None:
    try:
        return IPv4Address(address)
    except AddressValueError:
        return None


def _reserved(around: IPv4Network) -> tuple[IPv4Address, ...]:
    return (around[0], around[-3], around[-2], around[-1])


def _free(around: IPv4Network) -> str:
    return f"{around[1]} to {around[-4]}"
