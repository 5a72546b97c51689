"""Generate: what a model answers, greedily."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from curator.training.compiled import uncompiled
from curator.training.conversation import Conversation
from curator.training.render import Renderer


@dataclass(frozen=True)
class Answer:
    """One answer of a model."""

    text: str
    tokens: int
    """How many were written, the end of the turn among them."""
    stopped: bool
    """Whether the model ended its turn by itself, rather than at the limit."""


def generate(
    model: Any,
    renderer: Renderer,
    conversations: Sequence[Conversation],
    *,
    most_tokens: int,
    at_once: int = 16,
) -> list[Answer]:
    """Answer conversations that end with a question, most likely token first."""
    prompts = [renderer.prompt(conversation) for conversation in conversations]
    stops = stop_tokens(model, renderer)
    found: dict[int, Answer] = {}
    order = sorted(range(len(prompts)), key=lambda place: (len(prompts[place]), place))
    was_training = model.training
    model.eval()
    with torch.inference_mode(), uncompiled(model):
        for start in range(0, len(order), at_once):
            places = order[start : start + at_once]
            written = _continue(model, [prompts[i] for i in places], stops, most_tokens)
            for place, tokens in zip(places, written, strict=True):
                found[place] = _answer(renderer.tokenizer, tokens, stops)
    model.train(was_training)
    return [found[place] for place in range(len(prompts))]


def stop_tokens(model: Any, renderer: Renderer) -> list[int]:
    """Return every token that ends a turn: by the model, by the tokenizer and by its template."""
    config = getattr(model, "generation_config", None)
    said = getattr(config, "eos_token_id", None)
    stops = set(said if isinstance(said, list) else [said])
    stops |= {renderer.tokenizer.eos_token_id, _end_of_turn(renderer)}
    return sorted(stop for stop in stops if stop is not None)


def _end_of_turn(renderer: Renderer) -> int | None:
    """Return the special token that the template writes after an answer, if it writes one."""
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    example = renderer.render(Conversation("", turns))
    tokenizer = renderer.tokenizer
    special = {*tokenizer.all_special_ids, *tokenizer.get_added_vocab().values()}
    learnt = example.tokens[example.supervised].tolist()
    return next((token for token in reversed(learnt) if token in special), None)


def _continue(
    model: Any, prompts: list[list[int]], stops: list[int], most_tokens: int
) -> list[list[int]]:
    """Return what follows each prompt; prompts are padded on the left to one length."""
    longest = max(len(prompt) for prompt in prompts)
    padding = stops[0] if stops else 0
    tokens = torch.tensor([[padding] * (longest - len(one)) + one for one in prompts])
    seen = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts])
    settings = GenerationConfig(
        max_new_tokens=most_tokens,
        do_sample=False,
        repetition_penalty=1.0,
        eos_token_id=stops or None,
        pad_token_id=padding,
    )
    written = model.generate(
        input_ids=tokens.to(model.device),
        attention_mask=seen.to(model.device),
        generation_config=settings,
    )
    found: list[list[int]] = written[:, longest:].tolist()
    return found


def _answer(tokenizer: Any, tokens: list[int], stops: list[int]) -> Answer:
    ends = [place for place, token in enumerate(tokens) if token in stops]
    kept = tokens[: ends[0] + 1] if ends else tokens
    said = kept[:-1] if ends else kept
    return Answer(tokenizer.decode(said, skip_special_tokens=True), len(kept), bool(ends))
