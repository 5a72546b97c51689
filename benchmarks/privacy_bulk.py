"""The bulk of the labelled texts: sentences times formats, and plain things that look private."""

import random
import re
from collections.abc import Iterator

_FIRST = re.split(
    " ",
    (
        "anke boris chidi dana elio farah goran hye iris jonas katya lars mina nils oana "
        "pavel quim rosa sofie tariq"
    ),
)
_LAST = re.split(
    " ",
    (
        "abara becker castro dufour engel farkas greco haddad ito jansen kovacs lopes mueller "
        "novak okoye petrov rossi"
    ),
)
_HOSTS = re.split(
    " ",
    (
        "gmail.com outlook.de proton.me uol.com.br qq.com free.fr libero.it seznam.cz mail.ru "
        "iitb.ac.in kth.se bigpond.com"
    ),
)
_MAIL = (
    "Write to {} today.",
    "{}",
    "Kontakt: {}.",
    "email={}&x=1",
    "Is <{}> still valid?",
    "“{}”",
    "- mail: {}\\n- fax: none",
    "El correo es {}, gracias.",
    "我的邮箱是{}。",
    "| name | mail |\\n| A | {} |",
    "Sincerely,\\nA.\\n{}",
    "({})",
    "to: '{}'",
)
_PHONES = (
    ("+49 30 {}{}", (901820, 901899), (10, 99)),
    ("+1 212-{}-{}", (310, 399), (2000, 9999)),
    ("+44 7400 {}{}", (100, 999), (100, 999)),
    ("+33 6 12 34 {} {}", (10, 99), (10, 99)),
    ("+86 139 {} {}", (1000, 9999), (1000, 9999)),
    ("(415) {}-{}", (310, 499), (2000, 9999)),
    ("646-{}-{}", (310, 499), (2000, 9999)),
    ("+91 98{} {}", (100, 999), (10000, 99999)),
    ("+34 612 {} {}", (100, 999), (100, 999)),
)
_CALL = (
    "Call me on {}.",
    "Phone: {}",
    "My number is {}, ask for Ada.",
    "tel. {}",
    "{} (mobile)",
    "WhatsApp {} only",
    "电话:{}",
    "Téléphone : {}",
    "Fax/phone {}; closed on Sundays",
    "you can text {} any time",
    "Tel: {}\\nOpen 9-5",
)
_IDS = (
    "SSN: {ssn}",
    "ssn {ssn} on file",
    "Her Social Security number, {ssn}, was stolen.",
    "身份证:{ric}",
    "CPF: {cpf}",
    "DNI {dni}",
    "NINO {nino}",
    "PESEL: {pesel}",
    "Steuer-ID {idnr}",
    "BSN: {bsn}",
    "codice fiscale {cf}",
    "AHV {ahv}",
    "SIN {sin}",
)
_PAY = (
    "card {card}",
    "Visa: {card_plain}.",
    "pay with {card_dash}",
    "Amex {amex}",
    "IBAN {iban_de}",
    "IBAN: {iban_fr}.",
    "an {iban_plain} überweisen",
    "to {iban_gb}, thanks",
    "rekening {iban_nl}",
    "cuenta {iban_es}",
)
_NET = (
    "login from [[ip|{}.{}.{}.{}]]",
    "Host: [[ip|{}.{}.{}.{}]]",
    "[[ip|{}.{}.{}.{}]] - GET /a 200",
    "banned [[ip|{}.{}.{}.{}]] for spam",
)

_USES = (
    "{name} = {value}",
    "export {name}={value}",
    '"{name}": "{value}"',
    "{name}: {value}",
    "set {name} to '{value}' and restart",
    "const {name} = `{value}`;",
    "-e {name}={value} \\\\",
    '{name}="{value}" # prod',
)
_NAMED = {
    "API_KEY": "b64_32",
    "clientSecret": "b64_40",
    "ACCESS_TOKEN": "b64_50",
    "api-secret": "hex40",
    "authToken": "hex32",
    "SECRET_KEY": "b64_50",
    "OPENAI_API_KEY": "openai",
    "GH_TOKEN": "ghp",
    "AWS_ACCESS_KEY_ID": "aws",
    "STRIPE_SECRET": "stripe",
    "GOOGLE_KEY": "google",
    "HF_TOKEN": "hf",
    "SLACK": "slack",
    "NPM_TOKEN": "npm",
    "id_token": "jwt",
}
_SAID = (
    "Here is {value} again.",
    "I pasted {value} into the chat, sorry",
    "{value}",
    "Is {value} leaked?",
    "curl -H 'x: {value}' https://api.corp.net",
    "用{value}登录",
)
_KNOWN = (
    "aws",
    "ghp",
    "openai",
    "anthropic",
    "google",
    "hf",
    "slack",
    "stripe",
    "npm",
    "gitlab",
    "sendgrid",
    "jwt",
    "telegram",
)


