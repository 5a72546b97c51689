"""The compiled passes of the static toxicity model from words to sums and pooled signals.

The n-grams are hashed (Weinberger et al. 2009) as in fastText (Joulin et al. 2017); the pooled
signals are those of a convolution over words (Kim 2014), whose products with each known word are
tabulated beforehand, so that a text costs sums only.
"""

# ruff: noqa: PLR2004 (small counts; compiled passes take array by array)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

from curator.models._toxicity_words_kernel import LONGEST_WORD, MIX, OFFSET, PRIME, Array

WINDOW = 100
"""Words of a window; each starts half a window after the one before."""
_STEP = WINDOW // 2
_MEMO = 1 << 15
_SALTS = np.array([0x51, 0x1F3, 0x7A5, 0xC0D], np.uint64)


@njit(cache=True, nogil=True)
def word_buckets(word: Array, key: Any, buckets: int, out: Array) -> int:
    """Write the buckets of a word and of its 3- to 5-grams, its ends marked; return how many."""
    mask = np.uint64(buckets - 1)
    out[0] = (key * MIX >> np.uint64(30)) & mask
    count = 1
    n = min(len(word), LONGEST_WORD)  # joined words may be longer
    for first in range(-1, n - 1):
        found = OFFSET
        for size in range(1, 6):
            place = first + size - 1
            if place > n:
                break
            code = np.uint64(60 if place < 0 else (62 if place == n else word[place]))
            found = (found ^ code) * PRIME
            if size >= 3:
                mixed = (found ^ (found >> np.uint64(29)) ^ _SALTS[0]) * MIX
                out[count] = (mixed >> np.uint64(30)) & mask
                count += 1
    return count


@njit(cache=True, nogil=True)
def pair_bucket(hashes: Array, i: int, pattern: int, buckets: int) -> Any:
    """Return the bucket of words at `i`: neighbours (0), one skipped (1), three in a row (2)."""
    found = (hashes[i] ^ _SALTS[1 + pattern]) * PRIME
    if pattern != 1:
        found = (found ^ (found >> np.uint64(31)) ^ hashes[i + 1]) * MIX
    if pattern != 0:
        found = (found ^ (found >> np.uint64(31)) ^ hashes[i + 2]) * PRIME
    return ((found ^ (found >> np.uint64(29))) * MIX >> np.uint64(30)) & np.uint64(buckets - 1)


@njit(cache=True, nogil=True)
def collect_buckets(letters: Array, ends: Array, hashes: Array, words: Array, buckets: int) -> Any:
    """List the buckets of each stretch of words (`words`: first and last), for training."""
    indptr = np.zeros(len(words) + 1, np.int64)
    total = 0
    for row in range(len(words)):
        for i in range(words[row, 0], words[row, 1]):
            size = ends[i] - (ends[i - 1] if i else 0)
            total += 4 + 3 * (size + 2)
    indices = np.empty(total, np.int32)
    scratch = np.empty(4 + 3 * (LONGEST_WORD * 2), np.int64)
    at = 0
    for row in range(len(words)):
        first, last = words[row]
        for i in range(first, last):
            word = letters[(ends[i - 1] if i else 0) : ends[i]]
            count = word_buckets(word, hashes[i], buckets, scratch)
            indices[at : at + count] = scratch[:count]
            at += count
            for pattern in range(3):
                if i + (2 if pattern else 1) < last:
                    indices[at] = pair_bucket(hashes, i, pattern, buckets)
                    at += 1
        indptr[row + 1] = at
    return indices[:at], indptr


