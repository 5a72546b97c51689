"""Phone numbers that could ring: valid in their country, written as one or called one."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from collections.abc import Iterator

from curator.privacy.base import Found, before

_CANDIDATE = re.compile(
    r"(?a)(?<![\w.,@/#$€£%&^-])(?<![^A-Za-z_]=)(?:(?:\+|00)[ ]?[1-9]|\(\+\d"
    r"|\(?\d)[\d ().\-/\u2011\u2013\u00a0]{5,22}\d"
    r"(?![\w%@]|[.,:/-]\d)"
)
_TEL = re.compile(
    r"(?<![A-Za-z])(?:tel(?:e(?:phone|fone|fon|fonnummer|foon)|[eé]phone|[eé]fono|\.?(?:nr|no)\b|\b)"
    r"|mobile(?![a-z])|cell(?:ular)?(?:phone| phone)?(?![a-z])|mobil(?:nummer)?(?![a-z])"
    r"|handy(?:nummer)?(?![a-z])|(?:smart|i)?phones?(?![a-z])|sms(?![a-z])"
    r"|whats ?app|fax(?![a-z])|hotline|helpline|viber|ruf(?:nummer|en)|m[oó]vil|celular|cellulare"
    r"|rückruf|telefoonnummer|num[eé]ro de portable)|☎|📞|📱|телефон|тел\b|звон|моб\b"
    r"|电话|微信|手机|联系方式|致电|電話|手機|携帯|전화|휴대|फ़?ोन|هاتف|جوال",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\b(?i:call(?:ing)?|ring|text|dial|reach|contact|anrufen|ruf|rufen|appelez|appeler"
    r"|ll[aá]m[ae](?:me|nos)?|ligue|"
    r"zadzwoń|bel)\b(?:(?: (?:me|us|him|her|them|back|now|again|today|tonight|tomorrow|later"
    r"|directly|mich|moi|[A-Z][\w.]+)"
    r"){0,4}|[^.!?\n]{0,30} (?:at|on|under|unter|au|al|no|op|pod))\W{0,3}$"
)
_AFTER = re.compile(
    r"\s?[(\[]?(?:mobile|cell|home|work|office|landline|tel|fax|whats ?app|handy)\b", re.IGNORECASE
)
# NANP, French, British mobile, Chinese mobile, Indian mobile: groups nothing else is written in.
_SHAPED = (
    ("US", re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}")),
    ("FR", re.compile(r"0[1-9](?:[ .-]\d{2}){4}")),
    (
        "GB",
        re.compile(
            r"0(?:7\d{3} \d{6}|7\d{3} \d{3} \d{3}|20 \d{4} \d{4}|1\d{3} \d{6}|1\d{2} \d{3} \d{4})"
        ),
    ),
    ("CN", re.compile(r"1[3-9]\d[ -]\d{4}[ -]\d{4}")),
    ("BR", re.compile(r"\(\d{2}\) ?9?\d{4}-\d{4}")),
    ("AU", re.compile(r"(?:04\d{2} \d{3} \d{3}|\(0[2378]\) \d{4} \d{4})")),
)
_REGIONS = (
    *("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "CN", "BR", "PL", "AU", "JP", "MX", "KR"),
    *("RU", "CH", "AT", "SE", "NO", "DK", "FI", "BE", "PT", "IE", "TR", "ZA", "NG", "KE", "PK"),
    *("BD", "ID", "PH", "VN", "TH", "MY", "SG", "HK", "TW", "AE", "SA", "EG", "IL", "UA", "CZ"),
    *("RO", "HU", "GR", "AR", "CO", "CL", "PE", "NZ"),
)
_SHAPED_ONE = re.compile(rf"(?a)(?<!\d){_SHAPED[0][1].pattern}(?!\d)")
_FICTION = re.compile(r"1?\d{3}55501\d\d|555\d{4}|1?555\d{7}")
_TOLL_FREE = re.compile(
    r"\+?1?[ .-]?\(?8(?:00|88|77|66|55|44|33)\)?[ .-]\d{3}.\d{4}|\+?(?:1|44|49)?0?80\d{1,2} ?\d+"
)
"""A number that costs its caller nothing is a company's."""
_COUNTED = "01234567890123456789"
_NOT_A_PHONE = re.compile(
    r"(?:isbn|issn|routing|aba|ean|upc|asin|doi|sku|arxiv|serial|order|invoice|tracking|part"
    r"|model|item|ref(?:erence)?"
    r"|ticket|case|batch|version|patent|iban|card|account|konto|订单|编号|bestell|rechnungs?"
    r"|pedido|commande)"
    r"[\w-]*\W{0,3}(?:n(?:o|r|um(?:ber|mer)?)?\b\W{0,3}|id\b|#|is|号|:)*\W{0,3}$"
    r"|[\d)\]xyπ]\s*[-+*/×÷^=]\s*$|[-+*/×÷^=]\s{1,2}$|\b(?:sum|add|subtract|multiply|divide"
    r"|calculate|solve|compute|evaluate|simplify|pi)\b[^.]*$",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"\s*[*×÷^=]|\s+[-+/]\s+\d")
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ](?:0?\d|1[0-2])[-./ ]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
)
_YEARS = re.compile(r"\(?(?:1[5-9]|20)\d\d\)?\s?[-\u2013/ ]+\s?\(?(?:1[5-9]|20)\d\d\)?")
_FEWEST, _MOST = 8, 15


