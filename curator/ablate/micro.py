"""Micro: data with planted defects, curated by a real recipe, small enough for any computer."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import polars as pl

from curator.ablate.protocol import Budget
from curator.ablate.world import Asked, drills, held_out, messy
from curator.pipeline import Listener, curate
from curator.recipe import dump_recipe, load_recipe
from curator.run import Run, write_text

ROWS = 10_000
HELD_OUT = 300
BUDGET = Budget(tokens=64_000, steps=400, rows=1)
SEEDS = 3
_PAIRED = ("exact_duplicate", "near_duplicate")
_DEFECT = pl.col("extra").str.json_path_match("$.defect").fill_null("")


@dataclass(frozen=True)
class Plant:
    """One kind of defect: how often it was planted, and how often a filter dropped it."""

    defect: str
    planted: int
    dropped: int
    by: str
    """The filter that dropped most of them."""


@dataclass(frozen=True)
class Planted:
    """How well the filters found what was planted."""

    plants: list[Plant]
    clean: int
    clean_dropped: int
    """Rows without a defect that were dropped all the same."""

    @property
    def recall(self) -> float:
        """Return the share of defects that were dropped."""
        planted = sum(one.planted for one in self.plants)
        return sum(one.dropped for one in self.plants) / planted if planted else 1.0

    @property
    def precision(self) -> float:
        """Return the share of dropped rows that had a defect."""
        dropped = sum(one.dropped for one in self.plants)
        total = dropped + self.clean_dropped
        return dropped / total if total else 1.0

    def facts(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return asdict(self) | {"recall": self.recall, "precision": self.precision}


@dataclass(frozen=True)
class MicroFiles:
    """What the small world was asked to write."""

    messy: Path
    clean: Path
    other: Path


def micro_files(folder: Path, seed: int) -> MicroFiles:
    """Write the data of the small world: what is curated, and two sets that are clean."""
    found = MicroFiles(
        folder / "messy.jsonl", folder / "clean.jsonl", folder / "known_before.jsonl"
    )
    write_questions(found.messy, messy(ROWS, seed))
    write_questions(found.clean, held_out(HELD_OUT, seed))
    write_questions(found.other, {one.prompt: one for one in drills(HELD_OUT, -1)}.values())
    return found


def micro_run(recipe: Path | None, data: Path, out: Path, listener: Listener) -> Run:
    """Curate the small world by a recipe's filters, or by those that come along."""
    path = recipe or Path(str(files("curator.ablate") / "micro.yaml"))
    # What the small world says is exported nowhere.
    wanted = load_recipe(path).model_copy(update={"export": []})
    own = out.parent / f"{out.name}.yaml"
    write_text(own, dump_recipe(wanted))
    return curate(own, inputs=[str(data.resolve())], out=out, listener=listener)


def planted_in(run: Run) -> Planted:
    """Hold the decisions of a run against what was planted.

    Of two rows that are the same one should go, whichever it is.
    """
    rows = pl.concat(
        [run.records().select(_DEFECT.alias("defect")), run.decisions().select("kept", "reason")],
        how="horizontal",
    ).collect()
    filters = pl.col("reason").str.split(".").list.first()
    counts = (
        rows.filter(pl.col("defect") != "")
        .group_by("defect")
        .agg(
            pl.len().alias("rows"),
            (~pl.col("kept")).sum().alias("dropped"),
            filters.drop_nulls().mode().sort().first().alias("by"),
        )
        .sort("defect")
    )
    clean = rows.filter(pl.col("defect") == "")
    return Planted(
        [
            _plant(row["defect"], row["rows"], row["dropped"], row["by"])
            for row in counts.to_dicts()
        ],
        clean.height,
        int((~clean["kept"]).sum()),
    )


def _plant(defect: str, rows: int, dropped: int, by: str | None) -> Plant:
    planted = rows // 2 if defect in _PAIRED else rows
    return Plant(defect, planted, min(dropped, planted), by or "")


def write_questions(path: Path, asked: Iterable[Asked]) -> None:
    """Write questions as messages, unless the very same are there: a run notices new files."""
    lines = [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": one.prompt},
                    {"role": "assistant", "content": one.response},
                ],
                "defect": one.defect,
            }
        )
        for one in asked
    ]
    text = "\n".join(lines) + "\n"
    if not path.is_file() or path.read_text("utf-8") != text:
        write_text(path, text)
