"""IP addresses that belong to somebody: public ones, not versions, not those of documentation."""

import ipaddress
import re
from collections.abc import Iterator

from curator.privacy.base import Found, before

_V4 = re.compile(r"(?a)(?<![\w.\-])(?<!\d:)(?<![^/]/)(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d|/\d|-\d)")
_V6 = re.compile(
    r"(?a)(?<![\w.])(?<![0-9a-fA-F:]:)(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{3,34}(?!["
    r"\w:]|/\d)"
)
_VERSION = re.compile(
    r"(?:\b(?:v|ver|versions?|releases?|firmware|build|update|section|chapter|clause|figure|table|"
    r"step|rule|§|appendix|python|java|node|php|ios|android|chrome|windows|kernel|driver|sdk|api)"
    r"|[<>~^]=?|==)\W{0,3}(?:v|number|is|to)?\W{0,3}$",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"\s+(?:kernel|version|release|build|firmware)\b", re.IGNORECASE)
_SURE_IP = re.compile(
    r"\b(?:ips?|ipv4|ssh|ping|ip address)\b\W{0,3}(?:is|was|of|:)?\W{0,3}$", re.IGNORECASE
)
_SMALL = 31
"""Versions have small parts; an address with two larger ones, or one three digits long, is none."""
_LARGE = 100
# Public resolvers and examples everybody writes: nobody's own.
_EVERYBODYS = frozenset(
    (
        *("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112"),
        *("208.67.222.222", "208.67.220.220", "4.4.4.4", "4.2.2.2", "1.2.3.4", "5.6.7.8"),
        *("2.2.2.2", "3.3.3.3", "2.3.4.5", "9.8.7.6", "11.22.33.44", "12.34.56.78"),
        *("123.123.123.123", "111.111.111.111", "123.45.67.89", "123.45.67.8"),
        *("12.12.12.12", "2001:4860:4860::8888", "2001:4860:4860::8844"),
        *("2606:4700:4700::1111", "2606:4700:4700::1001", "2620:fe::fe"),
    )
)


def find_ips(text: str) -> Iterator[Found]:
    """Find public addresses of both kinds."""
    if text.count(".") > 2:  # noqa: PLR2004 (the dots of an address)
        for found in _V4.finditer(text):
            if _is_public(found[0]) and _is_address(text, found):
                yield Found(*found.span(), "ip")
    if text.count(":") > 1:
        for found in _V6.finditer(text):
            if _is_public(found[0].rstrip(":")):
                yield Found(found.start(), found.start() + len(found[0].rstrip(":")), "ip")


def _is_public(said: str) -> bool:
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and str(address) not in _EVERYBODYS


def _is_address(text: str, found: re.Match[str]) -> bool:
    parts = [int(part) for part in found[0].split(".")]
    versioned = _VERSION.search(before(text, found.start())) or _RELEASE.match(text, found.end())
    if versioned or parts[3] == 0:
        return False
    if sum(part > _SMALL for part in parts) > 1 or max(parts) >= _LARGE:
        return True
    return bool(_SURE_IP.search(before(text, found.start())))
