"""The compiled pass of the task model from tokens to signs: what a prompt looks like.

Training and inference call the same pass, so that they cannot drift apart.
"""

# ruff: noqa: PLR2004 (letters and places)
# mypy: disable-error-code="untyped-decorator"

import numpy as np
from numba import njit

from curator.models._task_words_kernel import BLANK, LINE, NUMBER, Array

SIGNS = 28
"""How many measures each text gets."""


@njit(cache=True, nogil=True)
def measure_signs(hashes: Array, counts: Array, letters: Array) -> Array:
    """Measure lines, questions, numbers, options, code and given text, each within about 0 to 2.

    `letters` are the hashes of the single letters that options begin with.
    """
    signs = np.zeros((len(counts), SIGNS), np.float32)
    start = 0
    for row in range(len(counts)):
        text = hashes[start : counts[row]]
        if len(text) > 0:
            _measure_lines(text, signs[row])
            _measure_marks(text, letters, signs[row])
        start = counts[row]
    return signs


@njit(cache=True, nogil=True)
def _measure_lines(text: Array, signs: Array) -> None:
    lines, blanks, first, last = 1, 0, len(text), 0
    for i in range(len(text)):
        if text[i] == LINE or text[i] == BLANK:
            blanks += text[i] == BLANK
            if i < len(text) - 1:
                lines += 1
                first = min(first, i)
                last = i + 1
    end = text[len(text) - 1]
    if end in (LINE, BLANK) and len(text) > 1:
        end = text[len(text) - 2]
    signs[0] = np.log1p(len(text)) / 6
    signs[1] = np.log1p(lines) / 3
    signs[2] = min(blanks, 4) / 4
    signs[3] = np.log1p(len(text) - first) / 6
    signs[4] = np.log1p(last) / 6
    signs[5] = end == 63
    signs[6] = end == 58
    signs[7] = end == 46
    signs[8] = np.log1p(first) / 4
    signs[9] = np.log1p(len(text) - last) / 4
    signs[10] = np.sum(text[:first] == 63) > 0
    signs[11] = np.sum(text[last:] == 63) > 0
    signs[12] = lines == 1
    signs[13] = first < 40 and len(text) - first > 60
    signs[14] = last > 60 and len(text) - last < 40


@njit(cache=True, nogil=True)
def _measure_marks(text: Array, letters: Array, signs: Array) -> None:
    tally = np.zeros(128, np.float32)
    numbers, options, bullets = 0, 0, 0
    for i in range(len(text)):
        if text[i] < 128:
            tally[text[i]] += 1
        numbers += text[i] == NUMBER
        if i + 1 == len(text):
            continue
        after = i == 0 or text[i - 1] == LINE or text[i - 1] == BLANK or text[i - 1] == 40
        closes = text[i + 1] == 41 or text[i + 1] == 46 or text[i + 1] == 58
        if after and closes:
            for letter in letters:
                options += letter == text[i]
        starts = text[i] == LINE or text[i] == BLANK
        bullets += starts and (text[i + 1] == 45 or text[i + 1] == 42 or text[i + 1] == NUMBER)
    signs[15] = min(tally[63], 4) / 4
    signs[16] = numbers / len(text)
    signs[17] = min(numbers, 8) / 8
    signs[18] = np.log1p(tally[43] + tally[42] + tally[61] + tally[94] + tally[47]) / 3
    signs[19] = min(tally[96], 4) / 4
    signs[20] = np.log1p(tally[123] + tally[125]) / 3
    signs[21] = np.log1p(tally[59] + tally[60] + tally[62] + tally[95]) / 3
    signs[22] = min(tally[34], 4) / 4
    signs[23] = min(options, 4) / 4
    signs[24] = np.log1p(bullets) / 3
    signs[25] = min(tally[95], 3) / 3
    signs[26] = np.log1p(tally[124]) / 3
    signs[27] = (tally[40] + tally[41] + tally[59] + tally[61] + tally[123]) / len(text)
