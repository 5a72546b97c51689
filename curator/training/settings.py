"""Settings: everything a training run is told, with no defaults; the recipe has those."""

from dataclasses import dataclass
from typing import Literal

Method = Literal["full", "lora", "rslora", "dora", "qlora"]
Switch = Literal["auto", "on", "off"]
Precision = Literal["auto", "bfloat16", "float32"]
Schedule = Literal["cosine", "linear", "constant"]
OverLong = Literal["skip", "truncate", "error"]
LearnFrom = Literal["all", "last"]


@dataclass(frozen=True)
class Training:
    """How a model is trained; each field is explained in `curator.recipe.tune.Tune`."""

    method: Method
    rank: int
    alpha: int
    dropout: float
    learning_rate: float
    schedule: Schedule
    warmup: float
    weight_decay: float
    max_grad_norm: float
    epochs: float
    max_steps: int | None
    batch_tokens: int
    max_tokens: int
    micro_tokens: int | None
    packing: bool
    checkpointing: Switch
    compile: Switch
    precision: Precision
    masters: bool
    eval_every: int | None
    save_every: int | None
    patience: int | None
    deterministic: bool
    seed: int
