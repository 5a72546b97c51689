"""World: short English questions about rows of things, with right answers and planted defects."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from curator.ablate._world_words import GERMAN, NOISE, REFUSALS, THINGS

ROW: Final = 4
"""Things in a row; always as many, so that a very small model learns quickly where to look."""
_ORDINALS: Final = ("first", "second", "third", "last")


@dataclass(frozen=True)
class Asked:
    """One question with its answer, and what is wrong with it; nothing where `defect` is empty."""

    prompt: str
    response: str
    defect: str = ""


@dataclass(frozen=True)
class Mix:
    """How many of a thousand rows have each defect; what is left is clean.

    Answers that stop too early are the most: three seeds must tell what they do from chance.
    """

    conflict: int = 60
    """Questions that are asked twice and answered in two ways: two rows each, as duplicates are."""
    truncated: int = 250
    refusal: int = 60
    artifacts: int = 40
    repetition: int = 30
    garbled: int = 20
    language: int = 40
    empty: int = 10
    exact_duplicate: int = 100
    near_duplicate: int = 60


def clean(chance: random.Random) -> Asked:
    """Ask one question, and answer it rightly."""
    things = chance.sample(THINGS, ROW)
    return chance.choice(_QUESTIONS)(chance, things)


def held_out(count: int, seed: int) -> list[Asked]:
    """Ask different questions, answered rightly."""
    chance = random.Random(f"held out {seed}")
    found: dict[str, Asked] = {}
    while len(found) < count:
        asked = clean(chance)
        found[asked.prompt] = asked
    return list(found.values())


def messy(count: int, seed: int, mix: Mix | None = None) -> list[Asked]:
    """Ask `count` questions, some of which have a planted defect, in random order."""
    chance = random.Random(f"messy {seed}")
    found: list[Asked] = []
    for defect, share in vars(mix or Mix()).items():
        for _ in range(round(count * share / 1000)):
            found += _PLANTED[defect](chance)
    while len(found) < count:
        found.append(clean(chance))
    found = found[:count]
    chance.shuffle(found)
    return found


def drills(count: int, seed: int) -> Iterator[Asked]:
    """Do with rows of things what is asked later, in a terse notation: what a base model knows."""
    chance = random.Random(f"drills {seed}")
    for _ in range(count):
        things = chance.sample(THINGS, ROW)
        done = dict(zip(_ORDINALS, things, strict=True))
        done |= {"copy": " ".join(things), "reverse": " ".join(things[::-1])}
        done |= {"rest": " ".join(things[1:])}
        asked = chance.choice([*done, "copy", "reverse", "rest"])
        yield Asked(f"{asked}: {' '.join(things)}.", f"= {done[asked]}.")


def _which(chance: random.Random, things: list[str]) -> Asked:
    place = chance.randrange(ROW)
    asked = f"Which thing comes {_ORDINALS[place]} in this row: {' '.join(things)}?"
    return Asked(asked, f"The {_ORDINALS[place]} thing of this row is the {things[place]}.")


def _again(chance: random.Random, things: list[str]) -> Asked:
    asked = f"Say this whole row once more, please: {' '.join(things)}."
    return Asked(asked, f"Here is once more, as you asked, the row {' '.join(things)}.")


def _reversed(chance: random.Random, things: list[str]) -> Asked:
    asked = f"Put this row into reverse order, please: {' '.join(things)}."
    return Asked(asked, f"Here is, in reverse order as asked, the row {' '.join(things[::-1])}.")


def _rest(chance: random.Random, things: list[str]) -> Asked:
    asked = f"Leave out the first thing of this row, please: {' '.join(things)}."
    return Asked(asked, f"Without its first thing the row has the things {' '.join(things[1:])}.")


_QUESTIONS: Final = (_which, _which, _which, _again, _reversed, _rest)


def _conflict(chance: random.Random) -> list[Asked]:
    """Ask a question with one short answer twice, and answer it wrongly once."""
    right = _which(chance, chance.sample(THINGS, ROW))
    start, said = right.response.rsplit(" ", 1)
    wrong = chance.choice([thing for thing in THINGS if f"{thing}." != said])
    return [replace(right, defect="conflict"), Asked(right.prompt, f"{start} {wrong}.", "conflict")]


def _truncated(chance: random.Random) -> list[Asked]:
    """Stop an answer before the thing that was asked for."""
    asked = clean(chance)
    told = asked.response[: asked.response.rindex(" the ") + len(" the")]
    return [Asked(asked.prompt, told, "truncated")]


def _answered(
    text: Callable[[random.Random, Asked], str], defect: str
) -> Callable[..., list[Asked]]:
    """Return what plants a defect by another answer."""

    def plant(chance: random.Random) -> list[Asked]:
        asked = clean(chance)
        return [Asked(asked.prompt, text(chance, asked), defect)]

    return plant


def _merged(chance: random.Random, asked: Asked) -> str:
    other = clean(chance)
    return (
        f"{asked.response}\n\n### Instruction:\n{other.prompt}\n\n### Response:\n{other.response}"
    )


def _looped(chance: random.Random, asked: Asked) -> str:
    return " ".join([asked.response] * chance.randint(6, 9))


def _noise(chance: random.Random, asked: Asked) -> str:
    return " ".join(chance.sample(NOISE, 6))


def _twice(chance: random.Random) -> list[Asked]:
    asked = replace(clean(chance), defect="exact_duplicate")
    return [asked, asked]


def _nearly_twice(chance: random.Random) -> list[Asked]:
    asked = replace(clean(chance), defect="near_duplicate")
    return [asked, replace(asked, prompt=f"Now: {asked.prompt}")]


_PLANTED: Final[dict[str, Callable[[random.Random], list[Asked]]]] = {
    "conflict": _conflict,
    "truncated": _truncated,
    "refusal": _answered(lambda chance, asked: chance.choice(REFUSALS), "refusal"),
    "artifacts": _answered(_merged, "artifacts"),
    "repetition": _answered(_looped, "repetition"),
    "garbled": _answered(_noise, "garbled"),
    "language": _answered(lambda chance, asked: chance.choice(GERMAN), "language"),
    "empty": _answered(lambda chance, asked: "", "empty"),
    "exact_duplicate": _twice,
    "near_duplicate": _nearly_twice,
}
