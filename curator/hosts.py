"""Hosts: which addresses are of the open internet, and which of this machine."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an address is one of the open internet, also where it wraps another."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    odd = found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False)
    return found.is_global and not odd


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine, however it is written."""
    return _unwrapped(ipaddress.ip_address(address.partition("%")[0])).is_loopback


def _unwrapped(found: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or itself."""
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
    return inner or found
