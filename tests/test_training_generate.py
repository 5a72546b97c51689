"""Answers are the model's own: alone or in a batch, up to the end of the turn or the limit."""

from typing import Any

import pytest
import torch

from curator.training.attention import DOCUMENTS
from curator.training.conversation import Conversation
from curator.training.generate import Answer, generate, stop_tokens
from curator.training.loss import with_chunked_loss
from curator.training.render import Renderer
from curator.training.tiny import tiny_tokenizer
from tests.tiny_models import tiny_model

torch.set_num_threads(1)
TEXTS = ["What is the capital of France?", "Paris is.", "Tell me a long story about a river.", "Hi"]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(tiny_tokenizer(TEXTS, words=300))


def questions() -> list[Conversation]:
    return [Conversation(str(i), [{"role": "user", "content": t}]) for i, t in enumerate(TEXTS)]


def model_of(renderer: Renderer, family: str = "qwen3") -> Any:
    words = len(renderer.tokenizer)
    model = tiny_model(family, attention=DOCUMENTS, vocab_size=words, max_position_embeddings=256)
    model.generation_config.eos_token_id = None
    return model


def one_at_a_time(
    model: Any, renderer: Renderer, conversation: Conversation, most: int
) -> list[int]:
    """Choose the likeliest token again and again, without cache, batch or padding."""
    tokens = renderer.prompt(conversation)
    written: list[int] = []
    while len(written) < most and not set(written) & set(stop_tokens(model, renderer)):
        with torch.no_grad():
            scores = model(input_ids=torch.tensor([tokens + written]), use_cache=False).logits
        written.append(int(scores[0, -1].argmax()))
    return written


@pytest.mark.parametrize("family", ["qwen3", "llama", "gemma3"])
def test_a_batch_writes_what_each_would_alone(renderer: Renderer, family: str) -> None:
    model = model_of(renderer, family)
    found = generate(model, renderer, questions(), most_tokens=12, at_once=3)
    for answer, conversation in zip(found, questions(), strict=True):
        tokens = one_at_a_time(model, renderer, conversation, 12)
        assert answer.tokens == len(tokens)
        assert answer.text == renderer.tokenizer.decode(tokens, skip_special_tokens=True)


def test_the_end_of_the_turn_stops_an_answer(renderer: Renderer) -> None:
    model = model_of(renderer)
    free = generate(model, renderer, questions()[:1], most_tokens=8)
    third = one_at_a_time(model, renderer, questions()[0], 8)[2]
    model.generation_config.eos_token_id = [third]
    stopped = generate(model, renderer, questions()[:1], most_tokens=8)
    assert (free[0].tokens, free[0].stopped) == (8, False)
    assert stopped[0].stopped
    assert stopped[0].tokens <= 3
    assert free[0].text.startswith(stopped[0].text)


def test_every_token_that_ends_a_turn_stops(renderer: Renderer) -> None:
    tokenizer, model = renderer.tokenizer, model_of(renderer)
    model.generation_config.eos_token_id = [7, 9]
    end, start = tokenizer.convert_tokens_to_ids(["<|im_end|>", "<|endoftext|>"])
    tokenizer.eos_token = "<|endoftext|>"
    try:
        assert stop_tokens(model, renderer) == sorted({7, 9, end, start})
    finally:
        tokenizer.eos_token = "<|im_end|>"


def test_what_the_model_prefers_by_default_is_not_sampled(renderer: Renderer) -> None:
    model = model_of(renderer)
    expected = generate(model, renderer, questions(), most_tokens=6)
    model.generation_config.repetition_penalty = 1.5
    model.generation_config.do_sample = True
    model.generation_config.temperature = 0.7
    assert generate(model, renderer, questions(), most_tokens=6) == expected


def test_no_question_no_answer(renderer: Renderer) -> None:
    assert generate(model_of(renderer), renderer, [], most_tokens=4) == []


def test_a_model_that_is_being_trained_answers_and_goes_on(renderer: Renderer) -> None:
    model = with_chunked_loss(model_of(renderer)).train()
    expected = generate(model_of(renderer), renderer, questions()[:1], most_tokens=4)
    assert generate(model, renderer, questions()[:1], most_tokens=4) == expected
    assert model.training
    assert isinstance(expected[0], Answer)


def test_answers_come_in_the_order_of_the_questions(renderer: Renderer) -> None:
    model = model_of(renderer)
    forward = generate(model, renderer, questions(), most_tokens=5)
    assert generate(model, renderer, questions()[::-1], most_tokens=5) == forward[::-1]
