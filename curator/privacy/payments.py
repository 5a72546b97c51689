"""Card numbers, bank accounts (IBAN) and wallets, each with its checksum."""

# ruff: noqa: RUF001 (signs of arithmetic are meant)

import re
from collections.abc import Callable, Iterator

from curator.privacy.base import Found, before

_LONG = re.compile(r"(?a)\d(?:[ -]?\d){12}")
_CARD = re.compile(
    r"(?a)(?<![\w.,+$€£/-])(?:[2-6]\d{3}(?:([ -])\d{4}\1\d{4}\1\d{4}|\d{9,12})"
    r"|3[47]\d{2}(?:([ -])\d{6}\2\d{5}|\d{11})|3[0689]\d{2}([ -])\d{6}\3\d{4})(?![\w]|[-.,]\d| \d)"
)
# Visa, Mastercard, American Express, Discover, JCB, Diners, UnionPay, Maestro.
_NETWORK = re.compile(
    r"4\d{15}|4\d{12}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011"
    r"|4[4-9]\d|5\d\d)\d{12}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|62\d{14}|(?:50|5[6-9]|67)\d{14}"
)
# The numbers that payment companies publish for tests are nobody's (Stripe, PayPal, Adyen).
_TEST = re.compile(
    r"(\d)\1{14,}|4(?:242){5}|(?:4242){4}|4111(?:1{12})|(?:5{12}|5105105105105)(?:4444|100)"
    r"|4012888888881881"
    r"|40000{3,}\d+|4000056655665556|5200828282828210|378282246310005|371449635398431"
    r"|378734493671000"
    r"|6011111111111117|6011000990139424|6011000000000004|6011981111111113|3056930009020004"
    r"|30569309025904"
    r"|38520000023237|36227206271667|3566002020360505|3530111333300000|6200000000000\d+"
    r"|5454(?:5454){3}"
    r"|4444333322221111|2223003122003222|2223000048400011|4222222222222|4917610000000000"
    r"|5019717010103742"
    r"|1234567\d+|4(?:916|929|532|539)?0{6,}\d+|5399999999999999|4005519200000004|4009348888881881"
)
_NO_CARD = re.compile(
    r"(?:isbn|ean|upc|gtin|imei|order|invoice|tracking|serial|timestamp|transaction|ticket"
    r"|product|item|sku|"
    r"reference|订单|运单|number of|population|seconds|bytes|sum|product of"
    r"|factor\w*)[^.;\n]{0,14}$|[*×÷^]\s*$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\W{1,3}(?:of |is )?(?:the |my |your |an? )?(?:order|isbn|invoice|tracking)\b", re.IGNORECASE
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_BTC = re.compile(
    r"(?<![A-Za-z0-9/])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}"
    r"|bc1[02-9ac-hj-np-z]{38,60})(?![A-Za-z0-9])"
)
_GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def find_cards(text: str) -> Iterator[Found]:
    """Find card numbers of known networks with a true check digit, but for published test ones."""
    from stdnum import luhn

    for found in _CARD.finditer(text) if _LONG.search(text) else ():
        digits = re.sub(r"\D", "", found[0])
        if not _NETWORK.fullmatch(digits) or _TEST.fullmatch(digits):
            continue
        other = _NO_CARD.search(before(text, found.start())) or _OF.match(text, found.end())
        if luhn.is_valid(digits) and not other:
            yield Found(*found.span(), "card")


def find_ibans(text: str) -> Iterator[Found]:
    """Find international bank account numbers."""
    from stdnum import iban

    for found in _IBAN.finditer(text):
        end = _true_end(found[0], iban.is_valid)
        if end:
            yield Found(found.start(), found.start() + end, "iban")


def _true_end(said: str, is_valid: Callable[[str], bool]) -> int:
    """Return how much of it is one: a word in capitals may follow an account."""
    for end in range(len(said), 14, -1):
        if (
            said[end - 1].isalnum()
            and (end == len(said) or said[end] == " ")
            and is_valid(said[:end])
        ):
            return end
    return 0


def find_wallets(text: str) -> Iterator[Found]:
    """Find Bitcoin addresses; those of other chains have no checksum that must hold."""
    from stdnum import bitcoin

    for found in _BTC.finditer(text):
        if found[0] != _GENESIS and bitcoin.is_valid(found[0]):
            yield Found(*found.span(), "wallet")
