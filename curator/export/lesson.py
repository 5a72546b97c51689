"""Lesson: what a trainer elsewhere is told, so that it trains as `curator tune` would."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from curator.recipe import Export, Recipe, Tune

Trainer = Literal["trl", "llama_factory", "axolotl"]
TRAINERS: tuple[Trainer, ...] = get_args(Trainer)
"""The presets that get a config."""
_PROGRAMS: dict[Trainer, str] = {
    "trl": "trl sft --config",
    "llama_factory": "llamafactory-cli train",
    "axolotl": "AXOLOTL_DO_NOT_TRACK=1 axolotl train",
}
"""What is given the path of a config."""
PLACEHOLDER = "MODEL"
"""What a config names where the recipe trains `tiny`, which only curator can make."""
_LOOKS = 0.1
_SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


@dataclass(frozen=True)
class Lesson:
    """How a model is to be trained on an export, in the words of the recipe."""

    trainer: Trainer
    tune: Tune
    seed: int
    folder: str
    """What the folder of the export is called; the trainer is run in the folder that holds it."""
    tokens: bool = False
    """Whether the rows are tokens with their labels, rather than conversations."""

    @property
    def file(self) -> str:
        """The name of the config."""
        return f"{self.trainer}.yaml"

    @property
    def command(self) -> str:
        """What trains by the config, run in the folder that holds the export."""
        return f"{_PROGRAMS[self.trainer]} {self.folder}/{self.file}"

    @property
    def model(self) -> str:
        """The model's name or the whole path of its folder, or a word to replace."""
        name = self.tune.model.removeprefix("hub:")
        folder = Path(name).expanduser()
        if name == "tiny":
            return PLACEHOLDER
        return str(folder.resolve()) if folder.is_dir() else name

    @property
    def last(self) -> bool:
        """Whether the last answer alone is learnt."""
        return self.tune.learn_from == "last"

    @property
    def output(self) -> str:
        """The folder of what is trained: beside the export, which the next export replaces."""
        return f"{self.folder}-model"

    @property
    def adapters(self) -> bool:
        """Whether low-rank adapters are trained."""
        return self.tune.method != "full"

    @property
    def bfloat16(self) -> bool:
        """Whether training computes in bfloat16: wherever float32 is not asked for."""
        return self.tune.precision != "float32"

    @property
    def rows(self) -> int:
        """Rows of `max_tokens` in one forward pass."""
        return max(1, (self.tune.micro_tokens or 0) // self.tune.max_tokens)

    @property
    def accumulation(self) -> int:
        """Forward passes of one optimizer step; together they hold about `batch_tokens`."""
        return max(1, round(self.tune.batch_tokens / (self.rows * self.tune.max_tokens)))

    @property
    def schedule(self) -> str:
        """The learning rate's schedule, as transformers calls it."""
        return _SCHEDULES[self.tune.schedule]

    @property
    def watch(self) -> float:
        """Steps between two looks at the held-out side; a share of the run below 1."""
        return self.tune.eval_every or _LOOKS

    @property
    def save(self) -> float:
        """Steps between two checkpoints; a share of the run below 1."""
        return self.tune.save_every or self.watch

    @property
    def keeps_best(self) -> bool:
        """Whether the best checkpoint can be what remains: all that are saved were looked at."""
        return self.save % self.watch == 0


def lesson_of(
    recipe: Recipe, settings: Export, folder: str, tune: Tune | None = None
) -> Lesson | None:
    """Return what the export's trainer is told; nothing where no config is wanted.

    It is `tune`, or else what the recipe says; an export that asks for a config gets the defaults.
    The programs load no folders of `as: hf`, which are for Python.
    """
    trainer = next((name for name in TRAINERS if name == settings.to), None)
    if trainer is None or settings.config is False or settings.container == "hf":
        return None
    said = tune or recipe.tune or (Tune() if settings.config else None)
    return Lesson(trainer, said, recipe.seed, folder) if said else None


def arguments(lesson: Lesson, *, watched: bool) -> dict[str, Any]:
    """Return the settings as transformers' `TrainingArguments` calls them.

    TRL and LLaMA-Factory read these names; the warm-up, which their versions call differently, is
    not among them.
    """
    tune = lesson.tune
    said: dict[str, Any] = {
        "output_dir": lesson.output,
        "per_device_train_batch_size": lesson.rows,
        "per_device_eval_batch_size": lesson.rows,
        "gradient_accumulation_steps": lesson.accumulation,
        "num_train_epochs": tune.epochs,
        **({"max_steps": tune.max_steps} if tune.max_steps else {}),
        "optim": "adamw_torch_fused",
        "learning_rate": tune.peak_learning_rate,
        "lr_scheduler_type": lesson.schedule,
        "weight_decay": tune.weight_decay,
        "max_grad_norm": tune.max_grad_norm,
        "bf16": lesson.bfloat16,
        "seed": lesson.seed,
        "data_seed": lesson.seed,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_steps": lesson.save,
        "report_to": "none",
    }
    if watched:
        said |= {"eval_strategy": "steps", "eval_steps": lesson.watch}
        best = {"metric_for_best_model": "eval_loss", "greater_is_better": False}
        said |= {"load_best_model_at_end": True, **best} if lesson.keeps_best else {}
    said |= {"torch_compile": True} if tune.compile == "on" else {}
    return said | ({"full_determinism": True} if tune.deterministic else {})


def spelled(lesson: Lesson, notes: Iterable[str], said: Mapping[str, Any]) -> str:
    """Write a config as YAML below the comment that says how it is run and what to know."""
    tokens = lesson.rows * lesson.accumulation * lesson.tune.max_tokens
    lines = [
        f"Trains as `curator tune` would. Where {lesson.folder}/ lies: {lesson.command}",
        f"One optimizer step sees about {tokens:,} tokens: divide the accumulation by your GPUs.",
        *notes,
    ]
    if lesson.model == PLACEHOLDER:
        lines.append(f"Replace {PLACEHOLDER}: only curator can make the recipe's model, `tiny`.")
    wrapped = (textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)
    comment = textwrap.indent("\n".join(wrapped), "# ") + "\n"
    return comment + yaml.safe_dump(dict(said), sort_keys=False, allow_unicode=True, width=100)