def bulk_lines(name: str, rng: random.Random) -> Iterator[str]:
    """Yield lines in the form of the label files."""
    yield from (_pii(rng) if name == "pii" else _secrets())
    yield from (_plain_numbers(rng) if name == "pii" else _plain_keys(rng))


def _pii(rng: random.Random) -> Iterator[str]:
    for place in range(91):
        name = rng.choice((".", "_", "-", "")).join((rng.choice(_FIRST), rng.choice(_LAST)))
        mail = f"[[email|{name}{rng.choice(('', '7', '1990'))}@{rng.choice(_HOSTS)}]]"
        yield _MAIL[place % len(_MAIL)].format(mail)
    for place in range(77):
        form, first, second = _PHONES[place % len(_PHONES)]
        phone = form.format(rng.randint(*first), rng.randint(*second))
        yield _CALL[place % len(_CALL)].format(f"[[phone|{phone}]]")
    yield from _IDS * 4
    yield from _PAY * 4
    for place in range(24):
        parts = (
            rng.choice((31, 45, 62, 77, 88, 93, 109, 151)),
            rng.randint(33, 240),
            rng.randint(33, 250),
            rng.randint(1, 254),
        )
        yield _NET[place % len(_NET)].format(*parts)


def _secrets() -> Iterator[str]:
    for place, (name, value) in enumerate(list(_NAMED.items()) * 14):
        yield (
            _USES[place % len(_USES)].replace("{name}", name).replace("{value}", "{" + value + "}")
        )
    for place, value in enumerate(_KNOWN * 9):
        yield _SAID[place % len(_SAID)].replace("{value}", "{" + value + "}")


def _plain_numbers(rng: random.Random) -> Iterator[str]:
    """Yield numbers of every kind that are nobody's."""
    forms = (
        lambda: f"{rng.randint(2, 99)} x {rng.randint(10**6, 10**9)} = ?",
        lambda: (
            f"version {rng.randint(1, 20)}.{rng.randint(0, 20)}.{rng.randint(0, 30)}."
            f"{rng.randint(0, 9)}"
        ),
        lambda: f"192.168.{rng.randint(0, 255)}.{rng.randint(1, 254)} answers",
        lambda: (
            f"{rng.randint(1500, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} "
            f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        ),
        lambda: f"between {rng.randint(1500, 1800)}-{rng.randint(1801, 1999)} it changed hands",
        lambda: (
            f"user{rng.randint(1, 999)}@example.{rng.choice(('com', 'org', 'net'))} in the fixture"
        ),
        lambda: (
            f"ISBN 978-{rng.randint(0, 9)}-{rng.randint(100, 999)}-{rng.randint(10000, 99999)}"
            f"-{rng.randint(0, 9)}"
        ),
        lambda: f"{rng.uniform(-90, 90):.6f}, {rng.uniform(-180, 180):.6f}",
        lambda: f"order #{rng.randint(10**9, 10**10)}",
        lambda: f"(212) 555-01{rng.randint(10, 99)} is the number in the film",
        lambda: (
            f"{rng.randint(1, 999)},{rng.randint(100, 999)},{rng.randint(100, 999)},"
            f"{rng.randint(100, 999)} inhabitants"
        ),
        lambda: "hash " + "".join(rng.choices("0123456789abcdef", k=rng.choice((32, 40, 64)))),
        lambda: f"epoch {rng.randint(1_400_000_000, 1_800_000_000)} seconds",
        lambda: f"{rng.randint(10**11, 10**12)} / {rng.randint(2, 99)} rounds to what?",
        lambda: (
            f"pip install pkg=={rng.randint(0, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 30)}."
            f"{rng.randint(0, 30)}"
        ),
        lambda: f"[{', '.join(str(rng.randint(1, 99999)) for _ in range(8))}]",
        lambda: (
            f"f({rng.randint(1000, 9999)}, {rng.randint(1000, 9999)}) -> "
            f"{rng.randint(10**7, 10**8)}"
        ),
    )
    for place in range(289):
        yield forms[place % len(forms)]()


def _plain_keys(rng: random.Random) -> Iterator[str]:
    """Yield what stands where a secret would, and is none."""
    names = re.split(
        " ",
        (
            "api_key password token secret client_secret access_token auth_token "
            "db_password SECRET_KEY private_key jwt_secret bot_token passwd aws_secret_key "
            "apiKey user_password master_key refresh_token signing_key webhook_secret"
        ),
    )
    values = (
        '"YOUR_{}"',
        "os.environ['{}']",
        "<{}>",
        "${{{}}}",
        "'changeme'",
        '"xxxxxxxxxxxxxxxx"',
        "None",
        "config.get('{}')",
        "'test-{}-value'",
        "...",
        "input()",
        "settings.{}",
        '"********"',
        "{}_placeholder",
    )
    for name in names:
        for value in values:
            yield f"{name} = {value.format(name)}"
    for word in ("sha1", "md5", "commit", "etag", "checksum", "blob", "sha256"):
        for size in (32, 40, 64):
            yield f"{word}: {''.join(rng.choices('0123456789abcdef', k=size))}"
