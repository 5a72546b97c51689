"""E-mail addresses of somebody: not of a documentation's example, not of nobody."""

import re
from collections.abc import Iterator
from functools import cache

from curator.privacy.base import Found, before

_LOCAL = r"[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
_EMAIL = re.compile(rf"(?a)(?<![\w.%+@/-])({_LOCAL})@({_DOMAIN})(?![\w@])(?!\.\w)")
_SPELLED = re.compile(
    r"(?a)(?<![\w.@])([A-Za-z0-9][\w.+-]{1,40})\s?[\[({<]\s?at\s?[\])}>]\s?"
    r"([A-Za-z0-9-]{2,40}(?:\s?(?:\.|[\[({<]\s?dot\s?[\])}>])\s?[A-Za-z0-9-]{2,40}){0,3}?"
    r"\s?(?:\.|[\[({<]\s?dot\s?[\])}>])\s?[A-Za-z]{2,12})(?![\w@])",
    re.IGNORECASE,
)
_AT = re.compile(r"[\[({<]\s?at\s?[\])}>]")
_WORDED = re.compile(
    r"(?a)(?<![\w.@])([A-Za-z0-9][\w.+-]{1,40}) at ([A-Za-z0-9-]{2,40}(?: dot [A-Za-z0-9-]"
    r"{2,40}){0,2}"
    r" dot (?:com|org|net|edu|io|de|fr|co|uk|in|es|it|nl))\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"://[^\s/@]*$")
_DOT = re.compile(r"\s?[\[({<]?\s?\bdot\b\s?[\])}>]?\s?|\s?\.\s?", re.IGNORECASE)
# Generic top-level domains in wide use (any two letters are a country's).
_TLDS = re.compile(
    r"com|org|net|edu|gov|mil|int|info|biz|name|pro|mobi|asia|jobs|coop|aero|museum|travel|"
    r"cat|app|dev|ai|cloud|online|site|website|xyz|tech|store|shop|blog|live|life|world|"
    r"today|space|agency|digital|media|email|group|team|work|company|solutions|services|"
    r"systems|network|academy|school|university|health|care|clinic|law|legal|bank|finance|"
    r"capital|studio|design|art|music|news|club|city|berlin|london|paris|nyc|tokyo|swiss|"
    r"global|international|foundation|center|consulting|ventures|partners|tools|software|"
    r"page|link|one|me|tv|ngo|ong|amsterdam|wien|hamburg|koeln|eus|gal|scot|wales|quebec|"
    r"africa|lat"
)
# RFC 2606 and 6761, and domains that stand for "some domain" in templates and code.
_NOBODYS = re.compile(
    r"(?:^|\.)(?:example[\w-]*(?:\.\w+)?(?:\.\w{2})?|[\w-]+\.(?:test|invalid|localhost"
    r"|example|local)"
    r"|(?:your|my|our|their|some|any|the|this)-?(?:company|domain|e-?mail|mail|website|site"
    r"|business"
    r"|organi[sz]ation|org|school|university|server|host|corp|firm|store|shop|app)"
    r"(?:name|domain|here)?\.\w+|(?:sub)?domain(?:name)?\.(?:com|org|net|tld)"
    r"|(?:foo|bar|baz|abc|xyz|test|tests|testing|sample|dummy|fake|placeholder|anything|blah"
    r"|contoso"
    r"|fabrikam|xxx+|abcd|something|whatever|nowhere|somewhere|host(?:name)?|[a-z])"
    r"\.(?:com|org|net|co|io|edu))$",
    re.IGNORECASE,
)
# Domains that are somebody's and yet mostly stand for any: only a whole name makes them a person's.
_ANYBODYS = re.compile(
    r"(?:e-?mail|company|website|site|business|organi[sz]ation|school|university|server|corp|firm"
    r"|store|shop|app|acme)\.(?:com|org|net|edu|co|io)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?!first|last|full|user|your|some|given|test|name)[a-z]{3,}[._-][a-z]{3,}\d{0,4}",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:your|my)[._-]?(?:e?-?mail|name|id|address|user|account|username)?|user(?:[._-]?name)?\d?"
    r"|(?:first|last|full)[._-]?name(?:[._-](?:first|last)[._-]?name)?|e-?mail(?:[._-]?address)?"
    r"|example\d?|sample|dummy|(\w)\1{2,}|[a-z]|some(?:one|body)|git|no-?reply|do-?not-?reply"
    r"|postmaster|mailer-daemon|x+|root|hg",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[Found]:
    """Find e-mail addresses, also those spelled `name [at] host [dot] org`."""
    if "@" in text:
        for found in _EMAIL.finditer(text):
            in_url = _LOGIN.search(before(text, found.start()))
            if not in_url and _is_somebodys(found[1], found[2]):
                yield Found(*found.span(), "email")
    low = text.lower()
    spelled = [_SPELLED] if _AT.search(low) else []
    for pattern in [*spelled, _WORDED] if " dot " in low else spelled:
        for found in pattern.finditer(text):
            if _is_somebodys(found[1], _DOT.sub(".", found[2])):
                yield Found(*found.span(), "email")


def _is_somebodys(local: str, domain: str) -> bool:
    tld = domain.rpartition(".")[2].lower()
    if not _TLDS.fullmatch(tld) and tld not in _countries():
        return False
    if _ANYBODYS.fullmatch(domain) and not _NAME.fullmatch(local):
        return False
    return not (_NOBODYS.search(domain) or _NOBODY.fullmatch(local))


@cache
def _countries() -> frozenset[str]:
    import phonenumbers

    return frozenset(region.lower() for region in phonenumbers.SUPPORTED_REGIONS) | {
        "uk",
        "eu",
        "su",
    }
