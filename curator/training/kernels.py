"""Kernels: causal attention over documents that lie end to end."""

import inspect
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import torch

_NEAR = 0.02
"""Results in bfloat16 that are no further apart than this are the same."""


class Documents(NamedTuple):
    """Where documents lie in a row: i goes from boundaries[i] to boundaries[i + 1]."""

    boundaries: Any
    """int32; equal neighbours are no document."""
    longest: int
    """No document has more tokens."""


class Kernel(Protocol):
    """Attention of queries (tokens, heads, width) to keys and values (tokens, kv heads, width)."""

    def __call__(
        self,
        query: Any,
        key: Any,
        value: Any,
        documents: Documents,
        *,
        window: int | None,
        scale: float | None,
    ) -> Any:
        """Return (tokens, heads, width).

        A token sees itself and what stands before it in its document, `window` tokens in all.
        """


def by_document(
    query: Any,
    key: Any,
    value: Any,
    documents: Documents,
    *,
    window: int | None,
    scale: float | None,
) -> Any:
    """Attend one document after the other."""
    found = []
    for start, end in pairwise(documents.boundaries.tolist()):
        if start == end:
            continue
        one, keys, values = (x[start:end].transpose(0, 1)[None] for x in (query, key, value))
        near = None if window is None or window >= end - start else _near(end - start, window, one)
        seen = torch.nn.functional.scaled_dot_product_attention(
            one, keys, values, near, is_causal=near is None, scale=scale, enable_gqa=True
        )
        found.append(seen[0].transpose(0, 1))
    return torch.cat(found)


def _near(length: int, window: int, like: Any) -> Any:
    """Return which of `length` tokens are seen by which: the last `window` up to oneself."""
    back = torch.arange(length, device=like.device)
    back = back[:, None] - back
    return (back >= 0) & (back < window)


@cache
def varlen_kernel() -> Kernel | None:
    """Return torch's own attention over documents of varying length, where this torch has it.

    On the GPU it is tried once with fewer heads of keys than of queries, which torch 2.11 takes
    without saying so; where that is not exact, keys are repeated.
    """
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    found = adapted(varlen_attn)
    if found is not None and torch.cuda.is_available() and not shares_keys(found, "cuda"):
        return repeating_keys(found)
    return found


def repeating_keys(kernel: Kernel) -> Kernel:
    """Let a kernel see a key for each query's head."""

    def attend(
        query: Any,
        key: Any,
        value: Any,
        documents: Documents,
        *,
        window: int | None,
        scale: float | None,
    ) -> Any:
        each = query.shape[1] // key.shape[1]
        keys, values = (one.repeat_interleave(each, 1) for one in (key, value))
        return kernel(query, keys, values, documents, window=window, scale=scale)

    return attend


def shares_keys(kernel: Kernel, device: str) -> bool:
    """Try whether heads that share keys see, and learn, what they would with keys of their own."""
    makes = torch.Generator().manual_seed(0)
    documents = Documents(torch.tensor([0, 5, 14], dtype=torch.int32, device=device), 9)
    inputs = [
        torch.randn(14, heads, 64, generator=makes).to(device, torch.bfloat16).requires_grad_()
        for heads in (4, 2, 2)
    ]
    try:
        shared, own = (_slopes(one, inputs, documents) for one in (kernel, repeating_keys(kernel)))
    except (RuntimeError, ValueError):
        return False
    return all((a - b).norm() < _NEAR * b.norm() for a, b in zip(shared, own, strict=True))


def _slopes(kernel: Kernel, inputs: list[Any], documents: Documents) -> list[Any]:
    found = kernel(inputs[0], inputs[1], inputs[2], documents, window=None, scale=None)
    slopes = torch.autograd.grad(found.float().square().sum(), inputs)
    return [one.float() for one in (found, *slopes)]


def adapted(varlen_attn: Callable[..., Any]) -> Kernel | None:
    """Call torch's `varlen_attn` as its signature wants it; None where it knows no windows.

    torch 2.11 takes fewer key heads than query heads as they are, and 2.13 wants to be told.
    """
    accepted = inspect.signature(varlen_attn).parameters
    if "window_size" not in accepted:
        return None
    asks = "enable_gqa" in accepted

    def attend(
        query: Any,
        key: Any,
        value: Any,
        documents: Documents,
        *,
        window: int | None,
        scale: float | None,
    ) -> Any:
        shares = {"enable_gqa": True} if asks and query.shape[1] != key.shape[1] else {}
        return varlen_attn(
            query,
            key,
            value,
            documents.boundaries,
            documents.boundaries,
            documents.longest,
            documents.longest,
            window_size=(-1 if window is None else window - 1, 0),
            scale=scale,
            **shares,
        )

    return attend
