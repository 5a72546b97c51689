"""Generate: what a model answers, greedily."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from curator.training.conversation import Conversation
from curator.training.render import Renderer


@dataclass(frozen=True)
class Answer:
    """One answer of a model."""

    text: str
    tokens: int
    stopped: bool
    """Whether the model ended its turn by itself, rather than at the limit."""


def generate(
    model: Any, renderer: Renderer, conversations: Sequence[Conversation], *, most_tokens: int
) -> list[Answer]:
    """Answer conversations that end with a question, most likely token first."""
    tokenizer, found = renderer.tokenizer, []
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for conversation in conversations:
            prompt = torch.tensor([renderer.prompt(conversation)], device=model.device)
            written = model.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=most_tokens,
                do_sample=False,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )[0, prompt.shape[1] :].tolist()
            stopped = tokenizer.eos_token_id in written
            text = tokenizer.decode(written, skip_special_tokens=True)
            found.append(Answer(text, len(written), stopped))
    model.train(was_training)
    return found
