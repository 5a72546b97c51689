"""Weak labels for the quality model: answers as people gave them, and the same made worse.

Only sets that may be learnt from are read: Dolly's classified part (CC BY-SA 3.0), GSM8K (MIT) and
t0_55k (Apache-2.0); what an answer is made worse with is written here.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from curator.models import embedder

SEED = 0
_TAKEN = {"gsm8k": 400, "t0": 400}
_AS_GIVEN = {"dolly": 0.65, "gsm8k": 0.75, "t0": 0.55}
"""What an answer as it was given is worth: these sets were not written to be perfect."""
_SHORT = 0.45
"""What one of fewer than eight words is worth, where more could have been said."""
_FEW, _SENTENCES = 8, 3
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_VAGUE = (
    "There are many aspects to this. It is an important topic, and various factors play a role.",
    "It depends on the situation. Different people have different opinions, and it is hard to say.",
    "This can be done in several ways. You should choose the way that suits you best.",
    "That is a very interesting question that many people ask. Much could be said about it.",
    "In today's world this plays an essential role, and it is crucial to consider all aspects.",
)
_EVASIVE = (
    "I am not sure. You could search online for that.",
    "I'm sorry, but I can't answer this. Please provide more information.",
    "I don't know.",
    "As an AI I have no opinion about that.",
    "Please look it up in a book or ask somebody who knows.",
)
_FILLERS = (
    "It is important to note that",
    "Needless to say,",
    "As everybody knows,",
    "In general it can be said that",
    "At the end of the day,",
)
_FOREIGN = (
    "Das ist eine gute Frage, auf die es viele Antworten gibt.",
    "Es una cuestión interesante que depende de muchas cosas.",
    "C'est une bonne question, mais je ne peux pas y répondre.",
)

Spoil = Callable[[str, str, random.Random], str]


class Weak(NamedTuple):
    """An exchange with what it is held to be worth."""

    prompt: str
    response: str
    grade: float


def weak_labels(data: Path) -> list[Weak]:
    """Return answers as given and two or three versions of each that are worse."""
    rng = random.Random(SEED)
    given = list(_given(data, rng))
    found = [Weak(prompt, answer, worth) for prompt, answer, worth in given]
    for prompt, answer, worth in given:
        for name in rng.sample(sorted(_SPOILS), 2):
            share, spoil = _SPOILS[name]
            worse = spoil(prompt, answer, rng).strip()
            if worse and worse != answer:
                found.append(Weak(prompt, worse, round(share * worth, 3)))
    return found + _swapped(given)


def _given(data: Path, rng: random.Random) -> Iterator[tuple[str, str, float]]:
    for name, rows in _rows(data).items():
        taken = rng.sample(rows, min(_TAKEN.get(name, len(rows)), len(rows)))
        for prompt, answer in taken:
            short = len(answer.split()) < _FEW
            yield prompt, answer, _SHORT if short and name != "gsm8k" else _AS_GIVEN[name]


def _rows(data: Path) -> dict[str, list[tuple[str, str]]]:
    dolly = json.loads((data / "tasks/dolly_categories.json").read_text("utf-8"))
    with gzip.open(data / "instructions/gsm8k_train_as_alpaca.json.gz", "rt") as file:
        gsm8k = json.load(file)
    with gzip.open(data / "instructions/t0_55k.jsonl.gz", "rt") as file:
        t0 = [json.loads(line) for line in file]
    answers = [
        (row["prompt"], row["completion"].removesuffix("<|endoftext|>").strip()) for row in t0
    ]
    return {
        "dolly": [_alpaca(row) for row in dolly if row["output"].strip()],
        "gsm8k": [_alpaca(row) for row in gsm8k],
        "t0": [(prompt, answer) for prompt, answer in answers if len(answer.split()) > _FEW],
    }


def _alpaca(row: dict[str, str]) -> tuple[str, str]:
    return "\n\n".join(filter(None, (row["instruction"], row["input"]))), row["output"].strip()


def _swapped(given: list[tuple[str, str, float]]) -> list[Weak]:
    """Give each third prompt the answer to another: to one that is alike, or to any."""
    vectors = embedder().embed([prompt for prompt, _, _ in given])
    found = []
    for place in range(0, len(given), 3):
        alike = vectors @ vectors[place]
        alike[alike > 0.95] = -1  # noqa: PLR2004 (the same question)
        other = int(np.argmax(alike)) if place % 2 else (place * 7919 + 1) % len(given)
        found.append(Weak(given[place][0], given[other][1], 0.08))
    return found


def _cut(_: str, answer: str, rng: random.Random) -> str:
    words = answer.split(" ")
    return " ".join(words[: max(1, int(len(words) * rng.uniform(0.2, 0.7)))])


def _shuffle(_: str, answer: str, rng: random.Random) -> str:
    parts = [part for part in _END.split(answer) if part]
    rng.shuffle(parts)
    return " ".join(parts)


def _drop_words(_: str, answer: str, rng: random.Random) -> str:
    return " ".join(word for word in answer.split(" ") if rng.random() > 0.25)  # noqa: PLR2004


def _repeat(_: str, answer: str, rng: random.Random) -> str:
    first = _END.split(answer)[0]
    return " ".join([answer, *[first] * rng.randint(1, 3)])


def _first_only(_: str, answer: str, __: random.Random) -> str:
    return _END.split(answer)[0]


def _flatten(_: str, answer: str, __: random.Random) -> str:
    return re.sub(r"[.,;:!?\-*\d]", "", " ".join(answer.split())).lower()


def _pad(_: str, answer: str, rng: random.Random) -> str:
    return " ".join(f"{rng.choice(_FILLERS)} {part}" for part in _END.split(answer) if part)


def _vague(prompt: str, _: str, rng: random.Random) -> str:
    opening = f"You asked: {prompt.splitlines()[0][:80]} " if rng.random() < 0.3 else ""  # noqa: PLR2004
    return opening + " ".join(rng.sample(_VAGUE, rng.randint(1, _SENTENCES)))


def _evasive(_: str, __: str, rng: random.Random) -> str:
    return rng.choice(_EVASIVE)


def _restate(prompt: str, _: str, rng: random.Random) -> str:
    first = prompt.splitlines()[0][:200]
    return rng.choice(
        (first, f"The question is: {first}", f"I will {first[:1].lower()}{first[1:]}")
    )


def _foreign(_: str, __: str, rng: random.Random) -> str:
    return rng.choice(_FOREIGN)


def _noise(_: str, answer: str, rng: random.Random) -> str:
    letters = [rng.choice("qxzj#~ ") if rng.random() < 0.06 else one for one in answer]  # noqa: PLR2004
    return "".join(letters)


def _wrong(_: str, answer: str, rng: random.Random) -> str:
    """Turn its numbers into others, or keep the last word only."""
    if re.search(r"\d", answer) and rng.random() < 0.5:  # noqa: PLR2004
        return re.sub(r"\d+", lambda one: str(int(one[0]) * 3 + rng.randint(1, 9)), answer)
    return answer.split()[-1]


_SPOILS: dict[str, tuple[float, Spoil]] = {
    "cut": (0.3, _cut),
    "shuffle": (0.7, _shuffle),
    "drop_words": (0.2, _drop_words),
    "repeat": (0.4, _repeat),
    "first_only": (0.6, _first_only),
    "flatten": (0.4, _flatten),
    "pad": (0.5, _pad),
    "vague": (0.08, _vague),
    "evasive": (0.05, _evasive),
    "restate": (0.03, _restate),
    "foreign": (0.02, _foreign),
    "noise": (0.1, _noise),
    "wrong": (0.2, _wrong),
}
"""What is done to an answer, and which share of its worth is left."""
