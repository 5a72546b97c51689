"""The compiled search for what stands there again and again in a row."""

# ruff: noqa: PLR2004, RUF003 (bytes of UTF-8)
# mypy: disable-error-code="untyped-decorator"

import numpy as np
from numba import njit

from curator.filters._words_kernel import PRIME, SEED, Array, is_dense, is_lettered, is_space, lower

LONGEST_PERIOD = 13
LONG_LOOP = 100
"""Words, or signs of one word: a longer stretch with a period is a loop wherever it stands."""
SHORT_LOOP = 20
"""A stretch of so many words is one where it is a quarter of the text."""


@njit(cache=True)
def loop_words(hashes: Array, kinds: Array) -> tuple[float, float, float]:
    """Return the words of the longest stretch that has a period, three periods at least.

    Beside it, how often the period stands there, in a stretch longer than `LONG_LOOP` and in one
    that is a quarter of the text. Stretches without letters (rules of tables, rows of numbers), of
    code or of tables are no loops.
    """
    longest, long_repeats, short_repeats = 0, 0, 0
    for period in range(1, LONGEST_PERIOD + 1):
        run, plain = 0, 0
        for at in range(period, len(hashes)):
            if hashes[at] != hashes[at - period]:
                run, plain = 0, 0
                continue
            run += 1
            plain += kinds[at]
            if run < 2 * period or 2 * plain < run:
                continue
            size = run + period
            longest = max(longest, size)
            if size > LONG_LOOP:
                long_repeats = max(long_repeats, size // period)
            if size >= SHORT_LOOP and 4 * size >= len(hashes):
                short_repeats = max(short_repeats, size // period)
    return float(longest), float(long_repeats), float(short_repeats)


@njit(cache=True)
def loop_in_word(text: Array) -> float:
    """Return how often a few letters stand in a row inside one word ("hahaha"), if it is long."""
    most, start = 0, 0
    for at in range(len(text) + 1):
        if at == len(text) or is_space(text[at]) or is_dense(text[at]):
            if at - start > LONG_LOOP:
                most = max(most, _letter_repeats(text[start:at]))
            start = at + 1
    return float(most)


@njit(cache=True)
def _letter_repeats(word: Array) -> int:
    """Count in bytes, two for each letter of the period; one letter alone is a run of signs."""
    most = 0
    for period in range(2, 2 * LONGEST_PERIOD + 1):
        run, letters, signs, changes = 0, 0, 0, 0
        for at in range(period, len(word)):
            if word[at] != word[at - period]:
                run, letters, signs, changes = 0, 0, 0, 0
                continue
            run += 1
            letters += is_lettered(word[at])
            signs += word[at] & 0xC0 != 0x80
            changes += word[at] != word[at - 1]
            if signs >= LONG_LOOP and changes and 4 * letters >= 3 * run:
                most = max(most, (run + period) // period)
    return most


@njit(cache=True)
def _ends_sentence(text: Array, at: int) -> bool:
    byte = text[at]
    if byte == 10:
        return True
    if byte in (46, 33, 63):  # . ! ?
        return at + 1 == len(text) or is_space(text[at + 1])
    # 。 is E3 80 82, ！ EF BC 81, ？ EF BC 9F
    if byte == 0x82 and at >= 2:
        return bool(text[at - 1] == 0x80 and text[at - 2] == 0xE3)
    if byte in (0x81, 0x9F) and at >= 2:
        return bool(text[at - 1] == 0xBC and text[at - 2] == 0xEF)
    return False


@njit(cache=True)
def sentence_run(text: Array) -> float:
    """Return how often a sentence or line of 12 letters or more stands there in a row."""
    values = np.empty(len(text) + 1, np.uint64)
    count, letters, value = 0, 0, SEED
    for at in range(len(text)):
        if not is_space(text[at]):
            value = (value ^ np.uint64(lower(text[at]))) * PRIME
            letters += is_lettered(text[at])
        if _ends_sentence(text, at) or at + 1 == len(text):
            if letters >= 12:
                values[count] = value
                count += 1
            if value != SEED:
                letters, value = 0, SEED
    longest = min(count, 1)
    for period in range(1, 4):
        run = 0
        for at in range(period, count):
            run = run + 1 if values[at] == values[at - period] else 0
            longest = max(longest, run // period + 1)
    return float(longest)


@njit(cache=True)
def sign_run(text: Array) -> float:
    """Return the longest run of one ASCII letter or digit."""
    longest, run = 0, 0
    for at in range(len(text)):
        byte = text[at]
        alike = at > 0 and byte == text[at - 1]
        counts = 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122
        run = run + 1 if alike and counts else int(counts)
        longest = max(longest, run)
    return float(longest)
