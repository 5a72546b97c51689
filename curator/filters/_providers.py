"""Names of other people's assistants, and how an answer claims one of them as its own."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from collections.abc import Collection, Iterator

# Names that mean one thing only, and names that are also people's, planets' or poets'.
SURE = (
    r"openai|chat ?gpt(?:-?\d\w*)?|gpt-?[345](?:\.5)?\w?|anthropic|bing ?chat|laion|open ?assistant"
    r"|deepseek|qwen|tongyi|ernie bot|zhipu|chatglm|moonshot ai|kimi|internlm|baichuan|minimax"
    r"|mistral ai|cohere|通义千问|文心一言|智谱|讯飞星火|豆包|深度求索|月之暗面|百川智能"
)
UNSURE = (
    r"claude|bard|gemini|google|deepmind|llama|meta|bing|copilot|microsoft|mistral|alibaba"
    r"|百度|阿里"
)
_NAME = rf"(?P<name>{SURE}|{UNSURE})"
PRECHECK = rf"(?i){SURE}|{UNSURE}"

_KIND = (
    r"(?:(?:an?|the|actually|just|only|called|named|known|as|ai|artificial|intelligence|large"
    r"|language|model|models|assistant|chatbot|virtual|conversational|helpful|program|system|computer"
    r"|based|version|of|on|powered|by|and|was|been|text-based|trained|developed|created|designed"
    r"|research|team|researchers|engineers|at|from|company|your)[\s,]+){0,12}"
)
_CLAIM = re.compile(
    rf"\b(?:i'm|i am|my name is|call me|i was|i've been|i have been) {_KIND}{_NAME}\b"
    rf"|\bas {_KIND}{_NAME}\b(?:,| i\b)".replace("(?P<name>", "(?P<other>", 1)
    + rf"|\b(?:{SURE}) (?:has )?(?:created|developed|trained|built|made) me\b"
    rf"|我(?:是|叫|的名字是|是由)[^。！？\n不]{{0,16}}(?:{SURE}|百度|阿里)"
)
_MODEL = re.compile(r"\b(?:ai|assistant|language model|chatbot|model)\b|人工智能|语言模型|助手")
_QUOTES = "\"“'‘「『«"
_PAIRS = (("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"))


def claims(text: str, own: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where a lower-cased text says that it is, or was made by, another provider's model.

    A claim in quotation marks is somebody else's; a name that is yours is no claim; a name that
    people bear too, or that owns what follows ("ChatGPT's brother"), counts only near a word that
    says it is a model.
    """
    for found in _CLAIM.finditer(text):
        said = found.group()
        name = found.groupdict().get("name") or found.groupdict().get("other") or ""
        near = text[max(0, found.start() - 20) : found.end() + 80]
        owns = text.startswith("'s", found.end())
        doubtful = bool(name) and (owns or re.fullmatch(UNSURE, name) is not None)
        vague = doubtful and not _MODEL.search(near)
        if (
            not vague
            and not _is_quoted(text, found.start())
            and not any(mine.lower() in said for mine in own)
        ):
            yield found.start(), found.end()


def _is_quoted(text: str, at: int) -> bool:
    """Say whether a place in a text is inside quotation marks that its paragraph opened."""
    if at > 0 and text[at - 1] in _QUOTES:
        return True
    before = text[text.rfind("\n", 0, at) + 1 : at]
    straight = len(re.findall(r'(?<![\d\\])"', before))  # 5" is a length
    pairs = _PAIRS[1:] if "„" in before else _PAIRS
    opened = any(before.rfind(left) > before.rfind(right) for left, right in pairs)
    return straight % 2 == 1 or opened