def find_phones(text: str) -> Iterator[Found]:
    """Find international numbers, national ones of a telling shape, others that a word calls so."""
    at = 0
    while found := _CANDIDATE.search(text, at):
        start, end = found.span()
        said = found[0]
        start += len(said) - len(said.lstrip("( ")) if said.count("(") > said.count(")") else 0
        first = _SHAPED_ONE.search(text, found.start())
        if first and first.start() < end != first.end() and not _rings(text, start, end):
            start, end = first.span()  # several stand on one line
        if _rings(text, start, end):
            yield Found(start, end, "phone")
        at = end


def _rings(text: str, start: int, end: int) -> bool:
    said = text[start:end]
    if _is_other(text, start, end, said) or _is_nobodys(said):
        return False
    if said.lstrip("(").startswith(("+", "00")):
        return _is_international(said)
    if any(shape.fullmatch(said) and _is_valid(said, region) for region, shape in _SHAPED):
        return True
    if _SHAPED[0][1].fullmatch(said) or not _is_called(text, start, end):
        return False  # in the first shape it is American or nothing
    return any(_is_valid(said, region) for region in _REGIONS)


def _is_nobodys(said: str) -> bool:
    """Say whether a number is too short or plain, made for films, counted up, or a company's."""
    digits = re.sub(r"\D", "", said)
    plain = not _FEWEST <= len(digits) <= _MOST or len(set(digits)) < 3  # noqa: PLR2004 (1111111)
    known = _FICTION.fullmatch(digits) or _TOLL_FREE.fullmatch(said)
    return plain or bool(known) or digits[-9:] in _COUNTED


def _is_called(text: str, start: int, end: int) -> bool:
    head = before(text, start)
    return bool(
        _TEL.search(head)
        or _CALL.search(head)
        or _AFTER.match(text, end)
        or _TEL.match(text, end + 2)
    )


def _is_other(text: str, start: int, end: int, said: str) -> bool:
    """Say whether it is a date, a span of years, a sum, or called something else."""
    if _DATE.match(said) or _YEARS.match(said) or (said.count(".") == 1 and "-" not in said):
        return True
    return bool(_NOT_A_PHONE.search(before(text, start)) or _OPERATOR.match(text, end))


def _is_international(said: str) -> bool:
    bare = said.lstrip("( ")
    number = "+" + bare[2:] if bare.startswith("00") else bare
    return _is_valid(number.replace("(0)", ""), None)


def _is_valid(number: str, region: str | None) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
