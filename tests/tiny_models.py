"""Tiny decoders of many families, built from configurations: random weights, real code."""

from typing import Any

import numpy as np
import torch
import transformers

from curator.training.conversation import Example
from curator.training.settings import Training

WORDS = 97
WINDOW = 5
_SIZES: dict[str, Any] = {
    "vocab_size": WORDS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_HEADS = {"head_dim": 8}
_LAYERS = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": WINDOW}
RECURRENT: dict[str, tuple[str, dict[str, Any]]] = {
    "lfm2": ("Lfm2Config", {"layer_types": ["conv", "full_attention"]}),
    "bloom": ("BloomConfig", {"n_head": 4, "n_layer": 2}),
}
"""Models whose documents see each other where they share a row: by a state that is carried on, and
by distances where no positions are told."""
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen2": ("Qwen2Config", {"tie_word_embeddings": True}),
    "qwen3": ("Qwen3Config", _HEADS),
    "llama": ("LlamaConfig", {}),
    "mistral": ("MistralConfig", {"sliding_window": WINDOW}),
    "gemma2": ("Gemma2Config", {**_HEADS, **_LAYERS, "query_pre_attn_scalar": 8}),
    "gemma3": ("Gemma3TextConfig", {**_HEADS, **_LAYERS, "query_pre_attn_scalar": 8}),
    "gemma": ("GemmaConfig", _HEADS),
    "granite": ("GraniteConfig", {"logits_scaling": 4.0, "attention_multiplier": 0.2}),
    "phi3": ("Phi3Config", {"sliding_window": WINDOW}),
    "olmo2": ("Olmo2Config", {}),
    "olmo3": ("Olmo3Config", _LAYERS),
    "smollm3": ("SmolLM3Config", {}),
    "starcoder2": ("Starcoder2Config", {"sliding_window": WINDOW}),
    "mixtral": ("MixtralConfig", {"sliding_window": WINDOW, "num_local_experts": 4}),
    "qwen3_moe": (
        "Qwen3MoeConfig",
        {**_HEADS, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 24},
    ),
    "cohere2": ("Cohere2Config", {**_HEADS, **_LAYERS}),
    "gpt_neox": ("GPTNeoXConfig", {}),
    "helium": ("HeliumConfig", _HEADS),
}
"""By name: the class of the configuration, and what is peculiar to it."""


def config_of(family: str, **peculiar: Any) -> Any:
    """Describe a model of a family, two layers deep; windows see five tokens."""
    name, own = {**FAMILIES, **RECURRENT}[family]
    return getattr(transformers, name)(**{**_SIZES, **own, **peculiar})


def tiny_model(
    family: str, *, attention: str | None = None, dtype: Any = torch.float32, **peculiar: Any
) -> Any:
    """Build a model with random weights, large enough that tokens and places matter."""
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(
        config_of(family, **peculiar), attn_implementation=attention, dtype=dtype
    )
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.2)
    return model.eval()


def random_examples(*lengths: int, seed: int = 0, words: int = WORDS) -> list[Example]:
    """Make documents of these lengths; about half of their tokens are learnt."""
    rng = np.random.default_rng(seed)
    found = []
    for place, length in enumerate(lengths):
        tokens = rng.integers(3, words, length).astype(np.int32)
        supervised = rng.random(length) < 0.5
        supervised[0] = False
        supervised[-1] = length > 1
        found.append(Example(str(place), tokens, supervised))
    return found


SETTINGS = Training(
    method="full",
    rank=4,
    alpha=8,
    dropout=0.0,
    learning_rate=1e-3,
    schedule="cosine",
    warmup=0.03,
    weight_decay=0.0,
    max_grad_norm=1.0,
    epochs=1.0,
    max_steps=None,
    batch_tokens=1024,
    max_tokens=256,
    micro_tokens=None,
    packing=True,
    checkpointing="auto",
    compile="auto",
    precision="float32",
    masters=False,
    eval_every=None,
    save_every=None,
    patience=None,
    deterministic=False,
    seed=0,
)
"""Plain settings, to be changed by `dataclasses.replace`."""
