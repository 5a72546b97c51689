"""Privacy: what in a text is somebody's own, and how it is kept from being seen."""

from curator.privacy.base import Found
from curator.privacy.find import (
    PII_HINT,
    PII_KINDS,
    SECRET_HINT,
    SECRET_KINDS,
    find_pii,
    find_private,
    find_secrets,
    is_plain,
)
from curator.privacy.mask import MASK, hidden, masked, values, values_are_shown

__all__ = [
    "MASK",
    "PII_HINT",
    "PII_KINDS",
    "SECRET_HINT",
    "SECRET_KINDS",
    "Found",
    "find_pii",
    "find_private",
    "find_secrets",
    "hidden",
    "is_plain",
    "masked",
    "values",
    "values_are_shown",
]
