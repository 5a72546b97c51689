"""Protocol: everything about an ablation that is settled before its first training."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

REGISTERED = "registered.json"
"""Where it is written down before the first training; nothing is added to it afterwards."""
METRIC = "nats per supervised token on the clean held-out set, paired by record and seed"
RULE = (
    "an effect is claimed where the 95% interval leaves out zero and the change is more than twice "
    "the standard deviation of RAW over its seeds; the filters are adjusted by Holm"
)
Origin = Literal["files", "recipe", "construction"]


def to_json(facts: dict[str, Any]) -> str:
    """Write facts as the file holds them."""
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True)
class Budget:
    """What every training gets, the same in all arms."""

    tokens: int
    """Supervised tokens."""
    steps: int
    """Optimizer steps."""
    rows: int
    """Packed rows of one step, or a few more."""

    @property
    def step_tokens(self) -> float:
        """Supervised tokens of one step."""
        return self.tokens / self.steps


@dataclass(frozen=True)
class Planned:
    """One arm as it was planned."""

    name: str
    kind: str
    records: int
    tokens: int
    """Supervised tokens of its records."""
    epochs: float
    """How often its records are seen: tokens of the budget over its own."""
    without: str = ""
    changed: int = 0


@dataclass(frozen=True)
class Protocol:
    """What is compared, with what, by what, and when an effect is claimed."""

    model: str
    size: int | None
    """The place of a model of our own among the sizes there are."""
    parameters: int
    seeds: tuple[int, ...]
    budget: Budget
    arms: tuple[Planned, ...]
    left_out: dict[str, str]
    """Arms that are not trained, and why."""
    held_out: dict[str, int]
    """Records of each held-out set."""
    clean: Origin
    """Who says that the clean set is clean."""
    leaked: int
    """Records left out of every arm, for they nearly repeat a held-out one."""
    unusable: int
    """Records of the training side that nothing can be learnt from."""
    settings: dict[str, Any]
    """How the model is trained; the seed apart."""
    asked: dict[str, Any]
    """What was asked for: the recipe, the data and the options."""
    seconds: float
    """What one training was expected to take."""
    metric: str = METRIC
    rule: str = RULE

    def facts(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Protocol":
        """Read it from JSON."""
        said = dict(facts)
        said["seeds"] = tuple(said["seeds"])
        said["budget"] = Budget(**said["budget"])
        said["arms"] = tuple(Planned(**arm) for arm in said["arms"])
        return cls(**said)
