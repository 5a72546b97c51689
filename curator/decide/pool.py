"""Pool: what a selection reads of every record besides its scores."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pool:
    """Record columns and vectors in run order; only what the recipe's method needs is there."""

    columns: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Those of `RECORD_COLUMNS` that the recipe names."""
    vectors: NDArray[np.float32] | None = None
    """The embedding of every record."""
    targets: NDArray[np.float32] | None = None
    """The embeddings of the records of a target set, in its order."""
