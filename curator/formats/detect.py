"""Detection: which shape rows have, from their content."""

from collections.abc import Iterable, Sequence

from curator.errors import ShapeError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, Shape
from curator.formats.kto import KTO
from curator.formats.messages import MESSAGES
from curator.formats.preference import PREFERENCE
from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.formats.sharegpt import SHAREGPT

_SHAPES: tuple[Shape, ...] = (MESSAGES, SHAREGPT, ALPACA, PROMPT_COMPLETION, PREFERENCE, KTO)
SHAPES: dict[str, Shape] = {shape.name: shape for shape in _SHAPES}
"""Every shape by its name: the registry."""

_LEAST = 0.2
"""Below this mean confidence no shape is chosen."""
_EXAMPLES = {
    "messages": "`messages` (a list of turns)",
    "sharegpt": "`conversations` (a list of turns)",
    "alpaca": "`instruction` and `output`",
    "prompt_completion": "`prompt` and `completion`",
    "preference": "`prompt`, `chosen` and `rejected`",
    "kto": "`messages` and `label` (true or false)",
}


def detect(rows: Sequence[Row]) -> list[tuple[str, float]]:
    """Rank the shapes by how much the rows look like them, best first, from 0 to 1."""
    count = max(len(rows), 1)
    ranking = [
        (name, round(sum(shape.recognises(row) for row in rows) / count, 3))
        for name, shape in SHAPES.items()
    ]
    return sorted(ranking, key=lambda entry: -entry[1])


def choose_shape(rows: Sequence[Row]) -> tuple[str, float]:
    """Return the best shape and its confidence, or say what was found and what to do."""
    name, confidence = detect(rows)[0]
    if confidence < _LEAST:
        raise ShapeError(explain_misfit(rows))
    return name, confidence


def explain_misfit(rows: Sequence[Row]) -> str:
    """Say which fields the rows have, which shape is nearest, and what to write in the recipe."""
    found = list(dict.fromkeys(name for row in rows for name in row))
    fields = ", ".join(f'"{name}"' for name in found[:12]) + (", …" if len(found) > 12 else "")  # noqa: PLR2004
    nearest = nearest_shape(rows, found)
    example = found[0] if found else "question"
    return (
        f"no shape fits: the fields are {fields or 'none'}. The nearest shape is {nearest}, which "
        f"wants {_EXAMPLES[nearest]}. Name the shape with `format: {nearest}`, or say which column "
        f"holds what with `columns: {{prompt: {example}, response: …}}`"
    )


def nearest_shape(rows: Sequence[Row], found: Iterable[str]) -> str:
    """Name the shape that fits best, or else the one that shares most fields."""
    ranking = detect(rows)
    if ranking[0][1] > 0:
        return ranking[0][0]
    shared = {name: len(shape.fields.intersection(found)) for name, shape in SHAPES.items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else "prompt_completion"
