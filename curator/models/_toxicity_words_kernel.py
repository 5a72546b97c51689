"""The compiled pass of the static toxicity model from characters to words, disguises read.

Training and inference call the same pass, so that they cannot drift apart.
"""

# ruff: noqa: PLR2004, PLR0913, PLR0917 (letters; compiled passes take array by array)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

IGNORED, SPACE, LETTER, DIGIT, SIGN, PUNCTUATION, ALONE = range(7)
LONGEST_WORD = 40
OFFSET = np.uint64(14695981039346656037)
PRIME = np.uint64(1099511628211)
MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def split_words(codes: Array, kinds: Array, text_ends: Array, looks: Array, slots: Array) -> Any:
    """Split folded characters into normalised words.

    Returns the words' characters, where each word ends, and how many words lie before the end of
    each text. `looks` says which Latin letter a character imitates; `slots` holds known words.
    """
    letters = np.empty(len(codes) * 2 + 8, np.uint32)
    ends = np.zeros(len(codes) + 2, np.int64)
    word_counts = np.empty(len(text_ends), np.int64)
    at = np.zeros(3, np.int64)  # characters written, words written, single letters in a row
    start = 0
    for row in range(len(text_ends)):
        stop = text_ends[row]
        i = start
        while i < stop:
            while i < stop and kinds[i] == SPACE:
                i += 1
            j = i
            while j < stop and kinds[j] != SPACE:
                j += 1
            if j > i:
                _split_chunk(codes[i:j], kinds[i:j], looks, slots, letters, ends, at)
            i = j
        _join_singles(slots, letters, ends, at)
        word_counts[row] = at[1]
        start = stop
    return letters[: at[0]], ends[: at[1]], word_counts


@njit(cache=True, nogil=True)
def _split_chunk(
    codes: Array, kinds: Array, looks: Array, slots: Array, letters: Array, ends: Array, at: Array
) -> None:
    """Split what stands between two spaces."""
    n = len(codes)
    if _is_link(codes):
        return
    i = _skip_mention(codes, kinds)
    last, separator = 0, 0
    while i < n:
        if not _starts(codes, kinds, i):
            if kinds[i] == ALONE:
                _join_singles(slots, letters, ends, at)
                letters[at[0]] = codes[i]
                _end_word(1, ends, at)
                last = 0
            separator = codes[i] if kinds[i] != IGNORED else separator
            i += 1
            continue
        j = i + 1
        while j < n and _continues(codes, kinds, i, j):
            j += 1
        size = _write_piece(codes[i:j], kinds[i:j], looks, slots, letters, ends, at)
        if last > 0 and size > 0 and _joins(separator, last, size):
            ends[at[1] - 2] = ends[at[1] - 1]
            at[1] -= 1
            size += last
            at[2] = 0
        last, separator = size, 0
        i = j


@njit(cache=True, nogil=True)
def _skip_mention(codes: Array, kinds: Array) -> int:
    """Return where a mention at the start ends: who is spoken to says nothing."""
    i = 0
    if codes[0] == 64 and len(codes) > 4 and kinds[1] == LETTER:
        i = 1
        while i < len(codes) and (kinds[i] == LETTER or kinds[i] == DIGIT or codes[i] == 95):
            i += 1
    return i


@njit(cache=True, nogil=True)
def _is_link(codes: Array) -> bool:
    if len(codes) < 6:
        return False
    http = codes[0] == 104 and codes[1] == 116 and codes[2] == 116 and codes[3] == 112
    www = codes[0] == 119 and codes[1] == 119 and codes[2] == 119 and codes[3] == 46
    return bool(http or www)


@njit(cache=True, nogil=True)
def _starts(codes: Array, kinds: Array, i: int) -> bool:
    if kinds[i] == LETTER or kinds[i] == DIGIT:
        return True
    follows = i + 1 < len(codes) and kinds[i + 1] == LETTER
    return bool(kinds[i] == SIGN and codes[i] in (36, 64) and follows)


@njit(cache=True, nogil=True)
def _continues(codes: Array, kinds: Array, i: int, j: int) -> bool:
    kind, code = kinds[j], codes[j]
    if kind in (LETTER, DIGIT, IGNORED):
        return True
    if kind != SIGN:
        return False
    if code in (36, 42):  # a$$, sh*t, f***
        return bool(kinds[i] == LETTER)
    if code == 33 and j - i > 2:  # b!tch, but not great!but
        return False
    return bool(j + 1 < len(codes) and (kinds[j + 1] == LETTER or codes[j + 1] in (36, 64)))


@njit(cache=True, nogil=True)
def _joins(separator: int, left: int, right: int) -> bool:
    """Whether a sign inside a chunk hides a word rather than parting two: f.uck, sh-it."""
    if separator in (46, 95):
        return left == 1 or right == 1
    return bool(separator == 45 and (left <= 2 or right == 1))


@njit(cache=True, nogil=True)
def _end_word(size: int, ends: Array, at: Array) -> None:
    at[0] += size
    ends[at[1]] = at[0]
    at[1] += 1


