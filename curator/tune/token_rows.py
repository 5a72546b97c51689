"""Token rows: examples as the rows of trainers that take tokens with labels."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.export.lesson import Trainer

if TYPE_CHECKING:
    from curator.training.conversation import Example

Row = dict[str, NDArray[np.int64]]
IGNORED = -100
"""The label of a token that is not learnt, to all of them."""


class Shape(NamedTuple):
    """How rows are laid out."""

    width: int
    """Tokens of a row that several records share."""
    padding: int
    """The token that fills a row up."""
    packing: bool


def token_rows(trainer: Trainer, examples: "Sequence[Example]", shape: Shape) -> pl.DataFrame:
    """Return the rows of one side, a column of whole numbers a field."""
    rows = list(_ROWS[trainer](examples, shape))
    fields = rows[0] if rows else ()
    return pl.DataFrame(
        {name: pl.Series([row[name] for row in rows], dtype=pl.List(pl.Int64)) for name in fields}
    )


def _for_trl(examples: "Sequence[Example]", shape: Shape) -> Iterator[Row]:
    """Write `seq_lengths` where records share a row: its collator keeps them apart by these."""
    for row in _packed(examples, shape):
        lengths = {"seq_lengths": np.array([len(one) for one in row])} if shape.packing else {}
        yield _joined(row) | lengths


def _for_llama_factory(examples: "Sequence[Example]", shape: Shape) -> Iterator[Row]:
    """Write rows as its `neat_packing` does: the mask numbers the records, and 0 is padding.

    They are one token longer than the width, as those that it packs itself are.
    """
    for row in _packed(examples, shape):
        joined, lengths = _joined(row), [len(one) for one in row]
        if not shape.packing:
            yield joined | {"attention_mask": np.ones(lengths[0], np.int64)}
            continue
        joined |= {
            "attention_mask": np.repeat(np.arange(1, len(row) + 1), lengths),
            "position_ids": np.concatenate([np.arange(length) for length in lengths]),
        }
        fill = {"input_ids": shape.padding, "labels": IGNORED, "attention_mask": 0}
        missing = shape.width + 1 - sum(lengths)
        yield {
            name: np.append(values, np.full(missing, fill.get(name, 0)))
            for name, values in joined.items()
        }


def _for_axolotl(examples: "Sequence[Example]", shape: Shape) -> Iterator[Row]:
    """Write one record a row: it packs rows by itself."""
    for one in examples:
        yield _joined([one]) | {"attention_mask": np.ones(len(one), np.int64)}


_ROWS: dict[Trainer, Callable[["Sequence[Example]", Shape], Iterator[Row]]] = {
    "trl": _for_trl,
    "llama_factory": _for_llama_factory,
    "axolotl": _for_axolotl,
}


def _packed(examples: "Sequence[Example]", shape: Shape) -> "Iterator[list[Example]]":
    from curator.training.pack import one_each, pack

    lengths = [len(example) for example in examples]
    rows = pack(lengths, shape.width) if shape.packing else one_each(lengths)
    for row in rows:
        yield [examples[place] for place in row]


def _joined(row: "Sequence[Example]") -> Row:
    tokens = np.concatenate([one.tokens for one in row]).astype(np.int64)
    learnt = np.concatenate([one.supervised for one in row])
    return {"input_ids": tokens, "labels": np.where(learnt, tokens, IGNORED)}
