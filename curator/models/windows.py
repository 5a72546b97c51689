"""Windows: texts as tokens, cut where they are too long, in batches whose shape is a row's own."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LONGEST = 512
"""Tokens of a window at most, special ones included: what BERT (Devlin et al. 2019) was made for
and `Detoxify.predict` cuts at."""
STRIDE = 128
"""Tokens that two windows share, so that what stands at a seam is read whole by one of them."""
_STEPS = ((128, 8), (256, 16), (LONGEST, 32))
"""Up to so many tokens, lengths are padded to the next multiple of so many."""
_TEXTS = 2_000
"""Texts that are tokenised at once: it bounds the memory."""


class Text(NamedTuple):
    """What is judged, and what stands before it."""

    text: str
    before: str | None = None


class Window(NamedTuple):
    """One stretch of a text: the text's number, its tokens, and the segment of each."""

    text: int
    tokens: Sequence[int]
    segments: Sequence[int] | None


class Batch(NamedTuple):
    """Rows of one shape: (rows, length), int64; `windows` are their numbers, fillers have none."""

    windows: NDArray[np.int64]
    tokens: NDArray[np.int64]
    mask: NDArray[np.int64]
    segments: NDArray[np.int64] | None


def padded(length: int) -> int:
    """Return the length that a row of so many tokens is padded to."""
    step = next((step for limit, step in _STEPS if length <= limit), _STEPS[-1][1])
    return -(-length // step) * step


def list_windows(tokenizer: Any, texts: Sequence[Text], longest: int) -> Iterator[Window]:
    """Cut texts into windows of at most `longest` tokens, in order; each text has at least one.

    Of a text with one before it only the text is cut: what stands before, or as much of its end as
    fits half of a window, comes with every stretch.
    """
    for start in range(0, len(texts), _TEXTS):
        some = texts[start : start + _TEXTS]
        paired = any(text.before is not None for text in some)
        stride = min(STRIDE, longest // 4)
        found = tokenizer(
            [_end_of(tokenizer, text.before or "", longest // 2) for text in some]
            if paired
            else [text.text for text in some],
            [text.text for text in some] if paired else None,
            truncation="only_second" if paired else True,
            max_length=longest,
            stride=stride,
            return_overflowing_tokens=True,
            return_attention_mask=False,
        )
        segments = found.get("token_type_ids")
        owners = found["overflow_to_sample_mapping"]
        for place, (owner, tokens) in enumerate(zip(owners, found["input_ids"], strict=True)):
            yield Window(start + owner, tokens, segments[place] if segments else None)


def _end_of(tokenizer: Any, text: str, most: int) -> str:
    """Return the end of a text that has at most so many tokens."""
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    places = found["offset_mapping"]
    return text if len(places) <= most else text[places[-most][0] :]


def list_batches(windows: Sequence[Window], tokens: int, padding: int) -> Iterator[Batch]:
    """Group windows of like length, longest first, into batches of about so many tokens.

    The shape of a batch follows from the length of a row alone: one that is not full is filled with
    copies of its first row. So a row is computed in the same way whatever stands beside it.
    """
    groups: dict[int, list[int]] = {}
    for place, window in enumerate(windows):
        groups.setdefault(padded(len(window.tokens)), []).append(place)
    for length in sorted(groups, reverse=True):
        rows = max(1, tokens // length)
        for start in range(0, len(groups[length]), rows):
            chosen = groups[length][start : start + rows]
            filled = chosen + chosen[:1] * (rows - len(chosen))
            yield _batch([windows[place] for place in filled], np.array(chosen), length, padding)


def _batch(rows: Sequence[Window], numbers: NDArray[np.int64], length: int, padding: int) -> Batch:
    tokens = np.full((len(rows), length), padding, np.int64)
    mask = np.zeros((len(rows), length), np.int64)
    segments = None if rows[0].segments is None else np.zeros((len(rows), length), np.int64)
    for place, row in enumerate(rows):
        tokens[place, : len(row.tokens)] = row.tokens
        mask[place, : len(row.tokens)] = 1
        if segments is not None and row.segments is not None:
            segments[place, : len(row.segments)] = row.segments
    return Batch(numbers, tokens, mask, segments)
