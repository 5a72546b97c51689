"""Candidates: the records that stand before a budget, best first."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.decide.pool import Pool
from curator.diversity import UNLIMITED, Budget, points_of
from curator.errors import RecipeError
from curator.recipe import Recipe


class Candidates(NamedTuple):
    """Rows of the run in the order of preference, with the columns that the selection names.

    The first `held` are kept in any case.
    """

    rows: NDArray[np.int64]
    columns: pl.DataFrame
    pool: Pool
    held: int
    recipe: Recipe

    @property
    def budget(self) -> Budget:
        """What may be spent; tokens count only where they are limited."""
        settings = self.recipe.select
        assert settings is not None
        counts = settings.max_tokens is not None
        return Budget(
            settings.max_records or UNLIMITED,
            settings.max_tokens or UNLIMITED,
            self._tokens if counts else np.zeros(len(self.rows), np.int64),
        )

    @property
    def units(self) -> NDArray[np.int64]:
        """What a record counts where the budget is divided: one, or its tokens if only these are
        limited."""
        settings = self.recipe.select
        assert settings is not None
        return self._tokens if settings.max_records is None else np.ones(len(self.rows), np.int64)

    @property
    def total(self) -> int:
        """What is divided: records, or tokens if only these are limited."""
        settings = self.recipe.select
        assert settings is not None
        return settings.max_records or settings.max_tokens or UNLIMITED

    @property
    def points(self) -> NDArray[np.float32]:
        """The embeddings of the candidates as points."""
        if self.pool.vectors is None:
            raise RecipeError("`select:` compares embeddings, and this run has measured none")
        return points_of(self.pool.vectors[self.rows])

    @property
    def targets(self) -> NDArray[np.float32]:
        """The embeddings of the target set as points."""
        if self.pool.targets is None:
            raise RecipeError("`select:` has a target, and this run has measured none")
        return points_of(self.pool.targets)

    @property
    def _tokens(self) -> NDArray[np.int64]:
        return self.columns["tokens"].fill_null(0).cast(pl.Int64).to_numpy()
