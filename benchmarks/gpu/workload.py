"""Workload: models by their sizes, and documents with the lengths of real data."""

import gc
import json
import platform
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import transformers
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config

from curator.training.attention import attention_for
from curator.training.conversation import Example
from curator.training.model import dtype_of, with_adapters
from curator.training.settings import Training

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SHAPES: dict[str, tuple[type, dict[str, Any]]] = {
    "0.5b": (
        Qwen2Config,
        {
            "vocab_size": 151_936,
            "hidden_size": 896,
            "intermediate_size": 4864,
            "num_hidden_layers": 24,
            "num_attention_heads": 14,
            "num_key_value_heads": 2,
            "tie_word_embeddings": True,
        },
    ),
    "1.5b": (
        Qwen2Config,
        {
            "vocab_size": 151_936,
            "hidden_size": 1536,
            "intermediate_size": 8960,
            "num_hidden_layers": 28,
            "num_attention_heads": 12,
            "num_key_value_heads": 2,
            "tie_word_embeddings": True,
        },
    ),
    "8b": (
        LlamaConfig,
        {
            "vocab_size": 128_256,
            "hidden_size": 4096,
            "intermediate_size": 14_336,
            "num_hidden_layers": 32,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
        },
    ),
    "toy": (
        Qwen2Config,
        {
            "vocab_size": 512,
            "hidden_size": 64,
            "intermediate_size": 192,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "tie_word_embeddings": True,
        },
    ),
}
"""The sizes of Qwen2.5-0.5B, Qwen2.5-1.5B and Llama-3.1-8B, and one for a CPU."""
LENGTHS = {"alpaca": (106, 0.541, 2048, 0.54), "tulu": (375, 0.92, 4096, 0.75)}
"""Median, spread (of the logarithm), most tokens, and the share that is learnt. `alpaca` has mean
123, p90 212, p99 374, and 164 for the sum of squares by the sum, as 9,229 rows of Alpaca have;
`tulu` has mean 565 and 1,200."""
STEP_TOKENS = {"0.5b": 131_072, "1.5b": 65_536, "8b": 65_536, "toy": 2048}


def config_of(shape: str) -> Any:
    """Describe the model of a shape."""
    made, sizes = SHAPES[shape]
    return made(**sizes, max_position_embeddings=32_768)


def settings_of(shape: str, method: Any, lengths: str, compile_layers: Any = "off") -> Training:
    """Return the settings of a measured run; all that is not said here is the planner's."""
    return Training(
        method=method,
        rank=16,
        alpha=32,
        dropout=0.0,
        learning_rate=1e-5,
        schedule="constant",
        warmup=0.0,
        weight_decay=0.0,
        max_grad_norm=1.0,
        epochs=1.0,
        max_steps=10_000,
        batch_tokens=STEP_TOKENS[shape],
        max_tokens=LENGTHS[lengths][2],
        micro_tokens=None,
        packing=True,
        checkpointing="auto",
        compile=compile_layers,
        precision="auto",
        masters=False,
        eval_every=None,
        save_every=None,
        patience=None,
        deterministic=False,
        seed=0,
    )


def examples_of(lengths: str, tokens: int, words: int, *, most: int | None = None) -> list[Example]:
    """Make documents of about so many tokens in all: random ids, the answer learnt."""
    median, spread, longest, learnt = LENGTHS[lengths]
    rng = np.random.default_rng(0)
    found: list[Example] = []
    made = 0
    while made < tokens:
        size = int(np.clip(rng.lognormal(np.log(median), spread), 8, most or longest))
        ids = rng.integers(10, words, size).astype(np.int32)
        supervised = np.arange(size) >= round(size * (1 - learnt))
        found.append(Example(str(len(found)), ids, supervised))
        made += size
    return found


def model_of(shape: str, settings: Training, **changed: Any) -> Any:
    """Make a model with random weights on the device, ready to be trained."""
    config = config_of(shape)
    name = attention_for(DEVICE, settings.precision, config)
    if settings.compile == "on" and DEVICE == "cpu":
        name = "sdpa"
    how = {"dtype": dtype_of(settings.precision, DEVICE), "attn_implementation": name, **changed}
    torch.manual_seed(0)
    with torch.device(DEVICE):
        model = AutoModelForCausalLM.from_config(config, **how)
    return with_adapters(model, settings)


def forget() -> None:
    """Give the device its memory back, and count its peak anew."""
    gc.collect()
    if DEVICE == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    torch._dynamo.reset()


def peak_bytes() -> int | None:
    """Return the most bytes that tensors have taken on the device; unknown on a CPU."""
    return torch.cuda.max_memory_allocated() if DEVICE == "cuda" else None


def tell(**facts: Any) -> None:
    """Print one result, with what it was measured on."""
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else platform.machine()
    print(json.dumps({**facts, "device": name, **versions, "python": platform.python_version()}))


def slices(times: list[float], windows: int) -> Iterator[tuple[int, int]]:
    """Cut steps into windows of equal numbers; yield the first and the one after the last."""
    each = max(1, len(times) // windows)
    for start in range(0, len(times) - each + 1, each):
        yield start, start + each
