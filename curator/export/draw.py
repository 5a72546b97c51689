"""Draw: how often each kept record is written, by the weight and the cap of its input.

Weights and caps act here, never on counts, unless the recipe selects a mixture of its inputs: then
they acted there. What is drawn depends on a record's content and
the recipe's seed, so that another order, or other records, change nothing for it; of a capped input
the records with the smallest hashes stay, so that a smaller cap takes some of the same.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.run import Run

CAPPED = "input.cap"
"""The reason of a kept record that is more than its input's cap allows."""
UNDRAWN = "input.weight"
"""The reason of a kept record that a weight with a fraction does not draw."""
_HASHES = 2.0**64


class Draw(NamedTuple):
    """What the inputs' weights and caps make of every record of a run, in its order."""

    capped: npt.NDArray[np.bool_]
    copies: npt.NDArray[np.int64]
    """How often it is written where it is trained on; 0 where it is not drawn."""


def draw(run: Run, kept: pl.Series) -> Draw:
    """Draw from the kept records; without weights and caps each is written once."""
    found = Draw(np.zeros(len(kept), dtype=np.bool_), np.ones(len(kept), dtype=np.int64))
    shares = {
        place: entry
        for place, entry in enumerate(run.recipe.input)
        if entry.weight != 1 or entry.cap is not None
    }
    acted = run.recipe.select is not None and run.recipe.select.weighs_inputs()
    if not shares or acted:
        return found
    ids, owners = run.decisions().select("id").collect()["id"], _owners(run)
    for place, entry in shares.items():
        rows = np.flatnonzero(kept.to_numpy() & (owners == place))
        own = ids.gather(rows)
        if entry.cap is not None:
            order = pl.DataFrame({"hash": _hashes(own, "cap", run.recipe.seed), "id": own})
            ranks = order.with_row_index().sort("hash", "id")["index"].to_numpy()
            found.capped[rows[ranks[entry.cap :]]] = True
        whole = int(entry.weight)
        drawn = _hashes(own, "weight", run.recipe.seed) < (entry.weight - whole) * _HASHES
        found.copies[rows] = whole + drawn
    return found


def _owners(run: Run) -> npt.NDArray[np.int64]:
    """Return for every record the place of its entry under `input:`."""
    entries = [entry.entry for entry in run.manifest.inputs]
    counts = [entry.records for entry in run.manifest.inputs]
    return np.repeat(np.array(entries, dtype=np.int64), counts)


def _hashes(ids: pl.Series, purpose: str, seed: int) -> npt.NDArray[np.float64]:
    """Hash contents: the caps' hashes say nothing of the weights'."""
    contents = (f"{purpose} {id_.rpartition('-')[0]}".encode() for id_ in ids)
    hashes = [xxhash.xxh3_64_intdigest(content, seed=seed % 2**64) for content in contents]
    return np.array(hashes, dtype=np.float64)
