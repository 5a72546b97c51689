"""Samples: values that stand for a secret in a text about secrets, and are none."""

import math
import re
from collections import Counter

_MARKS = re.compile(
    r"example|your|placeholder|dummy|sample|changeme|change[_-]?me|replace|insert|redacted|fake|"
    r"goes[_-]?here|here$|todo|foobar|foo_?bar|x{4,}|\*{3,}|\.{3}|…|•|[<>{}\[\]]|^\$|%[sd(]"
    r"|\bnull\b|"
    r"abcdefgh|12345678|0123456|qwerty|deadbeef|a1b2c3d4|asdf|lorem|[_-]test[_-]|undefined"
    r"|env(?:iron)?\b",
    re.IGNORECASE,
)
# What stands where a password is taught: no word of these guards anything.
_TAUGHT = re.compile(
    r"pass(?:word|wd|phrase)?|secret|admin|root|test|user|login|welcome|letmein|guest|default|demo|"
    r"example|sample|mysql|postgres|qwert|abc|1234|0000|1111|hunter2|correcthorse|monkey"
    r"|dragon|hello|"
    r"changeit|temp|string|value|token|hash|salt|encrypt|plain|valid|required|confirmed|wrong"
    r"|correct|enter|new|old|db_?",
    re.IGNORECASE,
)
_LEET = str.maketrans(
    {"@": "a", "4": "a", "0": "o", "$": "s", "5": "s", "1": "i", "3": "e", "!": "i"}
)
_FEW = 6
HEX_ENTROPY = 3.0
"""Bits a sign, hex: the default limit of detect-secrets."""
BASE64_ENTROPY = 3.5
"""Bits a sign, other keys: as gitleaks; detect-secrets' 4.5 misses all below 23 signs."""


def entropy(text: str) -> float:
    """Return Shannon's entropy of the signs of a text, in bits a sign."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values())


def is_sample(value: str) -> bool:
    """Say whether a key is a placeholder: it says so, counts up, or has hardly any signs."""
    return bool(_MARKS.search(value)) or len(set(value)) < _FEW


def is_taught(password: str) -> bool:
    """Say whether a password is one that texts use to speak of passwords, and hardly more."""
    left = min((_TAUGHT.sub("", said) for said in (password, password.translate(_LEET))), key=len)
    return is_sample(password) or len(left) < _FEW


def classes(value: str) -> int:
    """Count the kinds of signs in it: small and capital letters, digits, others."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    return sum(any(map(kind, value)) for kind in kinds)


def is_random(value: str) -> bool:
    """Say whether a value near a key word looks drawn by a machine."""
    if not any(map(str.isdigit, value)) or not any(map(str.isalpha, value)):
        return False
    limit = HEX_ENTROPY if re.fullmatch(r"[0-9a-fA-F-]+", value) else BASE64_ENTROPY
    return entropy(value) >= limit and not is_sample(value)
