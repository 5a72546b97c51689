"""Encode: texts become tokens, and stretches of the texts become stretches of tokens."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.training.template import Span


class Encoded(NamedTuple):
    """One text as tokens."""

    tokens: NDArray[np.int32]
    """(tokens,)"""
    learnt: NDArray[np.bool_]
    """(tokens,); true where the token has a character of one of the stretches."""
    merged: bool
    """Whether a stretch begins inside a token."""


class Encoder:
    """Encodes as the tokenizer does where a chat template has written the special tokens."""

    def __init__(self, tokenizer: Any) -> None:
        if not tokenizer.is_fast:
            raise ModelError(
                f"the tokenizer of {tokenizer.name_or_path or 'the model'} does not tell which "
                "characters a token stands for: take a model with a `tokenizer.json`"
            )
        # A copy without what is done after encoding, which adds nothing to a template's text, and
        # in some models (Llama 3, GPT-2) cuts the white space out of tokens' places.
        self._backend = deepcopy(tokenizer.backend_tokenizer)
        self._backend.post_processor = None
        self._backend.no_padding()
        self._backend.no_truncation()

    def ids(self, text: str) -> list[int]:
        """Return the tokens of one text."""
        found: list[int] = self._backend.encode(text, add_special_tokens=False).ids
        return found

    def encode(self, texts: Sequence[str], learnt: Sequence[Sequence[Span]]) -> list[Encoded]:
        """Encode texts together, each with its stretches that are learnt, in order."""
        found = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [_encoded(*both) for both in zip(found, learnt, strict=True)]


def _encoded(found: Any, spans: Sequence[Span]) -> Encoded:
    tokens = np.array(found.ids, np.int32)
    learnt, merged = np.zeros(len(tokens), np.bool_), False
    for span in spans:
        first, last = _token(found, range(*span)), _token(found, range(*span)[::-1])
        if first is None or last is None:
            continue
        # A character may be several tokens, of which the first was found.
        while last + 1 < len(tokens) and found.token_to_chars(last + 1)[0] < span.end:
            last += 1
        learnt[first : last + 1] = True
        merged = merged or found.token_to_chars(first)[0] < span.start
    learnt[:1] = False
    return Encoded(tokens, learnt, merged)


def _token(found: Any, places: range) -> int | None:
    """Return the token of the first of these characters that has one: some are normalised away."""
    tokens = (found.char_to_token(place) for place in places)
    return next((token for token in tokens if token is not None), None)
