"""Gradients: torch's kernel over documents, and compiled layers, held against float32.

PYTHONPATH=. python benchmarks/gpu/gradients.py
"""

import argparse
import sys
from dataclasses import replace
from itertools import accumulate
from typing import Any

import torch
from workload import DEVICE, examples_of, forget, model_of, settings_of, tell

from curator.training.attention import DOCUMENTS
from curator.training.batches import PackedRows, collate
from curator.training.compiled import compile_layers
from curator.training.kernels import Documents, Kernel, by_document, varlen_kernel
from curator.training.loss import causal, with_chunked_loss
from curator.training.pack import pack

HEADS = [(14, 2, 64), (12, 2, 128), (32, 8, 128), (8, 8, 64), (4, 1, 256)]
"""Heads, heads of keys, and their width: as in Qwen2.5-0.5B, 1.5B, Llama-3.1-8B, without sharing,
and as in Gemma 3 1B."""
WINDOWS = [None, 100]
NOT_FAR = 1.5
"""Our error may be this many times that of torch's ordinary attention in bfloat16."""
COSINE = 0.999


def main() -> None:
    """Compare, tell, and fail where something is off."""
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--toy", action="store_true", help="few tokens, for a CPU")
    toy = found.parse_args().toy
    if DEVICE == "cpu" and not toy:
        found.error("there is no GPU here: say --toy")
    lengths = [7, 40, 1, 25] if toy else [700, 130, 1, 64, 513, 90, 2048, 3, 547]
    fine = [
        _kernel(heads, window, lengths)
        for heads in HEADS[: 2 if toy else None]
        for window in WINDOWS
    ]
    fine += [_model(method, compiled=False) for method in ("full", "lora")]
    if DEVICE == "cuda":
        fine += [_model(method, compiled=True) for method in ("full", "lora")]
    if not all(fine):
        sys.exit(1)


def _kernel(heads: tuple[int, int, int], window: int | None, lengths: list[int]) -> bool:
    queries, keys, width = heads
    tokens = sum(lengths)
    ends = torch.tensor([0, *accumulate(lengths), tokens, tokens], dtype=torch.int32)
    documents = Documents(ends.to(DEVICE), max(lengths))
    torch.manual_seed(0)
    inputs = [
        torch.randn(tokens, n, width, device=DEVICE, dtype=torch.bfloat16)
        for n in (queries, keys, keys)
    ]
    slope = torch.randn(tokens, queries, width, device=DEVICE, dtype=torch.bfloat16)
    kernel = varlen_kernel() if DEVICE == "cuda" else by_document
    assert kernel is not None
    exact = _run(by_document, [one.float() for one in inputs], slope.float(), documents, window)
    ours = _run(kernel, inputs, slope, documents, window)
    usual = _run(by_document, inputs, slope, documents, window)
    off, allowed = ([_off(a, b) for a, b in zip(x, exact, strict=True)] for x in (ours, usual))
    fine = all(a <= NOT_FAR * b + 1e-4 for a, b in zip(off, allowed, strict=True))
    tell(bench="kernel", heads=queries, kv_heads=keys, width=width, window=window, off=off,
         usual=allowed, fine=fine)  # fmt: skip
    return fine


def _run(
    kernel: Kernel, inputs: list[Any], slope: Any, documents: Documents, window: int | None
) -> list[Any]:
    """Return the output and the gradients of query, key and value."""
    query, key, value = (one.detach().clone().requires_grad_() for one in inputs)
    found = kernel(query, key, value, documents, window=window, scale=None)
    return [found.detach(), *torch.autograd.grad(found, (query, key, value), slope)]


def _off(found: Any, exact: Any) -> float:
    return round(float((found.float() - exact).norm() / exact.norm()), 6)


def _model(method: Any, *, compiled: bool) -> bool:
    """Compare all gradients of a small model in bfloat16 with those in float32."""
    settings = replace(settings_of("toy", method, "alpaca"), precision="bfloat16")
    fast = model_of("toy", settings)
    slow = model_of("toy", replace(settings, precision="float32"), attn_implementation=DOCUMENTS)
    if method == "lora":
        _wake(fast)
    slow.load_state_dict(fast.state_dict())
    if compiled:
        compile_layers(fast)
    examples = examples_of("alpaca", 4000, 512, most=500)
    packed = PackedRows(examples, pack([len(one) for one in examples], 1024), 1024, 0)
    batch = collate([packed[0], packed[1]])
    loss, slopes = _learn(fast, batch)
    exact_loss, exact = _learn(slow, batch)
    cosine = float(torch.nn.functional.cosine_similarity(slopes, exact, 0))
    fine = cosine > COSINE and abs(loss / exact_loss - 1) < 1e-2  # noqa: PLR2004
    tell(bench="model", method=method, compiled=compiled, cosine=cosine, loss=loss,
         exact_loss=exact_loss, fine=fine)  # fmt: skip
    forget()
    return fine


def _wake(model: Any) -> None:
    """Give adapters an effect: they begin with none."""
    for name, weight in causal(model).named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, 0, 0.02)


def _learn(model: Any, batch: dict[str, Any]) -> tuple[float, Any]:
    with_chunked_loss(model, longest=500).train()
    loss = model(**{name: values.to(DEVICE) for name, values in batch.items()}).loss
    loss.backward()
    slopes = [w.grad.float().flatten() for w in model.parameters() if w.grad is not None]
    return float(loss.detach()), torch.cat(slopes).double()


if __name__ == "__main__":
    main()
