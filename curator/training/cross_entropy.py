"""Cross entropy: the loss of the tokens that are learnt, a chunk at a time.

The scores of the whole vocabulary exist for one chunk only, and the gradients are calculated with
them, in the forward pass, as the fused losses of Liger (Hsu et al. 2024) do. The gradient of the
head is summed in float32: rounding each chunk to bfloat16 would bias it.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch.autograd.function import once_differentiable

_CHUNK_BYTES = {"cuda": 1 << 30}
_CHUNK_BYTES_ELSEWHERE = 1 << 26


@dataclass(frozen=True)
class Head:
    """How a model's last hidden states become scores."""

    weight: Any
    """(words, hidden)"""
    bias: Any | None = None
    """(words,)"""
    scale: float = 1.0
    """What scores are multiplied by."""
    cap: float | None = None
    """Scores are bent into -cap to cap by the hyperbolic tangent."""


def bent(scores: Any, head: Head) -> Any:
    """Return scores as the head scales and caps them."""
    scores = scores * head.scale
    return scores if head.cap is None else torch.tanh(scores / head.cap) * head.cap


def chunk_tokens(words: int, device: str) -> int:
    """Return how many tokens are scored at once, for a vocabulary of this many words."""
    allowed = _CHUNK_BYTES.get(device, _CHUNK_BYTES_ELSEWHERE)
    return max(16, allowed // (4 * words))


def summed_loss(hidden: Any, labels: Any, head: Head, *, chunk: int | None = None) -> Any:
    """Return the summed cross entropy, and that of each token (which carries no gradient).

    `hidden` is (tokens, hidden) and `labels` (tokens,): only what is learnt.
    """
    size = chunk or chunk_tokens(head.weight.shape[0], hidden.device.type)
    learns = torch.is_grad_enabled()
    return _ChunkedLoss.apply(
        hidden, labels, head.weight, head.bias, (head.scale, head.cap, size, learns)
    )


class _ChunkedLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Any, labels: Any, weight: Any, bias: Any, how: Any) -> Any:
        scale, cap, size, learns = how
        wants = [need and learns for need in ctx.needs_input_grad]
        precise = torch.promote_types(hidden.dtype, torch.float32)
        losses = torch.empty(len(hidden), dtype=precise, device=hidden.device)
        to_hidden = torch.empty_like(hidden) if wants[0] else None
        to_weight = torch.zeros_like(weight, dtype=precise) if wants[2] else None
        to_bias = torch.zeros_like(bias, dtype=precise) if wants[3] else None
        for start in range(0, len(hidden), size):
            part = slice(start, start + size)
            scores = torch.nn.functional.linear(hidden[part], weight, bias).to(precise)
            slopes = _cross_entropy(scores, labels[part], losses[part], scale, cap)
            if not any(wants):
                continue
            slopes = slopes.to(weight.dtype)
            if to_hidden is not None:
                torch.mm(slopes, weight, out=to_hidden[part])
            if to_weight is not None:
                _add_product(to_weight, slopes.T, hidden[part])
            if to_bias is not None:
                to_bias += slopes.sum(0, dtype=precise)
        ctx.gradients = tuple(
            None if found is None else found.to(like.dtype)
            for found, like in ((to_hidden, hidden), (to_weight, weight), (to_bias, bias))
        )
        ctx.mark_non_differentiable(losses)
        return losses.sum(), losses

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, slope: Any, _: Any) -> Any:
        to_hidden, to_weight, to_bias = (
            None if found is None else found.mul_(slope) for found in ctx.gradients
        )
        ctx.gradients = ()
        return to_hidden, None, to_weight, to_bias, None


def _cross_entropy(scores: Any, labels: Any, losses: Any, scale: float, cap: float | None) -> Any:
    """Write the losses, and turn raw scores into the slopes of the loss by them, in place."""
    if scale != 1.0:
        scores.mul_(scale)
    if cap is not None:
        scores.div_(cap).tanh_()
        bend = 1 - scores.square()
        scores.mul_(cap)
    right = labels[:, None]
    total = scores.logsumexp(1, keepdim=True)
    losses.copy_((total - scores.gather(1, right)).flatten())
    slopes = scores.sub_(total).exp_()
    slopes.scatter_add_(1, right, torch.full_like(total, -1.0))
    if cap is not None:
        slopes.mul_(bend)
    return slopes.mul_(scale) if scale != 1.0 else slopes


def _add_product(total: Any, left: Any, right: Any) -> None:
    """Add left @ right to the total, in the precision of the total."""
    if total.dtype == left.dtype:
        total.addmm_(left, right)
    elif left.is_cuda:
        total += torch.mm(left, right, out_dtype=total.dtype)
    else:
        total.addmm_(left.to(total.dtype), right.to(total.dtype))
