"""Trial: one training on one arm with one seed, and the ablation that all of them make."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.training.nll import Losses

RAW, CURATED, DROPPED = "RAW", "CURATED", "DROPPED"
RANDOM, LONGEST = "RANDOM@k", "LONGEST@k"
CLEAN, UNTOUCHED, OTHER = "clean", "raw", "other"
"""The held-out sets: clean and of the same kind, as it came, and of another kind."""


def without(filter_name: str) -> str:
    """Name the arm that is curated by all filters but one."""
    return f"CURATED without {filter_name}"


@dataclass(frozen=True)
class Trial:
    """What one arm came to with one seed."""

    arm: str
    seed: int
    rows: int
    tokens: int
    """Supervised tokens of the arm's rows, each row once."""
    epochs: float
    """How often each row was seen."""
    steps: int
    seconds: float
    losses: "Mapping[str, Losses]"
    """By held-out set; the same examples in the same order in every trial."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Shares of the answers it wrote: `exact`, `empty`, `endless`, `looping`."""


@dataclass(frozen=True)
class Planned:
    """What was fixed before the first training."""

    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: int
    """Supervised tokens that every trial is trained on."""
    batch_tokens: int
    """Supervised tokens a step, about."""
    steps: int
    learning_rate: float
    schedule: str = ""
    """How the learning rate goes, in words."""
    k: int = 0
    """Records of CURATED, and so of RANDOM@k and LONGEST@k."""
    primary: str = CLEAN
    """The held-out set that the verdict is about."""
    margin: float = 2.0
    """A claim needs a difference of more than this many standard deviations of RAW over seeds."""
    draws: int = 2000
    """Draws of the bootstrap."""
    bootstrap_seed: int = 0


@dataclass(frozen=True)
class SetFacts:
    """A held-out set."""

    name: str
    records: int
    tokens: int
    """Supervised tokens."""
    chosen_by: str
    """In plain words, such as `the hash of the prompt, before any filter saw the data`."""


@dataclass(frozen=True)
class ArmFacts:
    """An arm: which records it is trained on."""

    name: str
    says: str
    """In plain words, such as `every record, as it came`."""
    rows: int
    tokens: int
    """Supervised tokens, each row once."""
    mean_answer: float
    """Supervised tokens a record."""
    median_answer: float | None = None
    filter: str | None = None
    """The filter that this arm is without."""
    dropped_alone: int | None = None
    """Records that no other filter drops."""


@dataclass(frozen=True)
class Ablation:
    """Every trial of a recipe with a model, and what was fixed before the first."""

    recipe: str
    model: str
    parameters: int
    planned: Planned
    trials: tuple[Trial, ...]
    sets: tuple[SetFacts, ...]
    arms: tuple[ArmFacts, ...]
    notes: tuple[str, ...] = ()
    planted: Mapping[str, Any] | None = None
    """Defects that were planted in the data, and how many of each the recipe dropped."""

    def trials_of(self, arm: str) -> tuple[Trial, ...]:
        """Return the trials of an arm by seed; none where the arm was not trained."""
        return tuple(sorted((t for t in self.trials if t.arm == arm), key=lambda t: t.seed))


def planned_to_json(planned: Planned) -> dict[str, Any]:
    """Turn a plan into plain values."""
    return {**asdict(planned), "arms": list(planned.arms), "seeds": list(planned.seeds)}
