"""Numbers that a state gives a person, each with its structure and its check digits."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from curator.privacy.base import Found, around, before

_BOUND = r"(?a)(?<![\w.,/+-])(?:{})(?![\w]|[-./]\d)"


class _Number(NamedTuple):
    """How one number is written, who checks it, and the words that must stand near it."""

    pattern: re.Pattern[str]
    checker: str
    words: re.Pattern[str] | None = None
    nobodys: frozenset[str] = frozenset()


def _number(pattern: str, checker: str, words: str = "", nobodys: str = "") -> _Number:
    near = re.compile(words, re.IGNORECASE) if words else None
    return _Number(re.compile(_BOUND.format(pattern)), checker, near, frozenset(nobodys.split()))


# Numbers that say what they are: fixed letters or signs, and check digits or a birth date inside.
_TELLING = (
    _number(
        r"\d{3}-\d{2}-\d{4}", "us.ssn", nobodys="123-45-6789 078-05-1120 219-09-9999 111-11-1111"
    ),
    _number(
        r"(?!QQ|BG|GB|NK|KN|TN|NT"
        r"|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        "",
        nobodys="AB123456C",
    ),
    _number(
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", "fr.nir"
    ),
    _number(r"\d{8}-?[A-HJ-NP-TV-Z]", "es.dni", nobodys="12345678Z 00000000T 11111111H"),
    _number(r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]", "es.nie", nobodys="X1234567L"),
    _number(
        r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]",
        "it.codicefiscale",
        nobodys="RSSMRA80A01H501U",
    ),
    _number(r"\d{3}\.\d{3}\.\d{3}-\d{2}", "br.cpf", nobodys="12345678909 11144477735"),
    _number(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dX]", "cn.ric"),
    _number(r"756\.?\d{4}\.?\d{4}\.?\d{2}", "ch.ssn", nobodys="7569217076985"),
    _number(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", "be.nn"),
    _number(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", "mx.curp"),
    _number(r"\d{6}-[1-4]\d{6}", "kr.rrn"),
    _number(r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]", "fi.hetu", nobodys="131052-308T"),
    _number(r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", "in_.pan"),
)
# Plain digits: a word must say what they are.
_CALLED = (
    _number(
        r"\d{9}|\d{3} \d{2} \d{4}", "us.ssn", r"\bssn\b|soc(?:ial)?\.? sec", "123456789 123 45 6789"
    ),
    _number(r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", r"\bnhs\b", "9434765919"),
    _number(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr", r"steuer|idnr|steuer-?id|tax id|\btin\b"),
    _number(r"\d{4}\.?\d{2}\.?\d{3}|\d{9}", "nl.bsn", r"\bbsn\b|burgerservice|sofi", "123456782"),
    _number(r"\d{11}", "br.cpf", r"\bcpf\b", "12345678909"),
    _number(r"\d{4}[ -]?\d{4}[ -]?\d{4}", "in_.aadhaar", r"aadhaa?r|uidai|आधार"),
    _number(r"[A-Z]{5}\d{4}[A-Z]", "in_.pan", r"\bpan\b|permanent account"),
    _number(r"\d{11}", "pl.pesel", r"pesel"),
    _number(
        r"(?:19|20)?\d{6}[-+ ]?\d{4}",
        "se.personnummer",
        r"person(?:al)?\s?nummer|personal (?:identity )?number|samordn",
    ),
    _number(r"\d{3} ?\d{3} ?\d{3}", "au.tfn", r"\btfn\b|tax file", "123456782"),
    _number(
        r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        "ca.sin",
        r"\bsin\b|social insurance|assurance sociale",
        "046454286",
    ),
    _number(r"\d{9}", "pt.nif", r"\bnif\b|contribuinte", "123456789"),
    _number(r"\d{13}", "za.idnr", r"\b(?:sa |south african )?id\b|identity"),
    _number(r"\d{11}", "tr.tckimlik", r"kimlik|\btckn\b|t\.?c\.? ?(?:no|id)"),
    _number(r"\d{6}-?\d{4}", "dk.cpr", r"\bcpr\b|personnummer"),
    _number(r"\d{6} ?\d{5}", "no.fodselsnummer", r"f[øo]dselsn|personnummer|national id"),
    _number(r"\d{12}", "ru.inn", r"\binn\b|инн"),
    _number(r"[1-8]\d{12}", "ro.cnp", r"\bcnp\b"),
    _number(r"\d{6}/?\d{3,4}", "cz.rc", r"rodn[eé]|birth number"),
    _number(r"\d{9}", "il.idnr", r"teudat|israeli id|ת\.?ז"),
    _number(r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dkK]", "cl.rut", r"\brut\b"),
    _number(r"\d{10}", "bg.egn", r"\begn\b|егн"),
    _number(r"\d{13}", "th.pin", r"thai|บัตรประชาชน|citizen id"),
    _number(
        r"[A-Z]{1,2}[ -]?\d{6,8}|\d{9}|[A-Z]\d{2}[A-Z]{2}\d{4}|[CFGHJKLMNPRTVWXYZ0-9]{9}",
        "",
        r"(?:passport|passeport|pasaporte|reisepass|护照)(?:[ -]?(?:no\.?|number|nr\.?|nummer"
        r"|num[eé]ro|n[uú]mero"
        r"|num|n°|#|号码?|id))?\W{0,3}(?:is|was|:|=|est|ist|es|为|是)?\W{0,3}$",
        "123456789 A1234567 X1234567 AB123456 A12345678",
    ),
    _number(
        r"[A-Z]\d{7,8}|[A-Z]{1,2}\d{6}|[A-Z]\d{3}-?\d{4}-?\d{4}|[A-Z]{5}\d{6}[A-Z0-9]{5}|\d{7,9}",
        "",
        r"(?:driver'?s?'?s? licen[cs]e|driving licen[cs]e|führerschein|permis de conduire)"
        r"(?: (?:no\.?|number|nr|id|#))?\W{0,3}(?:is|was|:|=)?\W{0,3}$",
        "A1234567 D1234567 123456789",
    ),
)
_BORN = re.compile(r"(?i:birth|d\.?o\.?b|geb|nais|naci|nasci)|生|рожд")
_BIRTH = re.compile(
    r"(?:\b(?:d\.?o\.?b\.?|date of birth|birthdate|birthday|geburtsdatum|geb\.|date de naissance|"
    r"fecha de nacimiento|data di nascita|data de nascimento|geboortedatum)|出生日期|生日"
    r"|дата рождения)"
    r"\W{0,4}(?:is|was|on|ist|est|es|为|是)?\W{0,3}"
    r"((?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日?"
    r"|\d{1,2}(?:st|nd|rd|th)? (?:of )?[A-Z]\w{2,9},? (?:19|20)\d{2}"
    r"|[A-Z]\w{2,8} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}))(?!\d)",
    re.IGNORECASE,
)
_NOT_AN_ID = re.compile(
    r"(?:isbn|order|invoice|part|serial|tracking|model|bestell\w*)\W{0,3}(?:no\.?|number|#"
    r"|nr\.?)?\W{0,3}$",
    re.IGNORECASE,
)
_FAR = 64
_START = re.compile(r"(?a)(?<![\w.,/+-])(?=[A-Z]{0,6} ?\d)")
_RUN = re.compile(r"(?a)\d(?:[ ./-]?\d){4,}|[CFGHJKLMNPRTVWXYZ0-9]{9}")
_ANY_WORD = re.compile(
    "|".join(number.words.pattern.removesuffix("$") for number in _CALLED if number.words),
    re.IGNORECASE,
)


def find_identities(text: str) -> Iterator[Found]:
    """Find national numbers, and passports and licences that are called so."""
    for place in _START.finditer(text):
        for number in _TELLING:
            found = number.pattern.match(text, place.start())
            if found and _is_one(text, found, number):
                yield Found(*found.span(), "national_id")
                break
    if not any(_ANY_WORD.search(around(text, *run.span(), _FAR)) for run in _RUN.finditer(text)):
        return
    for number in _CALLED:
        for found in number.pattern.finditer(text):
            if _is_one(text, found, number):
                yield Found(*found.span(), "national_id")


def find_births(text: str) -> Iterator[Found]:
    """Find dates of birth in a form; a biography's "born in" is about people known to everybody."""
    for found in _BIRTH.finditer(text) if _BORN.search(text) else ():
        yield Found(*found.span(1), "birth")


def _is_one(text: str, found: re.Match[str], number: _Number) -> bool:
    """Say whether it is one of that kind: no specimen, called so if it must be, and true."""
    said = found[0]
    if said in number.nobodys or re.sub(r"[ .-]", "", said) in number.nobodys:
        return False
    near = before(text, found.start(), _FAR)
    if number.words is not None and not _is_called(text, found, near, number.words):
        return False
    several = len(set(said)) > 3  # noqa: PLR2004 (111-11-1111)
    return several and not _NOT_AN_ID.search(near) and _holds(said, number.checker)


def _is_called(text: str, found: re.Match[str], near: str, words: re.Pattern[str]) -> bool:
    """Say whether a word before it, or in brackets behind it, says what it is."""
    behind = re.compile(r"\s?[(\[]\s?").match(text, found.end())
    return bool(words.search(near) or (behind and words.match(text, behind.end())))


def _holds(said: str, checker: str) -> bool:
    return not checker or bool(_module(checker).is_valid(said))


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")
