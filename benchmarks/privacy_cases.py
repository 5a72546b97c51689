"""The labelled texts: those written one by one, and a bulk of sentences times formats.

Every value is invented. Numbers are drawn until their checksum holds, keys are drawn letter by
letter, so that no file has anything that opens or names something.
"""

import base64
import random
import re
import string
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

LABELS = Path(__file__).parent / "labels"
_MARK = re.compile(r"\[\[(\w+)\|(.*?)\]\]|\{([a-z][a-z0-9_]*)\}")
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
Draw = Callable[[random.Random], str]


class Case(NamedTuple):
    """A text, and the values in it: start, end, kind."""

    text: str
    values: tuple[tuple[int, int, str], ...]
    group: str


def _digits(pattern: str, rng: random.Random) -> str:
    """Fill a pattern: # is a digit, A a capital, the rest stays."""
    return "".join(
        rng.choice(string.digits)
        if sign == "#"
        else rng.choice(string.ascii_uppercase)
        if sign == "@"
        else sign
        for sign in pattern
    )


def _valid(checker: str, *patterns: str) -> Draw:
    def draw(rng: random.Random) -> str:
        module = import_module(f"stdnum.{checker}")
        while True:
            said = _digits(rng.choice(patterns), rng)
            if module.is_valid(said):
                return said

    return draw


def _dated(checker: str, pattern: str, *, long: bool = False) -> Draw:
    def draw(rng: random.Random) -> str:
        module = import_module(f"stdnum.{checker}")
        while True:
            year = f"{rng.randint(50, 99):02d}"
            date = f"{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
            said = _digits(pattern.replace("DATE", ("19" if long else "") + year + date), rng)
            if module.is_valid(said):
                return said

    return draw


def _signs(alphabet: str, size: int, head: str = "", tail: str = "") -> Draw:
    return lambda rng: head + "".join(rng.choices(alphabet, k=size)) + tail


def _card(pattern: str) -> Draw:
    def draw(rng: random.Random) -> str:
        luhn = import_module("stdnum.luhn")
        while True:
            said = _digits(pattern, rng)
            if luhn.is_valid(re.sub("[ -]", "", said)):
                return said

    return draw


def _iban(country: str, body: str, *, spaced: bool = True) -> Draw:
    def draw(rng: random.Random) -> str:
        iban = import_module("stdnum.iban")
        while True:
            bban = _digits(body, rng)
            said = f"{country}{iban.calc_check_digits(country + '00' + bban)}{bban}"
            if iban.is_valid(said):
                return " ".join(re.findall(".{1,4}", said)) if spaced else said

    return draw


def _pem(rng: random.Random) -> str:
    body = "".join(rng.choices(ALNUM + "+/", k=300))
    lines = "\n".join(re.findall(".{1,64}", "MIIE" + body))
    return f"-----BEGIN RSA PRIVATE {'KEY'}-----\n{lines}\n-----END RSA PRIVATE {'KEY'}-----"


def _jwt(rng: random.Random) -> str:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    head, body = (
        '{"alg":"HS256","typ":"JWT"}',
        f'{{"sub":"{rng.randint(10**5, 10**6)}","role":"staff"}}',
    )
    return f"{part(head)}.{part(body)}.{''.join(rng.choices(ALNUM + '-_', k=43))}"


def _btc(rng: random.Random) -> str:
    import hashlib

    raw = b"\0" + rng.randbytes(20)
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, said = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        said = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[rest] + said
    return "1" + said


def _nino(rng: random.Random, form: str = "{}{:02d}{:02d}{:02d}{}") -> str:
    pair = rng.choice(["CE", "HJ", "JK", "LM", "PR", "SW", "WE", "AA"])
    return form.format(pair, *(rng.randint(10, 99) for _ in range(3)), rng.choice("ABCD"))


