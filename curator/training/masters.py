"""Masters: AdamW (Loshchilov and Hutter 2019) on float32 copies of weights held in bfloat16.

A bfloat16 weight keeps about three digits: a step much smaller than the weight would be lost.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import torch

from curator.training.settings import Training


class MasterAdamW(torch.optim.Optimizer):
    """AdamW whose state and copies of the weights are float32, whatever the weights are."""

    def __init__(
        self,
        params: Iterable[Any],
        *,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every weight that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                for weight in group["params"]:
                    if weight.grad is not None:
                        _move(weight, self.state[weight], group)
        return loss

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take a state back as it was; torch's own would round it to the weights' precision."""
        super().load_state_dict({**state_dict, "state": {}})
        weights = [weight for group in self.param_groups for weight in group["params"]]
        for place, state in deepcopy(state_dict["state"]).items():
            weight = weights[place]
            self.state[weight] = {
                name: value.to(weight.device) if isinstance(value, torch.Tensor) else value
                for name, value in state.items()
            }


def _move(weight: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
    if not state:
        state["step"] = 0
        state["master"] = weight.detach().float().clone()
        state["mean"] = torch.zeros_like(state["master"])
        state["square"] = torch.zeros_like(state["master"])
    state["step"] += 1
    master, mean, square = state["master"], state["mean"], state["square"]
    (first, second), rate = group["betas"], group["lr"]
    slope = weight.grad.float()
    mean.lerp_(slope, 1 - first)
    square.mul_(second).addcmul_(slope, slope, value=1 - second)
    size = square.div(1 - second ** state["step"]).sqrt_().add_(group["eps"])
    master.mul_(1 - rate * group["weight_decay"])
    master.addcdiv_(mean, size, value=-rate / (1 - first ** state["step"]))
    weight.copy_(master)


def optimizer_for(model: Any, settings: Training) -> torch.optim.Optimizer:
    """Return AdamW over what is learnt; matrices decay, vectors do not.

    Adapters held in bfloat16 have float32 masters always, for they are small; whole models have
    them where the settings say so.
    """
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in learnt if w.dim() > 1], "weight_decay": settings.weight_decay},
        {"params": [w for w in learnt if w.dim() <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rounded = any(weight.dtype != torch.float32 for weight in learnt)
    if rounded and (settings.masters or settings.method != "full"):
        return MasterAdamW(groups, lr=settings.learning_rate)
    fused = all(weight.is_cuda for weight in learnt)
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=fused)
