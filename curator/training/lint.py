"""Lint: what in the data would teach a model badly, told before any time of a GPU is spent."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from curator.training.conversation import Conversation, Example
from curator.training.prepare import LeftOut, Prepared
from curator.training.reasons import ADVICE, MEANINGS
from curator.training.render import Renderer

_EXAMPLES = 5
_SHORT = 3
_LITTLE = 0.02
_LEFTOVERS = (
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|start_header_id|end_header_id|"
    r"begin_of_text|end_of_text|system|user|assistant|end|START_OF_TURN_TOKEN|END_OF_TURN_TOKEN)\|>",
    r"<(?:start_of_turn|end_of_turn|bos|eos|s)>|</s>",
    r"\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT)\]|<</?SYS>>",
    r"^### ?(?:Instruction|Response|Input|Human|Assistant):",
)
"""What well-known templates write around turns: ChatML, Llama 2 and 3, Mistral, Gemma, Command R,
Alpaca."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the data that is worth a look, and what to do about it."""

    name: str
    level: str
    """`warning`, or `note` where nothing need be wrong."""
    text: str
    count: int
    """How many records."""
    ids: tuple[str, ...]
    """Some of them."""
    advice: str


def lint(
    conversations: Sequence[Conversation],
    prepared: Prepared,
    renderer: Renderer,
    *,
    others: Sequence[LeftOut] = (),
) -> list[Notice]:
    """Look through conversations and the examples made of them; warnings come first.

    `others` are records that were left out before there was a conversation of them.
    """
    found = [
        *_left_out([*others, *prepared.left_out]),
        *_prepared(prepared),
        *_answers(conversations),
        *_leftovers(conversations, renderer.tokenizer),
        *_tokens(prepared.examples, renderer.tokenizer),
        *_template(prepared, renderer),
    ]
    return sorted(found, key=lambda notice: notice.level != "warning")


def _notice(
    name: str, ids: Iterable[str], text: str, advice: str, level: str = "warning"
) -> list[Notice]:
    every = list(dict.fromkeys(ids))
    if not every:
        return []
    return [Notice(name, level, text, len(every), tuple(every[:_EXAMPLES]), advice)]


def _left_out(left_out: Sequence[LeftOut]) -> list[Notice]:
    found: list[Notice] = []
    for reason, _ in Counter(one.reason for one in left_out).most_common():
        some = [one for one in left_out if one.reason == reason]
        said = Counter(one.said for one in some if one.said).most_common(1)
        known, most = MEANINGS.get(reason), said[0][0] if said else ""
        text = f"{known} ({most})" if known and most else known or most or reason
        advice = ADVICE.get(reason, "mend these records, or drop them with a filter")
        wanted = all(one.wanted for one in some)
        told = ("nothing; it is meant so", "note") if wanted else (advice, "warning")
        found += _notice(reason, (one.id for one in some), f"left out: {text}", *told)
    return found


def _prepared(prepared: Prepared) -> list[Notice]:
    lost = Counter(one.reason for one in prepared.lost)
    return [
        *_notice(
            "truncated",
            prepared.truncated,
            "cut after the last answer that fits `max_tokens`",
            "raise `max_tokens` to learn their later answers too",
        ),
        *(
            notice
            for reason in lost
            for notice in _notice(
                f"lost_{reason}",
                (one.id for one in prepared.lost if one.reason == reason),
                f"an answer is not learnt: {MEANINGS[reason]}",
                ADVICE[reason],
            )
        ),
        *_notice(
            "learnt_apart",
            prepared.apart,
            "an answer is learnt from a text of its own, since the template writes it otherwise "
            "once later turns follow",
            "nothing; it is what the model will see, and costs the tokens of the earlier turns",
            "note",
        ),
        *_notice(
            "begins_inside_a_token",
            prepared.merged,
            "the tokenizer joins the first characters of an answer with the text that asks for it, "
            "so that the model is asked with other tokens than it learnt",
            "cut the white space before these answers, or let the template ask with a text that "
            "ends in a special token",
        ),
    ]


