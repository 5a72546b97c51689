"""Find: every personal value and every secret in a text, and quick patterns that rule most out."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from curator.privacy import keys, passwords
from curator.privacy.addresses import find_addresses
from curator.privacy.base import Found, settled, unescaped
from curator.privacy.emails import find_emails
from curator.privacy.identities import find_births, find_identities
from curator.privacy.networks import find_ips
from curator.privacy.payments import find_cards, find_ibans, find_wallets
from curator.privacy.phones import find_phones

Finder = Callable[[str], Iterator[Found]]
PII_KINDS = ("email", "phone", "card", "iban", "ip", "national_id", "address", "birth", "wallet")
"""The kinds of personal values."""
SECRET_KINDS = ("key", "private_key", "jwt", "login", "password", "token")
"""The kinds of secrets."""

# Every value has one of these; Polars looks for them in a column, which rules most texts out.
# ASCII classes and word bounds throughout: with them Rust's quick automaton does the work.
PII_HINT = (
    r"@[A-Za-z0-9]|[0-9](?:[ ().\-/\x{2011}\x{2013}\x{00a0}]{0,3}[0-9]){6}"
    r"|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
    r"|[23][0-9a-fA-F]{3}:[0-9a-fA-F:]+:|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}|[A-Z]{3,6}[0-9]{2}"
    r"|[A-Z]{2} ?[0-9]{2} ?[0-9]{2}"
    r"|[A-Z] ?[0-9]{6}|[0-9]{6}[-+A][0-9]{3}|[13][1-9A-HJ-NP-Za-km-z]{25}|bc1[02-9ac-hj-np-z]{30}"
    r"|[\[({<] ?(?:at|dot|AT|DOT) ?[\])}>]| dot (?:com|org|net|edu|io|de|fr|co|uk|in|es|it|nl)"
    r"|[Dd]\.?[Oo]\.?[Bb][^a-z]|[Bb]irth ?[Dd]ate|[Oo]f [Bb]irth|[Bb]irthday|[Gg]eburtsdatum"
    r"|[Nn]aissance|[Nn]acimiento"
    r"|[Nn]ascita|[Nn]ascimento|[Gg]eboortedatum|рождения|生日|出生|[0-9]{5} [A-ZÄÖÜ]"
    r"|[A-Z]\.?,? +[0-9]{5}"
    r"|[A-Z][0-9][A-Z0-9]? [0-9][A-Z]{2}"
)
_NAMED = (
    r"(?:[Pp]ass[a-z]*|PASS[A-Z]*|[Pp]wd|PWD|[Ss]ecret[a-z]*|SECRET|[Tt]oken|TOKEN|[Kk]ey|KEY"
    r"|[Cc]redentials?|CREDENTIALS?"
    r"|[Kk]ennwort|[Cc]ontrase.a|[Ss]enha|[Ww]achtwoord|[Pp]arola|[Пп]ароль|密码|口令"
    r"|パスワード|[Mm]ot de passe)"
)
SECRET_HINT = (
    _NAMED
    + r"(?:[ _-]?(?:id|value|base|ID|VALUE))?[\\\"'\])]{0,3}(?: (?:for|to|of) [^\n:=]{1,30})?"
    r"\s*(?:[:=：]|(?:is|was|ist|est|es|é|to)[ \"'`:]|是|为)|[Bb]earer +[A-Za-z0-9+/_=.-]{20}"
    r"|Basic +[A-Za-z0-9+/_=.-]{20}"
    r"|x-api-key|X-API-KEY|X-Api-Key|[Tt]oken [A-Za-z0-9+/_=.-]{20}|--password|sshpass"
    r"|MYSQL_PWD|\s-p[^\s]{8}"
    r"|://[^\s:/@]{0,64}:[^\s/@]+@|AKIA|ASIA|AB?IA[A-Z2-7]{12}|ACCA|AIza|gh[pousr]_"
    r"|github_pat|gl(?:pat|ptt|rt|dt|cbt|soat)-"
    r"|xox[abeoprs]-|xapp-|sk-|[sr]k_live|hf_|api_org_|npm_|pypi-|rubygems_|oy2[a-z0-9]{10}"
    r"|SG\.|key-[a-f0-9]{8}|xkeysib"
    r"|SK[0-9a-f]{8}|AC[0-9a-f]{8}|eyJ[A-Za-z0-9]|hooks\.slack|webhooks/|sig=|[0-9]Q~"
    r"|[0-9]{8}:AA|dop_|dckr_|shp[a-z]{2}_"
    r"|sq0|EAA|dp\.pt\.|lin_api|ntn_|secret_|figd_|gsk_|r8_|pplx-|xai-|nvapi|glsa_|hvs\.|NRAK"
    r"|tskey|PMAK|atlasv1|ATATT"
    r"|AGE-SECRET|whsec|ya29|GOCSPX|PRIVATE KEY|[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6}\."
)


# For one text at a time, where Polars costs more than it saves: words and signs of any value.
_WORDS = (
    *(
        "@",
        "://",
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
        "credential",
        "bearer",
        "basic ",
        "sig=",
    ),
    *(
        "kennwort",
        "contrase",
        "senha",
        "wachtwoord",
        "parola",
        "пароль",
        "密码",
        "口令",
        "パスワード",
    ),
    *(
        "mot de passe",
        "dot)",
        "dot]",
        " dot ",
        "(at",
        "[at",
        "{at",
        "<at",
        "( at",
        "[ at",
        "d.o.b",
        "dob",
        "birth",
    ),
    *("geburt", "naissance", "nacimiento", "nascita", "nascimento", "geboorte", "рождения", "生日"),
    *("出生", "mysql_pwd"),
)
_SIGNS = re.compile(
    r"\d{5} [A-ZÄÖÜ]|[A-Z]\.?,? +\d{5}|\d(?:[ ().\-/\u2011\u2013\u00a0]{0,3}\d){5}"
    r"|\.\d{1,3}\.\d|:[0-9a-fA-F]*:|[A-Z]{2} ?\d\d"
    r"|[A-Za-z0-9+/_-]{20}|[A-Z]\d[A-Z0-9]? \d[A-Z]"
)


_HINT = re.compile(re.sub(r"\\x\{(\w{4})\}", r"\\u\1", f"{PII_HINT}|{SECRET_HINT}"))


def is_plain(text: str) -> bool:
    """Say whether a quick look rules out that a text holds any value."""
    text = unescaped(text)
    low = text.lower()
    if not any(word in low for word in _WORDS) and not _SIGNS.search(text):
        return True
    return not _HINT.search(text)


def find_pii(text: str) -> list[Found]:
    """Find personal values, in order, none over another."""
    said = unescaped(text)
    finders = (find_emails, find_cards, find_ibans, find_identities, find_ips, find_phones)
    return _apart(said, (*finders, find_addresses, find_births, find_wallets))


def find_secrets(text: str) -> list[Found]:
    """Find secrets, in order, none over another."""
    said = unescaped(text)
    finders = (keys.find_private_keys, keys.find_keys, keys.find_signed, passwords.find_logins)
    found = list(chain.from_iterable(finder(said) for finder in finders))
    vague = chain(passwords.find_passwords(said), passwords.find_tokens(said))
    return settled([*found, *(one for one in vague if not _over(one, found))])


def find_private(text: str) -> list[Found]:
    """Find both; where they overlap, the secret has it."""
    secrets = find_secrets(text)
    return settled([*secrets, *(one for one in find_pii(text) if not _over(one, secrets))])


def _apart(text: str, finders: Iterable[Finder]) -> list[Found]:
    """Run the finders, the surest first: what one has claimed is not another's."""
    found: list[Found] = []
    for finder in finders:
        found += [one for one in finder(text) if not _over(one, found)]
    return settled(found)


def _over(one: Found, others: Iterable[Found]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)
