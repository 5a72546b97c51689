"""Answers are found in the templates of known models where TRL marked them by hand."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from curator.errors import ModelError
from curator.training.conversation import Conversation, Message
from curator.training.reasons import UnfitError
from curator.training.render import Renderer, Written
from curator.training.template import Template
from tests.chat_templates import tokenizer_of

_SPECIAL = re.compile(
    r"<\|[^|<>{}' ]+\|>|<\uff5c[^\uff5c]+\uff5c>|<\|(?:turn|channel)>|<(?:turn|channel)\|>"
    r"|</?(?:s|bos|eos|start_of_turn|end_of_turn)>|\[/?[A-Z_]+\]"
)
_OF_IMAGES = {"idefics3", "llava_next", "smolvlm"}
"""Their content is a list of parts."""
_ENDLESS = {"glm4moe"}
"""The next turn's mark ends an answer, and nothing does where there is none."""


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def said(text: str, **more: Any) -> Message:
    return {"role": "assistant", "content": text, **more}


CHATS = {
    "single": [user("How many?"), said("Three.")],
    "multi": [user("How many?"), said("Three."), user("Sure?"), said("Yes.")],
    "thinking": [user("How many?"), said("Three.", reasoning_content="One, two.")],
}


def _marked() -> list[tuple[str, Path, Path]]:
    """Pair the templates of TRL with the same, marked."""
    found = find_spec("trl")
    folders = found.submodule_search_locations if found else None
    folder = Path(next(iter(folders or ()), "absent")) / "chat_templates"
    pairs = ((one, one.with_stem(f"{one.stem}_training")) for one in sorted(folder.glob("*.jinja")))
    return [(one.stem, one, other) for one, other in pairs if other.exists()]


def _tokenizer(template: str) -> Any:
    from tokenizers import AddedToken

    made = tokenizer_of(template, bos_token="<s>", eos_token="</s>")
    named = [AddedToken(token, special=True) for token in sorted({*_SPECIAL.findall(template)})]
    made.add_tokens(named, special_tokens=True)
    return made


@pytest.mark.skipif(not _marked(), reason="needs trl")
def test_the_answers_of_known_templates_are_where_trl_marks_them() -> None:
    compared = 0
    for name, plain, marked in _marked():
        try:
            renderer = Renderer(_tokenizer(plain.read_text("utf-8")))
        except ModelError:
            assert name in _OF_IMAGES | _ENDLESS
            continue
        other = Template(_tokenizer(marked.read_text("utf-8")))
        for messages in CHATS.values():
            compared += _same(renderer, other, messages)
    assert compared > 50


def _same(renderer: Renderer, marked: Template, messages: list[Message]) -> bool:
    """Compare the answers where both write the same text; say whether they do.

    TRL marks some openings too, and line breaks behind the end.
    """
    text, spans = marked.write_marked(messages, None)
    by_hand = {place for span in spans for place in range(*span)}
    written = _written(renderer, messages)
    learnt = [one.text[a:b] for one in written for a, b in one.learnt]
    for message in messages[1::2] if written else []:
        assert sum(message["content"] in answer for answer in learnt) == 1
    same = [one for one in written if one.text == text]
    for one in same:
        assert {place for span in one.learnt for place in range(*span)} <= by_hand
    return bool(same)


def _written(renderer: Renderer, messages: list[Message]) -> list[Written]:
    try:
        return renderer.written(Conversation("r", messages))
    except UnfitError:
        return []
