"""Held out: the records of a run that no model tuned on it has seen, nor anything near them."""

from dataclasses import dataclass

from curator.recipe import Tune
from curator.run import Run
from curator.training.conversation import Conversation


@dataclass(frozen=True)
class HeldOut:
    """The held-out side of a run."""

    side: str
    conversations: list[Conversation]
    left_out: dict[str, int]
    """Records of that side that are not counted, by reason; `split.leak` nearly repeats a record
    that is trained on."""
    settings: Tune


def held_out_of(run: Run, most: int | None = None) -> HeldOut:
    """Return the side of a run that `curator tune` holds out, at most so many of its records.

    Of more, those with the first ids are taken; an id is a hash, so that they are any.
    """
    import polars as pl

    from curator.diversity import classify
    from curator.export.assign import assign
    from curator.splits import sides_in_order

    settings = run.recipe.tune or Tune()
    side = sides_in_order(settings.splits)[1]
    marks = assign(run, settings.splits)
    frame = run.records().collect().with_columns(marks)
    here = frame.filter(pl.col("side") == side)
    leaked = int(here["leaked"].sum())
    here = here.filter(~pl.col("leaked")).sort("id")
    here = here.head(most) if most else here
    tasks = classify(here, "bundled")["task"].to_list()
    found = [
        Conversation(
            row["id"],
            [{"role": m["role"], "content": m["content"] or ""} for m in row["messages"]],
            None,
            task or "",
        )
        for row, task in zip(here.iter_rows(named=True), tasks, strict=True)
    ]
    return HeldOut(side, found, {"split.leak": leaked} if leaked else {}, settings)
