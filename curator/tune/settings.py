"""Settings: what a recipe says about tuning, as the training core takes it."""

from dataclasses import fields
from typing import TYPE_CHECKING

from curator.recipe import Tune

if TYPE_CHECKING:
    from curator.training.settings import Training


def training_of(tune: Tune, seed: int) -> "Training":
    """Return the settings of the core: the same names, with the method's usual learning rate."""
    from curator.training.settings import Training

    names = {field.name for field in fields(Training)}
    said = {name: value for name, value in tune.model_dump().items() if name in names}
    return Training(**said | {"learning_rate": tune.peak_learning_rate, "seed": seed})
