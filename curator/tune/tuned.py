"""Tuned: what is known of a finished training run, as its `tuned.json` says it."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from curator.recipe import Tune


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Side(_Facts):
    """What was trained on, or watched meanwhile."""

    name: str
    """The split's name."""
    records: int
    """How many records; one that an input's weight doubles counts twice."""
    tokens: int
    """Their tokens."""
    learnt: int
    """How many of them are targets of the loss."""


class Compared(_Facts):
    """The files, read again, against the model that was trained, on a few records."""

    records: int
    """How many records were compared."""
    largest: float
    """Largest difference of a logit."""
    agreement: float
    """Share of places where the likeliest token is the same."""
    scale: float
    """Standard deviation of the logits, to hold the difference against."""


class Tuned(_Facts):
    """Everything a reader needs to know of a model that was trained on a run; written last."""

    layout: int = 1
    """The version of this file."""
    base: str
    """The model it began as, as the settings name it."""
    settings: Tune
    """What was asked for, with every default spelled out."""
    seed: int
    """The seed of everything random."""
    training: Side
    """The split that was trained on."""
    validation: Side | None
    """The split that was watched; null where there is none."""
    left_out: dict[str, int]
    """Kept records that were not trained on or watched, by reason."""
    fingerprint: str
    """xxh3-128 over the contents of the training split, in order."""
    steps: int
    """Optimizer steps that were made."""
    epochs: float
    """How often every record was seen."""
    best_step: int | None = None
    """The step whose weights these are, where the validation loss was lowest before the end."""
    precision: str
    """What the weights were held in."""
    device: str
    """Where it was trained."""
    seconds: float
    """How long the training took."""
    before: float | None
    """Loss on the validation split before, in nats per learnt token."""
    after: float | None
    """The same after."""
    hardest: dict[str, float] = {}
    """The records that the model still found hardest, by id, with their loss; where asked for."""
    compared: Compared
    """Whether the files are the model."""
    versions: dict[str, str]
    """curator, Python and the packages that trained."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what a `tuned.json` says."""
        return cls.model_validate_json(text)
