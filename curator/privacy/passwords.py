"""Passwords and tokens that are set, said, or stand in an address."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from collections.abc import Iterator

from curator.privacy.base import Found, before
from curator.privacy.samples import classes, entropy, is_random, is_taught

_PASS = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|contrase[ñn]a|mot de passe|senha"
    r"|wachtwoord|parola|пароль|密码|口令|パスワード)"
)
_TOKEN = (
    r"(?:(?:api|app|access|auth(?:orization)?|secret|client|private|consumer|encryption"
    r"|signing|account|storage|"
    r"session|bearer|refresh|bot|webhook|deploy|master|service|aws|secret_access)[ _.-]?){0,3}"
    r"(?:key|token|secret|credentials?)(?:[ _-]?(?:id|value|base))?"
)
_IS = (
    r"(?:\s*(?:[:=：]{1,2}|=>|:=|\bis\b:?|\bwas\b|\bto\b|\bist\b|\best\b|\bes\b|\bé\b|是|为"
    r"|設|为:)\s*)"
)
_END = r"(?=[\s\"'`,;)\]}<]|[.?](?:\s|$)|[，。；]|$)"
_PASSWORD = re.compile(
    rf"(?:(?<![A-Za-z])|(?<=[a-z])(?=P)){_PASS}[\"'\])]{{0,2}}(?: (?:for|to"
    rf"|of) [\w.@ -]{{1,30}}?)?{_IS}"
    rf"(?:(?P<q>[\"'`])(?P<quoted>[^\s\"'`]{{6,64}})(?P=q)"
    rf"|(?P<bare>[^\s\"'`,;，。；]{{8,64}}?){_END})",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?:--password[= ]|\s-p(?=\S{8})|sshpass -p ?|PGPASSWORD=|MYSQL_PWD=)[\"']?([^\s\"']{8,64})"
)
_ASSIGNED = re.compile(
    rf"(?<![A-Za-z0-9])(?:[A-Za-z0-9]+[_.-])*{_TOKEN}[\"'\])]{{0,2}}{_IS}[\"'`]?"
    rf"(?P<value>[A-Za-z0-9+/_=.~!@#%^&*-]{{16,200}}?){_END}",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\b(?:Bearer|Authorization: ?(?:token|Bearer|Basic)|x-api-key:"
    r"|Token)\s+([A-Za-z0-9+/_=.-]{20,300})(?![\w])"
)
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,24}://[^\s:/@\"'<>]{0,64}:([^\s/@\"'<>]{3,100})@[\w.\[\]-]+",
    re.IGNORECASE,
)
_MAKING = re.compile(
    r"\b(?:generat|creat|suggest|recommend|random|come up with|strong pass|example of"
    r"|examples? pass|validat|strength|"
    r"crack|hash(?:ed|ing)?)\w*",
    re.IGNORECASE,
)
_SEALED = re.compile(r"(?:enc(?:rypted)?|hash(?:ed)?|cipher|salted)[_ ]?$", re.IGNORECASE)
_CODE = re.compile(
    r"\w[(\[]|\(\)|[{}]|^\$\w*$|::|->|\|\w+:|^[a-z_]+\.[a-z_.]+$|^(?:str|int|self|req|request"
    r"|process|os|config)\b"
)
_OTHER = re.compile(
    r"(?:public|primary|foreign|sort|partition|dict|hash|cache|object|s3|press|csrf|page|next"
    r"|cancel|pad|eos|bos|unk)[ _-]?(?:key|token)\W*$|sha\d*|md5|commit|checksum|digest",
    re.IGNORECASE,
)
# A bare "key" before hex digits is as often the name of a row.
_DIGEST = re.compile(r"key\W*(?:is\W*)?[0-9a-f]+", re.IGNORECASE)
_FEWEST, _MACHINE, _SIGNS = 8, 3.2, 3


def find_passwords(text: str) -> Iterator[Found]:
    """Find passwords that are set or said; those a text makes up or explains are none."""
    for found in _PASSWORD.finditer(text):
        if _SEALED.search(before(text, found.start(), 12)):
            continue
        name = "quoted" if found["quoted"] else "bare"
        if _guards(found[name], bare=name == "bare") and not _MAKING.search(
            before(text, found.start(), 90)
        ):
            yield Found(*found.span(name), "password")
    for found in _FLAG.finditer(text):
        if _guards(found[1], bare=True):
            yield Found(*found.span(1), "password")


def find_logins(text: str) -> Iterator[Found]:
    """Find addresses with a password in them."""
    if "://" not in text:
        return
    for found in _URL.finditer(text):
        said = found[0].partition("://")[2].partition(":")[0]
        password = found[1]
        weak = is_taught(password) or password.lower() in said.lower() or _CODE.search(password)
        if not weak and (len(password) >= _FEWEST or classes(password) >= _SIGNS):
            yield Found(*found.span(1), "login")


def find_tokens(text: str) -> Iterator[Found]:
    """Find values that a key word names and that look drawn by a machine."""
    for pattern, name in ((_ASSIGNED, "value"), (_BEARER, 1)):
        for found in pattern.finditer(text):
            value = found[name]
            named = text[max(0, found.start() - 24) : found.start(name)]
            if _DIGEST.fullmatch(text[found.start() : found.end(name)]):
                continue
            if is_random(value) and not _is_plain(value) and not _OTHER.search(named):
                yield Found(*found.span(name), "token")


def _guards(value: str, *, bare: bool) -> bool:
    """Say whether a password would keep anybody out: long, of several kinds of signs."""
    if len(value) < _FEWEST or is_taught(value) or _CODE.search(value):
        return False
    kinds = classes(value)
    if kinds < _SIGNS - (not bare) or (bare and not any(map(str.isdigit, value))):
        return False
    return entropy(value) >= (_MACHINE if kinds < _SIGNS else 2.5)


def _is_plain(value: str) -> bool:
    """Say whether a value is words, a path, a version or a name in code."""
    parts = re.split(r"[_.\-/]", value)
    return "://" in value or (
        all(part.isalpha() or part.isdigit() for part in parts if part) and len(parts) > 1
    )