@njit(cache=True, nogil=True)
def list_windows(counts: Array) -> Any:
    """List first and last word of every window, and how many windows lie before each text's end."""
    windows = np.empty((len(counts) + 2 * (counts[-1] // _STEP + 1), 2), np.int64)
    ends = np.empty(len(counts), np.int64)
    total, start = 0, 0
    for row in range(len(counts)):
        stop = counts[row]
        first = start
        while first < stop:
            windows[total] = first, min(first + WINDOW, stop)
            total += 1
            if first + WINDOW >= stop:
                break
            first += _STEP
        ends[row] = total
        start = stop
    return windows[:total], ends


@njit(cache=True, nogil=True)
def sum_ngrams(letters: Array, ends: Array, hashes: Array, windows: Array, weights: Array) -> Array:
    """Sum the weights of all n-grams of each window, over the root of its length."""
    inner = _sum_within_words(letters, ends, hashes, weights)
    outputs = weights.shape[1]
    sums = np.zeros((len(windows), outputs), np.float32)
    for row in range(len(windows)):
        first, last = windows[row]
        for i in range(first, last):
            sums[row] += inner[i]
            for pattern in range(3):
                if i + (2 if pattern else 1) < last:
                    bucket = pair_bucket(hashes, i, pattern, len(weights))
                    for k in range(outputs):
                        sums[row, k] += weights[bucket, k]
        sums[row] /= np.float32(np.sqrt(last - first + 1.0))
    return sums


@njit(cache=True, nogil=True)
def _sum_within_words(letters: Array, ends: Array, hashes: Array, weights: Array) -> Array:
    """Sum the weights of each word and its character n-grams; common words are summed once."""
    outputs = weights.shape[1]
    sums = np.zeros((len(ends), outputs), np.float32)
    seen = np.full(_MEMO, -1, np.int64)
    scratch = np.empty(4 + 6 * LONGEST_WORD, np.int64)
    for i in range(len(ends)):
        place = hashes[i] & np.uint64(_MEMO - 1)
        known = seen[place]
        if known >= 0 and hashes[known] == hashes[i]:
            sums[i] = sums[known]
            continue
        word = letters[(ends[i - 1] if i else 0) : ends[i]]
        for b in range(word_buckets(word, hashes[i], len(weights), scratch)):
            for k in range(outputs):
                sums[i, k] += weights[scratch[b], k]
        seen[place] = i
    return sums


@njit(cache=True, nogil=True)
def pool_signals(rows: Array, counts: Array, taps: Array, bias: Array, windows: Array) -> Array:
    """Convolve over the words of each text, and pool each window: maxima, then scaled sums.

    `taps` holds what each known word adds at each place of the filter; row 0 is no word. Windows
    overlap by half: the second half of one is the first half of the next.
    """
    width = len(bias)
    pooled = np.zeros((len(windows), 2 * width), np.float32)
    half = np.zeros(2 * width, np.float32)
    text, start, fresh = 0, 0, True
    for row in range(len(windows)):
        first, last = windows[row]
        while counts[text] <= first:
            start = counts[text]
            text += 1
            fresh = True
        words = rows[start : counts[text]]
        middle = min(first + _STEP, last)
        if fresh:
            half[:] = 0
            _pool(words, first - start, middle - start, taps, bias, half)
        pooled[row] = half
        half[:] = 0
        _pool(words, middle - start, last - start, taps, bias, half)
        fresh = False
        for k in range(width):
            pooled[row, k] = max(pooled[row, k], half[k])
            pooled[row, width + k] += half[width + k]
        pooled[row, width:] /= np.float32(np.sqrt(last - first))
    return pooled


@njit(cache=True, nogil=True, fastmath=True)
def _pool(words: Array, first: int, last: int, taps: Array, bias: Array, out: Array) -> None:
    """Add the signals of some words of a text to maxima and sums."""
    width = len(bias)
    reach = taps.shape[1] // width // 2
    signal = np.empty(width, np.float32)
    top, total = out[:width], out[width:]
    for i in range(first, last):
        signal[:] = bias
        for j in range(max(i - reach, 0), min(i + reach + 1, len(words))):
            if words[j] > 0:
                at = (j - i + reach) * width
                tap = taps[words[j], at : at + width]
                for k in range(width):
                    signal[k] += tap[k]
        for k in range(width):
            value = max(signal[k], np.float32(0.0))
            top[k] = max(top[k], value)
            total[k] += value
