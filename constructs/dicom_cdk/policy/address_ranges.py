"""What an address range means: private, public, or so much of the internet that it is nobody's network."""

import ipaddress
import re
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE = tuple(
    ipaddress.ip_network(cidr)
    for cidr in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
        *("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),  # RFC 6598, 1122, 3927
        *("fc00::/7", "fe80::/10", "::1/128"),  # RFC 4193, 4291
    )
)
NO_CLIENT = 16
"""A public range with a shorter prefix is no hospital and no office: half the internet is the internet."""
_NAMED = re.compile(r"(?<![\w.:])(?:\d+(?:\.\d+){3}|[0-9A-Fa-f:]*::[0-9A-Fa-f:]*)/\d{1,3}(?![\w.:])")
"""A range inside an expression that only Terraform evaluates."""
_EMBEDDED = tuple(
    # RFC 4291, 6052, 3056: all of IPv4 is in each.
    ipaddress.IPv6Network(cidr)
    for cidr in ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")
)


def network(cidr: Any) -> Network | None:
    """A range as it is written, host bits ignored; None for what is none. IPv4 in IPv6, mapped or translated, is IPv4."""
    try:
        found = ipaddress.ip_network(str(cidr).strip(), strict=False)
    except ValueError:
        return None
    for within in _EMBEDDED if isinstance(found, ipaddress.IPv6Network) else ():
        if found.subnet_of(within):  # type: ignore[arg-type]
            address = int(found.network_address) >> (96 - within.prefixlen) & 0xFFFFFFFF
            return ipaddress.IPv4Network((address, min(found.prefixlen - within.prefixlen, 32)), strict=False)
    return found


def is_public(cidr: Any) -> bool:
    """Whether a range holds addresses outside the private ones; what cannot be read is taken for public, a reference is not."""
    found = network(cidr)
    return "${" not in str(cidr) if found is None else not _private(found)


def is_internet(cidr: Any) -> bool:
    """Whether a range is the internet, or so much of it that no client has it. An expression is, that names such a range."""
    found = network(cidr)
    if found is None:
        text = str(cidr)
        named = _NAMED.findall(text) if "${" in text or "%{" in text else ()
        return text.strip().endswith("/0") or any(map(is_internet, named))
    return not _private(found) and found.prefixlen < NO_CLIENT


def _private(found: Network) -> bool:
    return any(found.version == private.version and found.subnet_of(private) for private in PRIVATE)  # type: ignore[arg-type]
