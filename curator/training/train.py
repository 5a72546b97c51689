"""Train: examples and a model in, a trained model out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from curator.training.arguments import trainer_arguments
from curator.training.conversation import Example
from curator.training.flow import Flow
from curator.training.interruption import Interruption
from curator.training.journal import Journal
from curator.training.machine import machine
from curator.training.meter import Meter
from curator.training.plan import Plan, plan
from curator.training.progress import Listener
from curator.training.quiet import quiet, without_bars
from curator.training.render import Renderer
from curator.training.settings import Training
from curator.training.shape import ModelShape
from curator.training.start import Start, start
from curator.training.trainer import SftTrainer
from curator.training.watch import Answering, TensorBoard, Watch
from curator.training.work import lay_out


@dataclass(frozen=True)
class Trained:
    """What came of a training run."""

    model: Any
    steps: int
    loss: float
    """Nats per supervised token, the mean over all steps."""
    history: list[dict[str, Any]]
    """One entry a step, as in `metrics.jsonl`; see `Progress`."""
    best_step: int | None
    """The step whose weights these are, where they are not those of the last one."""
    save: Callable[[Path], None]
    """Write the weights into a folder; of several processes, all must call it."""


def train(  # noqa: PLR0913
    model: Any,
    tokenizer: Any,
    training: Sequence[Example],
    held_out: Sequence[Example],
    settings: Training,
    folder: Path | None,
    *,
    callbacks: Sequence[TrainerCallback] = (),
    resume: bool = False,
    planned: Plan | None = None,
    watch: Watch | None = None,
) -> Trained:
    """Train a model on the examples; checkpoints, metrics and answers go to `folder`.

    Without a folder nothing is written. With `resume` it goes on from the last whole checkpoint, to
    the same bits as if it had never stopped. Raises KeyboardInterrupt when the step is saved during
    which Ctrl-C or SIGTERM came.
    """
    watch = watch or Watch()
    arguments = trainer_arguments(settings, folder)
    processes, first = arguments.world_size, arguments.should_save
    shape, device = ModelShape.of(model.config), machine()
    lengths = [len(example) for example in training]
    planned = planned or plan(shape, settings, lengths, device, processes=processes)
    padding = tokenizer.pad_token_id or 0
    work = lay_out(training, held_out, settings, planned, processes=processes, padding=padding)
    begun = start(folder, work, resume=resume, first=first) if folder else Start(planned)
    journal = Journal(folder and folder / "metrics.jsonl", after=begun.step, writes=first)
    with quiet(model), Interruption(heard=folder is not None) as interruption:
        trainer = SftTrainer(model, arguments, work, interruption)
        listeners = _listeners(watch, folder, begun.step) if first else []
        meter = Meter(trainer, shape, device, journal, listeners)
        asks = _answering(watch, tokenizer, folder, begun.step, writes=first)
        for callback in (_flow(trainer, saves=folder is not None), meter, *asks, *callbacks):
            trainer.add_callback(callback)
        trainer.run(begun)
        best = trainer.load_best()
    return _trained(trainer, journal, best, tokenizer)


def _listeners(watch: Watch, folder: Path | None, step: int) -> list[Listener]:
    found = [watch.listener]
    if watch.tensorboard and folder:
        found.append(TensorBoard(folder / "tensorboard", after=step))
    return found


def _answering(
    watch: Watch, tokenizer: Any, folder: Path | None, step: int, *, writes: bool
) -> list[Answering]:
    if not watch.prompts:
        return []
    journal = Journal(folder and folder / "answers.jsonl", after=step, writes=writes)
    return [Answering(Renderer(tokenizer), watch, journal)]


def _trained(trainer: SftTrainer, journal: Journal, best: int | None, tokenizer: Any) -> Trained:
    losses = [line["loss"] for line in journal.lines]
    return Trained(
        model=trainer.model,
        steps=trainer.state.global_step,
        loss=sum(losses) / len(losses),
        history=journal.lines,
        best_step=best,
        save=partial(_save, trainer, tokenizer),
    )


def _flow(trainer: SftTrainer, *, saves: bool) -> Flow:
    work = trainer.work
    return Flow(
        eval_every=work.eval_every,
        save_every=work.save_every if saves else None,
        patience=work.settings.patience,
        interrupted=trainer.is_interrupted,
    )


def _save(trainer: SftTrainer, tokenizer: Any, folder: Path) -> None:
    with without_bars():
        trainer.save_model(str(folder))
    if trainer.args.should_save:
        tokenizer.save_pretrained(folder)
