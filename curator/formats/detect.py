"""Detection: which shape rows have, from their content."""

from collections.abc import Iterable, Sequence

from curator.errors import ShapeError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, Shape
from curator.formats.dolly import DOLLY
from curator.formats.exchanges import EXCHANGES
from curator.formats.flan import FLAN
from curator.formats.helpsteer import HELPSTEER
from curator.formats.kto import KTO
from curator.formats.magpie import MAGPIE
from curator.formats.messages import MESSAGES
from curator.formats.oasst import OASST, OASST_PAIRS
from curator.formats.preference import PREFERENCE
from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.formats.prompt_only import PROMPT_ONLY
from curator.formats.self_instruct import SELF_INSTRUCT
from curator.formats.sharegpt import SHAREGPT
from curator.formats.transcript import BAIZE_CHAT, TRANSCRIPT
from curator.formats.ultrachat import ULTRACHAT

_SHAPES: tuple[Shape, ...] = (
    MESSAGES,
    SHAREGPT,
    ALPACA,
    PROMPT_COMPLETION,
    PREFERENCE,
    KTO,
    DOLLY,
    SELF_INSTRUCT,
    PROMPT_ONLY,
    TRANSCRIPT,
    OASST,
    OASST_PAIRS,
    ULTRACHAT,
    EXCHANGES,
    BAIZE_CHAT,
    MAGPIE,
    HELPSTEER,
    FLAN,
)
SHAPES: dict[str, Shape] = {shape.name: shape for shape in _SHAPES}
"""Every shape by its name: the registry."""
UNANSWERED = frozenset((PROMPT_ONLY.name,))
"""Shapes that promise no answer, so that none is missing."""

_NARROW = frozenset((DOLLY.name, MAGPIE.name, HELPSTEER.name, FLAN.name, EXCHANGES.name))
"""Shapes that a wider one reads as well: of two that fit alike, they say more."""
_LEAST = 0.2
"""Below this mean confidence no shape is chosen."""
_EXAMPLES = {
    "messages": "`messages` (a list of turns)",
    "sharegpt": "`conversations` (a list of turns)",
    "alpaca": "`instruction` and `output`",
    "prompt_completion": "`prompt` and `completion`",
    "preference": "`prompt`, `chosen` and `rejected`",
    "kto": "`messages` and `label` (true or false)",
    "dolly": "`instruction`, `context`, `response` and `category`",
    "self_instruct": "`instruction` and `instances` (a list of `input` and `output`)",
    "prompt_only": "`prompt`",
    "transcript": "`text` in which `Human:` and `Assistant:` speak in turn",
    "oasst": "`prompt` (a message with `replies`)",
    "oasst_pairs": "`prompt` (a message with ranked `replies`)",
    "ultrachat": "`data` (a list of texts)",
    "exchanges": "`conversation` (a list of `input` and `output`)",
    "baize": "`input` in which `[|Human|]` and `[|AI|]` speak in turn",
    "magpie": "`instruction` and `response` with scores such as `input_quality`",
    "helpsteer": "`prompt`, `response` and scores such as `helpfulness`",
    "flan": "`inputs` and `targets`",
}
_ONE_MESSAGE = frozenset(("message_id", "parent_id", "text", "role"))
"""The columns of a table that has one message of a tree a row."""


def detect(rows: Sequence[Row]) -> list[tuple[str, float]]:
    """Rank the shapes by how much the rows look like them, best first, from 0 to 1."""
    count = max(len(rows), 1)
    ranking = [
        (name, round(sum(shape.recognises(row) for row in rows) / count, 3))
        for name, shape in SHAPES.items()
    ]
    return sorted(ranking, key=lambda entry: (-entry[1], entry[1] > 0 and entry[0] not in _NARROW))


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
    if _ONE_MESSAGE.issubset(found):
        return (
            f"no shape fits: the fields are {fields}. Each row is one message of a tree, and no "
            f"conversation by itself: read the file that has a whole tree a row (`prompt` with "
            f"`replies`), which is the shape oasst"
        )
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
