"""Watch: what is seen of a run while it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from curator.errors import CuratorError
from curator.training.conversation import Conversation
from curator.training.generate import generate
from curator.training.journal import Journal
from curator.training.progress import Listener, Progress, silent
from curator.training.render import Renderer

_DRAWN = ("loss", "eval_loss", "learning_rate", "gradient_norm", "tokens_per_second", "mfu")


@dataclass(frozen=True)
class Watch:
    """What is told and written besides the metrics."""

    listener: Listener = silent
    prompts: Sequence[Conversation] = ()
    """Conversations that end with a question; answered at every look, into `answers.jsonl`."""
    answer_tokens: int = 128
    """The longest answer."""
    tensorboard: bool = False
    """Write what TensorBoard draws, too; needs the package."""


@dataclass
class Answering(TrainerCallback):
    """Answers the same prompts at every look at the held-out loss."""

    renderer: Renderer
    watch: Watch
    journal: Journal

    def on_evaluate(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        # All processes answer, for a model that is spread over them answers on none alone.
        prompts, most = self.watch.prompts, self.watch.answer_tokens
        answers = generate(model, self.renderer, prompts, most_tokens=most)
        for prompt, answer in zip(prompts, answers, strict=True):
            self.journal.append(
                {
                    "step": state.global_step,
                    "id": prompt.id,
                    "prompt": prompt.messages,
                    "answer": answer.text,
                    "tokens": answer.tokens,
                    "stopped": answer.stopped,
                }
            )


class TensorBoard:
    """Draws the steps of a run, those before `after` as they were."""

    def __init__(self, folder: Path, *, after: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise CuratorError(
                "drawing metrics needs the package tensorboard: run `pip install tensorboard`"
            ) from error
        self._writer = SummaryWriter(folder, purge_step=after + 1)

    def __call__(self, progress: Progress) -> None:
        for name in _DRAWN:
            value = getattr(progress, name)
            if value is not None:
                self._writer.add_scalar(name, value, progress.step)
        self._writer.flush()
