"""Attention: how tokens of a packed row see their own document, and nothing of the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from curator.training.kernels import Documents, Kernel, by_document, varlen_kernel

VARLEN = "curator_varlen"
"""torch's kernel over documents of varying length: CUDA in half precision."""
DOCUMENTS = "curator_documents"
"""One document after the other, anywhere, in any precision."""
PACKS_EXACTLY = frozenset(
    {
        "cohere2",
        "gemma",
        "gemma3_text",
        "gpt_neox",
        "granite",
        "llama",
        "mistral",
        "mixtral",
        "olmo2",
        "olmo3",
        "phi3",
        "qwen2",
        "qwen3",
        "qwen3_moe",
        "smollm3",
        "starcoder2",
    }
)
"""Types of models that tell attention all it must know (tested one by one); others get a mask."""
_WIDEST_HEAD = 256
_OLDEST_GPU = (8, 0)
_told: ContextVar[bool] = ContextVar("told", default=False)


def attention_for(device: str, precision: str, config: Any = None) -> str:
    """Name the attention that is exact and quickest for a model on a device."""
    if config is None:
        return VARLEN if _has_varlen(device, precision) else "sdpa"
    text = config.get_text_config()
    if getattr(text, "attn_logit_softcapping", None) or text.model_type == "gpt_oss":
        return "eager"
    drops = bool(getattr(text, "attention_dropout", None))
    if text.model_type not in PACKS_EXACTLY or drops:
        return "sdpa"
    heads = text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // heads
    fits = width <= _WIDEST_HEAD and width % 8 == 0
    return VARLEN if fits and _has_varlen(device, precision) else DOCUMENTS


def reads_boundaries(model: Any) -> bool:
    """Say whether a model's attention wants to be told where documents begin."""
    return model.config._attn_implementation in (VARLEN, DOCUMENTS)


@contextmanager
def told_boundaries() -> Iterator[None]:
    """Let no mask be made: attention is told where documents begin."""
    before = _told.set(True)
    try:
        yield
    finally:
        _told.reset(before)


def documents_of(position_ids: Any, ends: Any | None, longest: int | None) -> Documents:
    """Return where documents lie in rows that are laid end to end.

    `position_ids` are (rows, length); `ends` (rows, n), where known, is each row's own boundaries,
    filled up with `length`. No document that is returned is longer than `longest`: padding at the
    end of a row is cut into pieces.
    """
    rows, length = position_ids.shape
    if ends is None:
        starts = (position_ids.flatten() == 0).nonzero().flatten()
        found = torch.cat([starts, starts.new_tensor([rows * length])]).int()
        return Documents(found, longest or int(found.diff().max()))
    if longest is not None:
        last = torch.where(ends < length, ends, 0).amax(1, keepdim=True)
        cuts = torch.arange(0, length + longest, longest, device=ends.device)
        ends = torch.cat([ends, (last + cuts).clamp(max=length)], 1).sort(1).values
    shifts = torch.arange(rows, device=ends.device)[:, None] * length
    return Documents((ends + shifts).flatten().int(), longest or length)


def register(name: str, kernel: Kernel) -> None:
    """Make a kernel known to transformers under a name."""

    def attend(
        module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **asked: Any
    ) -> tuple[Any, None]:
        boundaries = asked.get("cu_seq_lens_q")
        if boundaries is None:
            seen: tuple[Any, None] = sdpa_attention_forward(
                module, query, key, value, attention_mask, **asked
            )
            return seen
        rows, _, length, _ = query.shape
        flat = [one.transpose(1, 2).flatten(0, 1) for one in (query, key, value)]
        found = kernel(
            flat[0],
            flat[1],
            flat[2],
            Documents(boundaries, asked["max_length_q"]),
            window=asked.get("sliding_window"),
            scale=asked.get("scaling"),
        )
        return found.unflatten(0, (rows, length)), None

    AttentionInterface.register(name, attend)
    AttentionMaskInterface.register(name, _mask)


def _mask(*args: Any, **settings: Any) -> Any:
    return None if _told.get() else sdpa_mask(*args, **settings)


def _has_varlen(device: str, precision: str) -> bool:
    """Say whether torch's kernel can be had, and make it known if so."""
    if torch.device(device).type != "cuda" or precision not in ("auto", "bfloat16"):
        return False
    kernel = varlen_kernel()
    # Without a GPU here, one elsewhere is planned for.
    too_old = torch.cuda.is_available() and torch.cuda.get_device_capability() < _OLDEST_GPU
    if kernel is None or too_old:
        return False
    register(VARLEN, kernel)
    return True


register(DOCUMENTS, by_document)
