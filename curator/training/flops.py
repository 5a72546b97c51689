"""FLOPs: what a model must calculate to learn from documents, and what a machine can at best.

The convention counts what the model needs and nothing else: attention within documents only (half
of length squared, for it is causal), no padding, nothing twice because of checkpointing, and for
adapters no gradients of frozen weights. PaLM (Chowdhery et al. 2022) counts likewise, but takes a
row for one document, which overstates packed rows.
"""

from collections.abc import Sequence

from curator.training.settings import Training
from curator.training.shape import ModelShape

PEAKS = {
    "B300": 2250e12,
    "B200": 2250e12,
    "H200 NVL": 835e12,
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100 NVL": 835e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
    "A10G": 70e12,
    "A10": 125e12,
    "RTX A6000": 155e12,
    "RTX 4090": 165e12,
}
"""Multiplications and additions a second, dense bfloat16, by a part of the GPU's name (data sheets
of NVIDIA, which print twice as much where they count sparse matrices)."""


def peak_flops(name: str) -> float | None:
    """Return what a GPU of this name can calculate a second; None where nobody has said."""
    plain = name.lower()
    return next((peak for part, peak in PEAKS.items() if part.lower() in plain), None)


def training_flops(
    shape: ModelShape,
    settings: Training,
    lengths: Sequence[int],
    *,
    scored: int | None = None,
) -> int:
    """Return the FLOPs of learning once from documents of these lengths.

    `scored` is how many tokens meet the head; all of them when None, as others count.
    """
    tokens = sum(lengths)
    meets_head = tokens if scored is None else scored
    if settings.method == "full":
        dense = 6 * (shape.linear * tokens + shape.head * meets_head)
    else:
        adapters = settings.rank * shape.adapted
        dense = (4 * shape.linear + 6 * adapters) * tokens + 4 * shape.head * meets_head
    return dense + 12 * shape.heads * shape.head_dim * _pairs(shape, lengths)


def _pairs(shape: ModelShape, lengths: Sequence[int]) -> int:
    """Count pairs of tokens that look at each other, over all layers: length squared, halved."""
    whole = sum(length * length for length in lengths)
    doubled = 0
    for window in shape.windows:
        if window is None:
            doubled += whole
        else:
            near = (min(length, window) for length in lengths)
            doubled += sum(
                2 * within * length - within * within
                for within, length in zip(near, lengths, strict=True)
            )
    return doubled // 2