@njit(cache=True, nogil=True)
def _join_singles(slots: Array, letters: Array, ends: Array, at: Array) -> None:
    """Make one word of three or more single letters in a row: f u c k; not of `a` before them."""
    count = at[2]
    if count > 3 and find_slot(hash_word(letters[at[0] - count + 1 : at[0]]), slots) >= 0:
        count -= 1
    if count >= 3:
        at[1] -= count - 1
        ends[at[1] - 1] = at[0]
    at[2] = 0


@njit(cache=True, nogil=True)
def _write_piece(
    codes: Array, kinds: Array, looks: Array, slots: Array, letters: Array, ends: Array, at: Array
) -> Any:
    """Write one word as it is meant: imitated letters read, long repeats squeezed."""
    word = np.empty(LONGEST_WORD, np.uint32)
    size = _read(codes, kinds, looks, word)
    if size == 0:
        return 0
    if size == 1 and not 48 <= word[0] <= 57:
        letters[at[0]] = word[0]
        _end_word(1, ends, at)
        at[2] += 1
        return 1
    _join_singles(slots, letters, ends, at)
    out = letters[at[0] : at[0] + LONGEST_WORD]
    written = _squeeze(word[:size], 2, out)
    if written < size and find_slot(hash_word(out[:written]), slots) < 0:
        shorter = np.empty(LONGEST_WORD, np.uint32)
        length = _squeeze(word[:size], 1, shorter)
        if find_slot(hash_word(shorter[:length]), slots) >= 0:
            out[:length] = shorter[:length]
            written = length
    _end_word(written, ends, at)
    return written


@njit(cache=True, nogil=True)
def _read(codes: Array, kinds: Array, looks: Array, word: Array) -> Any:
    """Copy a piece, with imitated letters read where real ones stand beside them."""
    latin, digits, signs, last = 0, 0, 0, len(codes) - 1
    for i in range(len(codes)):
        latin += 97 <= codes[i] <= 122
        digits += kinds[i] == DIGIT
        signs += kinds[i] == SIGN and codes[i] != 42
    inner = digits > 1 or (digits == 1 and kinds[last] != DIGIT)
    reads = latin > 0 and (signs > 0 or (inner and digits <= latin + 1))
    size = 0
    for i in range(len(codes)):
        if kinds[i] == IGNORED or size == LONGEST_WORD:
            continue
        code = codes[i]
        if code < 128 and (kinds[i] == DIGIT or kinds[i] == SIGN):
            code = looks[code] if reads else (48 if kinds[i] == DIGIT else code)
        elif 128 <= code < len(looks) and latin > 0 and looks[code] > 0:
            code = looks[code]
        word[size] = code
        size += 1
    number = latin == 0 and digits == len(codes)
    return np.int64(1 if number else size)


@njit(cache=True, nogil=True)
def _squeeze(word: Array, kept: int, out: Array) -> int:
    """Cut runs of three and more of one letter to `kept`."""
    size, i = 0, 0
    while i < len(word):
        j = i
        while j < len(word) and word[j] == word[i]:
            j += 1
        for _ in range(j - i if j - i < 3 else kept):
            out[size] = word[i]
            size += 1
        i = j
    return size


@njit(cache=True, nogil=True)
def hash_word(word: Array) -> Any:
    """FNV-1a over the characters, mixed so that low bits are good."""
    found = OFFSET
    for code in word:
        found = (found ^ np.uint64(code)) * PRIME
    return found ^ (found >> np.uint64(29))


@njit(cache=True, nogil=True)
def find_slot(key: Any, slots: Array) -> Any:
    """Return the place of a key in an open table, or -1; its length is a power of two."""
    mask = np.uint64(len(slots) - 1)
    place = (key * MIX >> np.uint64(32)) & mask
    while slots[place] != 0:
        if slots[place] == key:
            return np.int64(place)
        place = (place + np.uint64(1)) & mask
    return np.int64(-1)


@njit(cache=True, nogil=True)
def fill_slots(keys: Array, slots: Array) -> Array:
    """Put keys into an open table; return the place of each."""
    places = np.empty(len(keys), np.int64)
    mask = np.uint64(len(slots) - 1)
    for i in range(len(keys)):
        place = (keys[i] * MIX >> np.uint64(32)) & mask
        while slots[place] != 0 and slots[place] != keys[i]:
            place = (place + np.uint64(1)) & mask
        slots[place] = keys[i]
        places[i] = int(place)
    return places


@njit(cache=True, nogil=True)
def hash_words(letters: Array, ends: Array) -> Array:
    """Hash every word."""
    hashes = np.empty(len(ends), np.uint64)
    start = 0
    for i in range(len(ends)):
        hashes[i] = hash_word(letters[start : ends[i]])
        start = ends[i]
    return hashes


@njit(cache=True, nogil=True)
def find_slots(hashes: Array, slots: Array) -> Array:
    """Return the place of every word in the table of known words, or -1."""
    found = np.empty(len(hashes), np.int64)
    for i in range(len(hashes)):
        found[i] = find_slot(hashes[i], slots)
    return found