def _answers(conversations: Sequence[Conversation]) -> list[Notice]:
    blank = [
        one.id
        for one in conversations
        for turn in one.messages
        if turn["role"] == "assistant" and turn.get("learn", True) and not _says(turn)
    ]
    return _notice(
        "blank_answer",
        blank,
        "an answer of white space alone is learnt",
        "drop such records with the filter `empty`",
    )


def _says(turn: dict[str, Any]) -> bool:
    texts = (turn.get("content"), turn.get("reasoning_content"))
    return bool(turn.get("tool_calls")) or any(text and text.strip() for text in texts)


def _leftovers(conversations: Sequence[Conversation], tokenizer: Any) -> list[Notice]:
    own = sorted(map(re.escape, tokenizer.all_special_tokens), key=len, reverse=True)
    pattern = re.compile("|".join([*own, *_LEFTOVERS]), re.MULTILINE)
    found: dict[str, str] = {}
    for one in conversations:
        for turn in one.messages:
            hit = pattern.search(turn.get("content") or "")
            if hit:
                found.setdefault(one.id, hit[0])
    most = Counter(found.values()).most_common(3)
    named = ", ".join(f"{token!r} in {count:,}" for token, count in most)
    return _notice(
        "template_leftovers",
        found,
        f"marks of a chat template inside a turn: {named}",
        "the repair `special_tokens` cuts them off the ends of turns, and the filter `artifacts` "
        "drops answers with such marks inside; the model's own are learnt as the ends they are",
    )


def _tokens(examples: Sequence[Example], tokenizer: Any) -> list[Notice]:
    unknown, begin = tokenizer.unk_token_id, tokenizer.bos_token_id
    lost = [one.id for one in examples if unknown is not None and (one.tokens == unknown).any()]
    twice = [
        one.id
        for one in examples
        if begin is not None and len(one) > 1 and (one.tokens[:2] == begin).all()
    ]
    learnt = {one.id: int(one.supervised.sum()) for one in examples}
    shares = ((one.id, learnt[one.id] / len(one)) for one in examples)
    return [
        *_notice(
            "unknown_tokens",
            lost,
            "holds characters that the tokenizer does not know and replaces",
            "take a model whose tokenizer knows their script, or drop them by `language`",
        ),
        *_notice(
            "begins_twice",
            twice,
            "begins with two beginnings of a text",
            "cut the beginning out of the texts, or one of the two out of the template",
        ),
        *_notice(
            "short_answers",
            (id_ for id_, count in learnt.items() if count < _SHORT),
            f"teaches fewer than {_SHORT} tokens, the end of the turn among them",
            "see that answers of one word are wanted",
            "note",
        ),
        *_notice(
            "mostly_question",
            (id_ for id_, share in shares if share < _LITTLE),
            f"less than {_LITTLE:.0%} of the tokens are learnt",
            "nothing, where questions are long by nature; their tokens cost as much as others",
            "note",
        ),
    ]


def _template(prepared: Prepared, renderer: Renderer) -> list[Notice]:
    found: list[Notice] = []
    every = [one.id for one in prepared.examples]
    if renderer.tokenizer.eos_token_id not in renderer.ends:
        names = renderer.tokenizer.convert_ids_to_tokens(list(renderer.ends))
        found += _notice(
            "ends_otherwise",
            every,
            f"answers end with {' or '.join(names)}, while the tokenizer's end of text is "
            f"{renderer.tokenizer.eos_token}",
            "let both end what is generated; curator writes both into generation_config.json",
            "note",
        )
    if "strftime_now" in renderer.tokenizer.get_chat_template():
        found += _notice(
            "dated",
            every,
            "the template writes today's date into each text",
            "nothing; the same records are other tokens tomorrow",
            "note",
        )
    return found
