"""Average: the mean of a model's weights over its last steps, which a single step sways less."""

from typing import Any

import torch
from transformers import TrainerCallback


class Averaged(TrainerCallback):  # type: ignore[misc]
    """Keep an exponential mean of the trained weights, and put it in their place at the end."""

    def __init__(self, decay: float) -> None:
        self._decay = decay
        self._means: dict[str, torch.Tensor] = {}

    def on_step_end(self, args: Any, state: Any, control: Any, **said: Any) -> None:
        """Move the mean a little toward the weights; early on it moves faster."""
        decay = min(self._decay, state.global_step / (state.global_step + 1))
        with torch.no_grad():
            for name, weight in _trained(said["model"]):
                mean = self._means.get(name)
                if mean is None:
                    self._means[name] = weight.detach().float().clone()
                else:
                    mean.lerp_(weight.detach().float(), 1 - decay)

    def on_train_end(self, args: Any, state: Any, control: Any, **said: Any) -> None:
        """Let the model have the mean."""
        with torch.no_grad():
            for name, weight in _trained(said["model"]):
                if name in self._means:
                    weight.copy_(self._means[name])


def _trained(model: Any) -> list[tuple[str, Any]]:
    return [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
