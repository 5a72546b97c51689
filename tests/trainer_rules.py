"""What axolotl and LLaMA-Factory learn of a row, written down from what they document."""

import json
from typing import Any

IGNORED = -100
Labelled = tuple[list[int], list[int]]
"""The tokens of a record and their labels."""
_DUMMIES = ("[[dummy]]", "zzdummyzz")
_NEAR = 3


def as_axolotl(tokenizer: Any, row: dict[str, Any], entry: dict[str, Any]) -> Labelled:
    """Label as its `chat_template` loader does (axolotl 0.19).

    A turn that is trained is what changes of the text when its content and calls are exchanged; the
    end-of-text token that follows within three tokens is learnt with it (`train_on_eos: turn`).
    """
    tools = json.loads(row.get("tools", "[]")) or None
    turns = [_read(turn) for turn in row["messages"]]
    text = tokenizer.apply_chat_template(turns, tools=tools, tokenize=False)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    tokens, places = encoded["input_ids"], encoded["offset_mapping"]
    labels = [IGNORED] * len(tokens)
    for number, turn in enumerate(row["messages"]):
        if not turn.get(entry.get("message_field_training"), turn["role"] == "assistant"):
            continue
        spans = []
        for dummy in _DUMMIES:
            others = [*turns[:number], {"role": turn["role"], "content": dummy}]
            others += turns[number + 1 :]
            spans.append(
                _changed(text, tokenizer.apply_chat_template(others, tools=tools, tokenize=False))
            )
        begin, end = min(start for start, _ in spans), max(stop for _, stop in spans)
        first = next(i for i, (_, stop) in enumerate(places) if stop > begin)
        last = next((i for i, (start, _) in enumerate(places) if start >= end), len(places))
        labels[first:last] = tokens[first:last]
        for near in range(last, min(last + _NEAR + 1, len(tokens))):
            if tokens[near] == tokenizer.eos_token_id:
                labels[near] = tokens[near]
                break
    return tokens, labels


def _read(turn: dict[str, Any]) -> dict[str, Any]:
    read = {name: value for name, value in turn.items() if name != "train"}
    for call in read.get("tool_calls", []):
        call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return read


def _changed(text: str, other: str) -> tuple[int, int]:
    """Return the stretch of a text that another one has otherwise."""
    most, start, end = min(len(text), len(other)), 0, 0
    while start < most and text[start] == other[start]:
        start += 1
    while end < most - start and text[-1 - end] == other[-1 - end]:
        end += 1
    return start, len(text) - end


def as_llama_factory(tokenizer: Any, row: dict[str, Any], *, mask_history: bool) -> Labelled:
    """Label as its sharegpt loader does where no `template:` is named (LLaMA-Factory 0.9.5).

    Questions and answers get what the tokenizer's template writes around a single one, piece by
    piece; an answer is learnt with all that follows it in its piece.
    """
    said = "{{content}}"
    question = {"role": "user", "content": said}
    around_question = tokenizer.apply_chat_template(
        [question], add_generation_prompt=True, tokenize=False
    )
    both = [question, {"role": "assistant", "content": said}]
    around_answer = tokenizer.apply_chat_template(both, tokenize=False)[len(around_question) :]
    system = [{"role": "system", "content": said}]
    around_system = tokenizer.apply_chat_template(system, tokenize=False)
    tokens: list[int] = []
    labels: list[int] = []
    turns = row["conversations"]
    for number, turn in enumerate(turns):
        text = around_answer if turn["from"] == "gpt" else around_question
        text = text.replace(said, turn["value"])
        if number == 0 and row.get("system"):
            text = around_system.replace(said, row["system"]) + text
        piece = tokenizer.encode(text, add_special_tokens=False)
        learnt = turn["from"] == "gpt" and (not mask_history or number == len(turns) - 1)
        tokens += piece
        labels += piece if learnt else [IGNORED] * len(piece)
    return tokens, labels
