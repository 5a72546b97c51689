"""Settings of training runs for tests: what a recipe would give, small."""

from typing import Any

from curator.recipe import Tune
from curator.training.settings import Training
from curator.tune.settings import training_of


def training(**said: Any) -> Training:
    """Return the settings that a recipe with this `tune:` section gives."""
    seed = said.pop("seed", 0)
    return training_of(Tune.model_validate({"method": "full", "max_tokens": 128, **said}), seed)
