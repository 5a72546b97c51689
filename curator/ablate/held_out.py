"""Held out: the sets every trained model is asked about, the same for all arms."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import xxhash

from curator.ablate.results import OnSet
from curator.ablate.texts import Reading, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from curator.training.conversation import Conversation, Example

MOST = 500
"""Records of a set; of more, those with the first ids, which are hashes."""
_ASKED = 48
"""Records that a model is asked to answer."""
_SHORT = 16
"""Words up to which an answer can be held against another word for word."""
_LONGEST = 160


@dataclass(frozen=True)
class HeldOutSet:
    """One set, as tokens."""

    examples: "list[Example]"
    conversations: "list[Conversation]"

    @property
    def key(self) -> str:
        """Name the set by its tokens."""
        digest = xxhash.xxh3_64()
        for example in self.examples:
            digest.update(example.tokens.tobytes())
            digest.update(example.supervised.tobytes())
        return digest.hexdigest()

    @classmethod
    def of(cls, conversations: "Sequence[Conversation | None]", reading: Reading) -> "HeldOutSet":
        """Make a set of what can be read of some records."""
        told = sorted((one for one in conversations if one), key=lambda one: one.id)
        both = list(zip(reading.examples(told), told, strict=True))
        readable = [(made[0], one) for made, one in both if made][:MOST]
        return cls([made for made, _ in readable], [one for _, one in readable])


def own_questions() -> pl.DataFrame:
    """Return the questions and answers of our own, about anything, as records."""
    return read_files([Path(str(files("curator.ablate") / "questions.jsonl"))], Path("-"))


def ask(model: "Any", held_out: HeldOutSet, reading: Reading, *, answers: bool) -> OnSet:
    """Measure a model on a set: losses of all records, and what it answers to some."""
    from curator.training.nll import nll

    longest = max(len(one) for one in held_out.examples)
    losses = nll(model, held_out.examples, max(1024, longest))
    sums, tokens = losses.nll.round(6).tolist(), losses.tokens.tolist()
    if not answers:
        return OnSet(sums, tokens)
    exact, degenerate, words = _answers(model, held_out, reading)
    return OnSet(sums, tokens, exact, degenerate, words)


def _answers(
    model: "Any", held_out: HeldOutSet, reading: Reading
) -> tuple[float | None, float, float]:
    """Return the shares of exact and of degenerate answers, and the mean words of one."""
    from curator.training.generate import generate

    asked = [one for one in held_out.conversations if _is_one_question(one)][:_ASKED]
    if not asked:
        return None, 0.0, 0.0
    wanted = [str(one.messages[-1]["content"]) for one in asked]
    limit = min(_LONGEST, max(24, 2 * max(_tokens(held_out))))
    found = generate(model, reading.renderer, asked, most_tokens=limit)
    short = all(len(text.split()) <= _SHORT for text in wanted)
    exact = [_bare(a.text) == _bare(text) for a, text in zip(found, wanted, strict=True)]
    bad = [not one.stopped or not one.text.strip() or _loops(one.text) for one in found]
    words = float(np.mean([len(one.text.split()) for one in found]))
    return (float(np.mean(exact)) if short else None), float(np.mean(bad)), words


def _is_one_question(one: "Conversation") -> bool:
    roles = [turn["role"] for turn in one.messages if turn["role"] != "system"]
    return roles == ["user", "assistant"]


def _tokens(held_out: HeldOutSet) -> "Iterator[int]":
    return (int(example.supervised.sum()) for example in held_out.examples)


def _bare(text: str) -> str:
    return " ".join(text.split())


def _loops(text: str) -> bool:
    """Say whether an answer ends in the same few words, four times over."""
    words = text.split()
    return any(
        len(words) >= 4 * size and words[-size:] * 4 == words[-4 * size :] for size in range(1, 9)
    )
