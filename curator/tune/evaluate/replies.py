"""Replies: what a model answers to prompts, greedily, so that a second time it answers the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.tune.evaluate.constraints import says_anything
from curator.tune.evaluate.prompts import Prompt

if TYPE_CHECKING:
    from curator.training.render import Renderer


@dataclass(frozen=True)
class Reply:
    """One answer to one prompt."""

    prompt: Prompt
    text: str
    tokens: int
    stopped: bool
    """Whether the model ended its turn by itself, rather than at the limit of tokens."""

    @property
    def judged(self) -> str:
        """The answer, after the beginning of a sentence where the prompt asks to finish one."""
        opens, text = self.prompt.opens, self.text.strip()
        if not opens or not says_anything(text) or text.casefold().startswith(opens.casefold()):
            return text
        return f"{opens} {text}"


def replies_of(
    model: Any, renderer: "Renderer", prompts: Sequence[Prompt], most_tokens: int
) -> list[Reply]:
    """Ask a model every prompt."""
    from curator.training.generate import generate

    conversations = [one.conversation() for one in prompts]
    answers = generate(model, renderer, conversations, most_tokens=most_tokens)
    return [
        Reply(prompt, answer.text, answer.tokens, answer.stopped)
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
