"""Postal addresses written whole: a house number, a street, and the post code of the place."""

import re
from collections.abc import Iterator

from curator.privacy.base import Found, before

_STREET = (
    r"(?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Blvd|Boulevard|Dr(?:ive)?|L(?:a)?ne?|Way"
    r"|C(?:our)?t|Pl(?:ace)?|"
    r"Terr?(?:ace)?|Cir(?:cle)?|P(?:ar)?kwy|Parkway|Hwy|Highway|Sq(?:uare)?|Close|Crescent"
    r"|Gardens|Trail|Loop)\.?"
)
_STATES = (
    r"A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI"
    r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_UNIT = r"(?:,?\s{1,2}(?:Apt|Apartment|Unit|Suite|Ste|Flat|#|Floor|Rm)\.?\s?#?[\w-]{1,6})?"
_NAME = r"(?:[NSEW]\.? |[NS][EW] )?(?:[A-Z][\w.'-]+ |\d{1,3}(?:st|nd|rd|th) ){1,4}?"
_US = (
    rf"\d{{1,6}} {_NAME}{_STREET}(?: [NS][EW]?)?{_UNIT},?\s{{1,2}}[A-Z][\w.' -]{{2,28}},?\s{{1,"
    rf"2}}(?:{_STATES}),?\s{{1,2}}\d{{5}}(?:-\d{{4}})?"
)
_UK = (
    rf"\d{{1,4}}[A-Za-z]? {_NAME}{_STREET}{_UNIT}(?:,\s{{0,2}}[A-Z][\w' -]{{2,28}}){{0,3}},?\s"
    rf"{{1,2}}[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}"
)
_DE = (
    r"[A-ZÄÖÜ][\w.äöüß-]{2,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|[- ]Stra(?:ß"
    r"|ss)e) \d{1,4} ?[a-z]?,?\s{1,2}(?:D-)?\d{5} [A-ZÄÖÜ][\wäöüß-]{2,30}"
)
_FR = (
    r"\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|impasse|chemin|place|allée"
    r"|quai) [\w' éèêàâîôûç-]{3,40},?\s{1,2}\d{5} [A-Z][\wéèêàâîôûç' -]{2,30}"
)
_ADDRESS = re.compile(rf"(?<![\w.#/$])(?:{_US}|{_UK}|{_DE}|{_FR})(?!\w)")
# The streets that everybody writes: of forms, films and seats of government.
_EVERYBODYS = re.compile(
    r"\b(?:123|1234|12345|456|789|111|100) (?:Main|Elm|Oak|Maple|Any|Fake|Example|First"
    r"|Street|Your|Anywhere|Some)\b"
    r"|1600 (?:Pennsylvania|Amphitheatre)|1 (?:Infinite Loop|Hacker|Microsoft)|One (?:Apple"
    r"|Microsoft)|10 Downing|"
    r"221B Baker|742 Evergreen|Sesame|Any\s?town|Musterstr|Beispielstr|4 Privet|350 Fifth|12345\b",
    re.IGNORECASE,
)


_CODE = re.compile(r"(?a)\d{5}|[A-Z]\d[A-Z\d]? \d[A-Z]{2}")
_HOME = re.compile(
    r"\b(?:i|we|you|he|she|they|who)\b.{0,20}\b(?:live[sd]?|living|resid\w+|mov(?:ed|ing)"
    r"|stay\w*)|\b(?:my|his|her|our|home|"
    r"mailing|return|shipping|billing|delivery|postal|residential|patient'?s?"
    r"|customer'?s?) (?:new |old )?address|"
    r"\b(?:ship|deliver|mail|send|post)(?:ed)? (?:it|them|this|the \w+)? ?to|\b(?:flat"
    r"|apartment|house|residence|lives|"
    r"moved to)\b|anschrift|wohn|habite|domicile|adresse|vivo en|direcci[oó]n|lives at"
    r"|residing|地址是?我|住在",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"restaurant|hotel|caf[eé]|museum|located|store|shop|rating|church|school|branch|headquarter",
    re.IGNORECASE,
)


def find_addresses(text: str) -> Iterator[Found]:
    """Find whole addresses of the USA, Britain, Germany and France that are said to be a home's.

    Most addresses in texts are of restaurants and offices, which everybody may know.
    """
    for found in _ADDRESS.finditer(text) if _CODE.search(text) else ():
        near = before(text, found.start(), 80)
        home = _HOME.search(near) and not _PLACE.search(near)
        if home and not _EVERYBODYS.search(found[0]):
            yield Found(*found.span(), "address")