PII: dict[str, tuple[str, Draw]] = {
    "card": ("card", _card("45## #### #### ####")),
    "card_dash": ("card", _card("52##-####-####-####")),
    "card_plain": ("card", _card("48##############")),
    "amex": ("card", _card("37## ###### #####")),
    "iban_de": ("iban", _iban("DE", "37040044##########")),
    "iban_gb": ("iban", _iban("GB", "NWBK601613########")),
    "iban_fr": ("iban", _iban("FR", "20041010050500013M026##")),
    "iban_nl": ("iban", _iban("NL", "ABNA##########")),
    "iban_es": ("iban", _iban("ES", "2100041845##########")),
    "iban_plain": ("iban", _iban("DE", "50010517##########", spaced=False)),
    "ssn": ("national_id", _valid("us.ssn", "5##-##-####", "2##-##-####", "4##-##-####")),
    "ssn_plain": ("national_id", _valid("us.ssn", "5########")),
    "nino": ("national_id", _nino),
    "nino_spaced": ("national_id", lambda rng: _nino(rng, "{} {:02d} {:02d} {:02d} {}")),
    "nhs": ("national_id", _valid("gb.nhs", "4## ### ####")),
    "idnr": ("national_id", _valid("de.idnr", "## ### ### ###", "###########")),
    "nir": ("national_id", _valid("fr.nir", "1 8# 05 75 ### ### ##", "2 9# 11 33 ### ### ##")),
    "dni": ("national_id", _valid("es.dni", "########@")),
    "nie": ("national_id", _valid("es.nie", "X#######@", "Y#######@")),
    "cf": ("national_id", _valid("it.codicefiscale", "BNCGLI8#B47F205@", "FRRMRA7#H12H501@")),
    "bsn": ("national_id", _valid("nl.bsn", "#########")),
    "cpf": ("national_id", _valid("br.cpf", "###.###.###-##")),
    "cpf_plain": ("national_id", _valid("br.cpf", "###########")),
    "aadhaar": ("national_id", _valid("in_.aadhaar", "4### #### ####", "7### #### ####")),
    "pan": ("national_id", _valid("in_.pan", "@@@P@####@")),
    "ric": ("national_id", _dated("cn.ric", "310104DATE####", long=True)),
    "pesel": ("national_id", _dated("pl.pesel", "DATE#####")),
    "pnr": ("national_id", _dated("se.personnummer", "DATE-####")),
    "sin": ("national_id", _valid("ca.sin", "5## ### ###", "7##-###-###")),
    "tfn": ("national_id", _valid("au.tfn", "### ### ###")),
    "ahv": ("national_id", _valid("ch.ssn", "756.####.####.##")),
    "curp": ("national_id", _dated("mx.curp", "GOMLDATEHDFRRN0#")),
    "rrn": ("national_id", _dated("kr.rrn", "DATE-1######")),
    "hetu": ("national_id", lambda rng: _hetu(rng)),
    "tckn": ("national_id", _valid("tr.tckimlik", "###########")),
    "inn": ("national_id", _valid("ru.inn", "77##########")),
    "cnp": ("national_id", _dated("ro.cnp", "1DATE40####")),
    "btc": ("wallet", _btc),
}


