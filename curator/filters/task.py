"""Task: what a record asks for, how sure that is, what it is about, and how hard it is."""

from pathlib import Path
from typing import ClassVar, Literal, Self

import polars as pl
from pydantic import model_validator

from curator.diversity import COARSE, TASK_SCHEMA, classify, own_tasks
from curator.filters.base import Action, Filter, threshold
from curator.models import digest_of, embedder_files, task_files


class Task(Filter):
    """Say what each record asks for, and drop what is not wanted.

    `task` is one of the fourteen coarse classes of docs/taxonomy.md and `fine` one of the classes
    under it; `second` is another coarse class where a prompt asks for two things; `domain`, `form`
    and `difficulty` (1 to 5) are estimates. The prompt decides; the answer helps a little. Without
    a list of tasks nothing is dropped: the scores are for reports, quotas and selection. Made for
    English; prompts in other languages are less sure.
    """

    filter: Literal["task"] = "task"
    actions: ClassVar[dict[str, Action]] = {"unsure": "off"}
    names_files: ClassVar[tuple[str, ...]] = ("taxonomy",)

    model: Literal["bundled", "encoder"] = "bundled"
    """Which model votes: the `bundled` static one alone, or for prompts that it is unsure of the
    `encoder` too, which is slower and righter."""
    taxonomy: str | None = None
    """A YAML file with classes of your own, each with a sentence and or example prompts; `task` is
    then the nearest of them, and `fine` and `second` are null."""
    min_confidence: float = threshold(0.5, ge=0, le=1)
    """Below this confidence a record is `unsure`. Confidence is calibrated: of the records with
    confidence 0.5, half are in another class (docs/taxonomy.md)."""
    allowed: tuple[str, ...] | None = threshold(None)
    """The tasks that may stay; none given, all may. Names of coarse classes, or of your own. What
    is `unsure` is not judged."""
    forbidden: tuple[str, ...] | None = threshold(None)
    """The tasks that may not stay."""

    @model_validator(mode="after")
    def _names_tasks(self) -> Self:
        if self.taxonomy is None:
            named = [*(self.allowed or ()), *(self.forbidden or ())]
            unknown = [name for name in named if name.removesuffix("?") not in COARSE]
            if unknown:
                raise ValueError(f"there is no task {unknown[0]!r}: there are {', '.join(COARSE)}")
        return self

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        found = classify(records, self.model)
        if self.taxonomy is None:
            return found
        own = own_tasks(records, Path(self.taxonomy))
        return found.with_columns(
            own["task"],
            own["confidence"],
            pl.lit(None, pl.String).alias("fine"),
            pl.lit(None, pl.String).alias("second"),
        ).select(*TASK_SCHEMA)

    def rules(self) -> dict[str, pl.Expr]:
        task = pl.col("task")
        sure = pl.col("confidence") >= self.min_confidence
        allowed = pl.lit(value=True) if self.allowed is None else task.is_in(self.allowed)
        forbidden = task.is_in(self.forbidden or ())
        return {
            "not_allowed": sure & ~allowed & task.is_not_null(),
            "forbidden": sure & forbidden,
            "unsure": pl.col("confidence") < self.min_confidence,
        }

    def files(self) -> dict[str, str]:
        found = task_files(self.model)
        if self.taxonomy is None:
            return found
        own = {"taxonomy": digest_of(Path(self.taxonomy))}
        return found | embedder_files("bundled") | own
