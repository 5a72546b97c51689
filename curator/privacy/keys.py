"""Keys: tokens that say by their form whose they are, private keys, signed tokens."""

import base64
import json
import re
from collections.abc import Iterator

from curator.privacy.base import Found
from curator.privacy.samples import entropy, is_sample

# The forms that gitleaks, TruffleHog and GitHub's secret scanning know, as their makers give them.
_FORMS = "|".join(
    (
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",  # AWS
        r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        r"gl(?:pat|ptt|rt|dt|cbt|soat)-[A-Za-z0-9_-]{20,}",  # GitLab
        r"xox[abeoprs]-(?:[A-Za-z0-9]+-)+[A-Za-z0-9]{16,}"  # Slack
        r"|xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}",
        r"(?:sk|rk)_live_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{32,}",  # Stripe
        r"sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{60,}",  # Anthropic
        r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,}"
        r"|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"
        r"|sk-or-v1-[a-f0-9]{64}|sk-[A-Za-z0-9]{48}|sk-[a-f0-9]{32}",  # OpenAI and others
        r"AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{40,}",  # Google
        r"hf_[A-Za-z]{34}|hf_[A-Za-z0-9]{34,40}|api_org_[A-Za-z]{34}",  # Hugging Face
        r"npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{50,}|rubygems_[a-f0-9]{48}|oy2[a-z0-9]{43}",
        r"SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}|key-[a-f0-9]{32}"
        r"|xkeysib-[a-f0-9]{64}-\w{16}",
        r"SK[a-f0-9]{32}|AC[a-f0-9]{32}",  # Twilio
        r"dop_v1_[a-f0-9]{64}|dckr_pat_[A-Za-z0-9_-]{27}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}",
        r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60}|dp\.pt\.[A-Za-z0-9]{43}",
        r"lin_api_[A-Za-z0-9]{40}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}"
        r"|figd_[A-Za-z0-9_-]{40}",
        r"gsk_[A-Za-z0-9]{52}|r8_[A-Za-z0-9]{37}|pplx-[A-Za-z0-9]{48}|xai-[A-Za-z0-9]{80}"
        r"|nvapi-[\w-]{60,}",
        r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|hvs\.[A-Za-z0-9_-]{24,}|NRAK-[A-Z0-9]{27}"
        r"|tskey-[a-z]+-\w+-\w{20,}",
        r"\d{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram
        r"[MNO][A-Za-z\d]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",  # Discord
        r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}|atlasv1\.\w{60,}"
        r"|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
        r"ATATT3[A-Za-z0-9_=-]{60,}|AGE-SECRET-KEY-1[A-Z0-9]{58}|EAAC[A-Za-z0-9]{80,}",
    )
)
_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_FORMS})(?![A-Za-z0-9])")
_HOOK = re.compile(
    r"https://hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{8,}/[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"
    r"|https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,}"
)
_AZURE = re.compile(
    r"(?:AccountKey|SharedAccessKey|account_key)\s*[=:]\s*[\"']?([A-Za-z0-9+/]{43,86}={1,2})"
)
_AZURE_AD = re.compile(r"(?a)(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~-])")
_SAS = re.compile(r"[?&]sig=([A-Za-z0-9%+/]{40,70}(?:%3D|=))")
_AZURITE = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END [A-Z0-9 ]+----"
    r"-|\Z)",
    re.DOTALL,
)
_JWT = re.compile(
    r"(?a)(?<![\w.-])(eyJ[A-Za-z0-9_-]{8,})\.eyJ[A-Za-z0-9_-]{8,}\.([A-Za-z0-9_-]{16,})"
)
# The signatures of the token that jwt.io shows.
_JWT_SHOWN = (
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
)
_LEAST, _PEM_LEAST = 3.0, 60


def find_keys(text: str) -> Iterator[Found]:
    """Find keys of known form, webhooks and storage keys."""
    for pattern in (_KEY, _HOOK, _AZURE_AD):
        for found in pattern.finditer(text):
            if not is_sample(found[0]) and entropy(found[0][4:]) >= _LEAST:
                yield Found(*found.span(), "key")
    for pattern in (_AZURE, _SAS):
        for found in pattern.finditer(text):
            if not found[1].startswith(_AZURITE) and not is_sample(found[1]):
                yield Found(*found.span(1), "key")


def find_private_keys(text: str) -> Iterator[Found]:
    """Find blocks of private keys that have a body, whole or cut off."""
    for found in _PEM.finditer(text):
        body = re.sub(r"\\[nr]|[\s\"'+\\]", "", found[1])
        if (
            len(body) >= _PEM_LEAST
            and re.match(r"[A-Za-z0-9+/=:,-]{40}", body)
            and not is_shortened(body)
        ):
            yield Found(*found.span(), "private_key")


def is_shortened(body: str) -> bool:
    """Say whether a block only shows what a key looks like."""
    return "..." in body or "…" in body or is_sample(body[:40])


def find_signed(text: str) -> Iterator[Found]:
    """Find JSON web tokens whose header can be read."""
    for found in _JWT.finditer(text):
        if found[2] not in _JWT_SHOWN and _is_header(found[1]) and not is_sample(found[2]):
            yield Found(*found.span(), "jwt")


def _is_header(part: str) -> bool:
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return False
    return isinstance(header, dict) and "alg" in header