def _hetu(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(50, 99)
    number = rng.randint(2, 899)
    total = int(f"{day:02d}{month:02d}{year:02d}{number:03d}")
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[total % 31]
    return f"{day:02d}{month:02d}{year:02d}-{number:03d}{check}"


SECRETS: dict[str, tuple[str, Draw]] = {
    "aws": ("key", _signs("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "AK" + "IA")),
    "aws_secret": ("token", _signs(ALNUM + "/+", 40)),
    "ghp": ("key", _signs(ALNUM, 36, "gh" + "p_")),
    "gh_fine": (
        "key",
        lambda r: "github" + "_pat_" + _signs(ALNUM, 22)(r) + "_" + _signs(ALNUM, 59)(r),
    ),
    "openai": (
        "key",
        lambda r: "s" + "k-" + _signs(ALNUM, 20)(r) + "T3Blbk" + "FJ" + _signs(ALNUM, 20)(r),
    ),
    "openai_proj": ("key", _signs(ALNUM + "-_", 120, "sk-" + "proj-", "A")),
    "anthropic": ("key", _signs(ALNUM + "-_", 93, "sk-" + "ant-api03-", "AA")),
    "google": ("key", _signs(ALNUM, 33, "AI" + "zaSy")),
    "hf": ("key", _signs(string.ascii_letters, 34, "h" + "f_")),
    "slack": (
        "key",
        lambda r: _digits("xo" + "xb-############-#############-", r) + _signs(ALNUM, 24)(r),
    ),
    "slack_hook": (
        "key",
        lambda r: (
            "https://hooks.slack"
            + _digits(".com/services/T0@#@#@##/B0@@#@#@#/", r)
            + _signs(ALNUM, 24)(r)
        ),
    ),
    "stripe": ("key", _signs(ALNUM, 24, "sk" + "_live_")),
    "npm": ("key", _signs(ALNUM, 36, "np" + "m_")),
    "gitlab": ("key", _signs(ALNUM + "_", 20, "gl" + "pat-")),
    "pypi": ("key", _signs(ALNUM + "_-", 150, "pypi-" + "AgEIcHlwaS5vcmc", "A")),
    "sendgrid": ("key", lambda r: "S" + "G." + _signs(ALNUM, 22)(r) + "." + _signs(ALNUM, 43)(r)),
    "azure": ("key", _signs(ALNUM + "+/", 86, "", "==")),
    "telegram": ("key", lambda r: _digits("5#########:A", r) + "A" + _signs(ALNUM, 33)(r)),
    "discord": (
        "key",
        lambda r: (
            "MT" + _signs(ALNUM, 22)(r) + "." + _signs(ALNUM, 6)(r) + "." + _signs(ALNUM, 38)(r)
        ),
    ),
    "digitalocean": ("key", _signs(HEX, 64, "dop" + "_v1_")),
    "docker": ("key", _signs(ALNUM, 27, "dckr" + "_pat_")),
    "shopify": ("key", _signs(HEX, 32, "shp" + "at_")),
    "groq": ("key", _signs(ALNUM, 52, "gs" + "k_")),
    "vault": ("key", _signs(ALNUM, 90, "hv" + "s.")),
    "pem": ("private_key", _pem),
    "pem_escaped": ("private_key", lambda rng: _pem(rng).replace("\n", "\\n")),
    "jwt": ("jwt", _jwt),
    **{f"hex{n}": ("token", _signs(HEX, n)) for n in (32, 40, 48, 64)},
    **{f"b64_{n}": ("token", _signs(ALNUM, n)) for n in (32, 40, 50)},
}


def cases(name: str) -> Iterator[Case]:
    """Yield the labelled texts of `pii` or `secrets`: the written ones, then the bulk."""
    from privacy_bulk import bulk_lines

    rng = random.Random(7)
    drawn = PII if name == "pii" else SECRETS
    written = (LABELS / f"{name}.txt").read_text("utf-8").splitlines()
    for group, lines in (("written", written), ("bulk", bulk_lines(name, rng))):
        for line in lines:
            if line and not line.startswith("# "):
                yield case_of(line, drawn, rng, group)


def case_of(line: str, drawn: dict[str, tuple[str, Draw]], rng: random.Random, group: str) -> Case:
    """Read one line: put the drawn values in, and note where the values are."""
    joint = "~" if drawn is SECRETS else "\0"
    line = line.replace("\\n", "\n")
    text, values, at = "", [], 0
    for mark in _MARK.finditer(line):
        if mark[3] and mark[3] not in drawn:
            continue
        text += line[at : mark.start()].replace(joint, "")
        kind, said = (mark[1], mark[2]) if mark[1] else (drawn[mark[3]][0], drawn[mark[3]][1](rng))
        said = said.replace(joint, "")
        values.append((len(text), len(text) + len(said), kind))
        text += said
        at = mark.end()
    return Case(text + line[at:].replace(joint, ""), tuple(values), group)
