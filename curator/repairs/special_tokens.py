"""Special tokens: what a chat template wrote around a turn, left in its text."""

import re

from curator.records import Turn
from curator.repairs.base import mend_texts

_ROLE = r"(?:system|user|human|assistant|gpt|model|tool|ipython)?"
_TOKEN = "|".join(
    (
        r"<\|(?:endoftext|startoftext)\|>",  # GPT-2, Falcon, Qwen
        rf"<\|im_start\|>{_ROLE}|<\|im_(?:end|sep)\|>",  # ChatML: OpenAI, Qwen, Yi
        r"<\|(?:begin_of_text|end_of_text|eot_id|eom_id|finetune_right_pad_id)\|>",  # Llama 3
        rf"<\|start_header_id\|>{_ROLE}<\|end_header_id\|>",
        r"</?s>|\[/?INST\]|<</?SYS>>",  # Llama 2, Mistral
        rf"<start_of_turn>{_ROLE}|<end_of_turn>|<(?:bos|eos|pad)>",  # Gemma
        r"<\|(?:system|user|assistant|end|prompter|observation)\|>",  # Phi-3, Zephyr, GLM, OASST
        r"<\|(?:START|END)_OF_TURN_TOKEN\|>|<\|(?:USER|CHATBOT|SYSTEM)_TOKEN\|>",  # Command R
        "<｜(?:begin▁of▁sentence|end▁of▁sentence|User|Assistant)｜>",  # noqa: RUF001 (DeepSeek)
    )
)
_HEAD = re.compile(rf"\s*(?:{_TOKEN})(?:\s*(?:{_TOKEN}))*\s*")
_TAIL = re.compile(rf"(?:{_TOKEN})$")
_STRUCK = re.compile(r"</?s>")


def mend_special_tokens(turn: Turn) -> Turn:
    """Cut special tokens, and the white space beside them, off the ends of a turn's texts.

    Within a text they stay: it may speak of them. `<s>` and `</s>` stay too where more of them
    stand inside, for then they strike text out in HTML.
    """
    return mend_texts(turn, _mend)


def _mend(text: str) -> str:
    if not text.rstrip().endswith((">", "]")) and not text.lstrip().startswith(("<", "[")):
        return text
    cut = _cut(text)
    return text if _STRUCK.search(cut) and _strikes(text, cut) else cut


def _cut(text: str) -> str:
    head = _HEAD.match(text)
    cut = text[head.end() :] if head else text
    while tail := _TAIL.search(cut.rstrip()[-_LONGEST:]):
        bare = cut.rstrip()
        cut = bare[: len(bare) - len(tail.group())].rstrip()
    return cut


def _strikes(text: str, cut: str) -> bool:
    """Say whether cutting took one of a pair of HTML tags."""
    return len(_STRUCK.findall(text)) > len(_STRUCK.findall(cut))


_LONGEST = 60
"""No token is longer."""
