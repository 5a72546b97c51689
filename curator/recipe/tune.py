"""Tune: what a recipe can say about fine-tuning a model on the kept records."""

from collections.abc import Callable
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from curator.recipe.settings import SETTINGS

_LOW_RANK = 2e-4
_FULL = 2e-5


class Tune(BaseModel):
    """Fine-tune a model on the kept records; `run` never does, `curator tune` does."""

    model_config = SETTINGS

    model: str = "tiny"
    """A path that begins with `./` or `/`, an id of the Hugging Face hub that
    `curator models pull hub:<id>` has fetched, or `tiny`: a small model with random weights, made
    on the spot, to try things out."""
    method: Literal["full", "lora", "rslora", "dora", "qlora"] = "lora"
    """Train all weights, or low-rank adapters on every linear layer: LoRA (Hu et al. 2021), its
    rank-stabilised form (Kalajdzievski 2023), DoRA (Liu et al. 2024), or LoRA over weights of four
    bits (QLoRA, Dettmers et al. 2023; needs bitsandbytes and a GPU)."""
    rank: int = Field(16, ge=1)
    """The rank of the adapters."""
    alpha: int = Field(32, ge=1)
    """Adapters are scaled by alpha / rank, or by alpha / sqrt(rank) for rslora."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """The share of an adapter's inputs that is left out at random."""
    learning_rate: float | None = Field(None, gt=0)
    """The highest learning rate; 2e-5 for `full` and 2e-4 for adapters when absent."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """How the learning rate falls after warming up."""
    warmup: float = Field(0.03, ge=0, lt=1)
    """The share of the steps over which the learning rate rises."""
    weight_decay: float = Field(0.0, ge=0)
    """AdamW's weight decay."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Longer gradients are shortened to this norm."""
    epochs: float = Field(3.0, gt=0)
    """How often every record is seen."""
    max_steps: int | None = Field(None, ge=1)
    """Stop after this many optimizer steps instead."""
    batch_tokens: int = Field(16_384, ge=1)
    """Tokens of one optimizer step, over all micro-batches and all processes."""
    max_tokens: int = Field(2048, ge=8)
    """The longest record, in tokens of the model."""
    over_long: Literal["skip", "truncate", "error"] = "skip"
    """What happens to a longer one: left out and counted, cut after its last whole answer that
    fits, or an error. Never silently."""
    micro_tokens: int | None = Field(None, ge=8)
    """Tokens of one forward pass; chosen by what fits the memory when absent."""
    packing: bool = True
    """Whether records share rows; no token ever sees another record."""
    learn_from: Literal["all", "last"] = "all"
    """Whether every answer of a conversation is learnt, or its last one only."""
    checkpointing: Literal["auto", "on", "off"] = "auto"
    """Recompute activations rather than keep them; `auto` does where they do not fit."""
    compile: Literal["auto", "on", "off"] = "auto"
    """Compile each layer; `auto` does on a GPU where the run is long enough to pay for it."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """What weights are held in; `auto` is bfloat16 on a GPU and float32 on a CPU."""
    masters: bool = False
    """Keep a float32 copy of bfloat16 weights, and update that one."""
    splits: dict[str, float] = {"train": 95, "validation": 5}
    """Shares by split name; the largest is trained on, the second is watched meanwhile."""
    eval_every: int | None = Field(None, ge=1)
    """Steps between two looks at the validation split; a tenth of the run when absent."""
    save_every: int | None = Field(None, ge=1)
    """Steps between two checkpoints; as `eval_every` when absent."""
    patience: int | None = Field(None, ge=1)
    """Stop after this many looks without a better validation loss; never when absent."""
    prompts: list[str] = []
    """Prompts that are answered at every look; three of the validation split when empty."""
    record_losses: bool = False
    """Write back, record by record, the loss before and after: what the model found hardest."""
    deterministic: bool = False
    """Use only kernels that give the same bits each time; slower on a GPU."""
    price_per_hour: float | None = Field(None, gt=0)
    """What the machine costs an hour, in any currency, for the estimate."""

    @property
    def peak_learning_rate(self) -> float:
        """The learning rate as said, or the one usual for the method."""
        return self.learning_rate or (_FULL if self.method == "full" else _LOW_RANK)

    def placed(self, place: Callable[[str], str]) -> Self:
        """Return the settings with the path of the model put elsewhere, where it is a path."""
        if not self.model.startswith((".", "/", "~")):
            return self
        moved = place(self.model)
        return self.model_copy(update={"model": moved if moved[0] in "./~" else f"./{moved}"})

    @model_validator(mode="after")
    def _two_splits(self) -> Self:
        wrong = [name for name, share in self.splits.items() if not share > 0]
        if wrong:
            raise ValueError(f"the share of split {wrong[0]!r} must be greater than 0")
        if self.micro_tokens is not None and self.micro_tokens < self.max_tokens:
            raise ValueError("`micro_tokens` must be at least `max_tokens`: a record is never cut")
        return self
