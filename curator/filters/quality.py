"""Quality: how good an answer is to what was asked, by a model that learnt from graded answers."""

from collections.abc import Callable
from typing import ClassVar, Literal

import polars as pl
from numpy.typing import NDArray

from curator.features import Embedding, Feature, Language, answered, asked
from curator.filters.base import Action, Filter, threshold
from curator.filters.exchanges import exchanges, in_english
from curator.models import Places, embedder, quality_files, quality_model
from curator.models.quality import BUNDLED, EMBEDDER, Floats
from curator.models.quality_signs import specific_share

_MEASURES = {
    "quality": pl.Float64,
    "quality_turn": pl.Int64,
    "fit": pl.Float64,
    "specific": pl.Float64,
}


class Quality(Filter):
    """Grade answers, to rank records by; the rule for poor ones is off until you switch it on.

    Each answer of the assistant is judged with what was said just before it, and the worst counts.
    Beside `quality` stand two things that can be read off: `fit`, how near the answer's words come
    to the prompt's (the cosine of their vectors), and `specific`, the share of its words that are
    numbers, names or lead to examples. Answers in other languages than English, answers that call
    tools and empty ones are not judged. What the bundled model is worth, and how to train one on
    labels of your own, which is worth far more, stands in docs/response_quality.md.
    """

    filter: Literal["quality"] = "quality"
    needs: ClassVar[tuple[str, ...]] = ("language", "embedding")
    actions: ClassVar[dict[str, Action]] = {"poor": "off"}
    names_files: ClassVar[tuple[str, ...]] = ("model",)

    model: str = BUNDLED
    """Which model judges: `bundled`, which comes along, or the folder of one that `curator models
    train` made of your labels."""
    min_quality: float = threshold(0.1, ge=0, le=1)
    """Least quality of an answer that is not `poor`. Below 0.1 lie 0.4% of alpaca_random_9k and
    0.2% of LIMA, most of them short but right: it is low on purpose (docs/response_quality.md)."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        found = in_english(exchanges(records), records)
        places = Places.of(found, *_vectors(found, records))
        measured = found.select(
            "record",
            pl.Series("quality", quality_model(self.model).score(places)).round(6),
            pl.col("turn").alias("quality_turn"),
            pl.Series("fit", places.signs[:, -1].astype(float)).round(6),
            specific_share().round(6).alias("specific"),
        )
        return _worst(measured, records.height)

    def rules(self) -> dict[str, pl.Expr]:
        return {"poor": pl.col("quality") < self.min_quality}

    def features(self) -> tuple[Feature, ...]:
        return (Language(), Embedding(view="pair", model=EMBEDDER))

    def files(self) -> dict[str, str]:
        return quality_files(self.model)

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return value if value == BUNDLED else place(value)


def _vectors(found: pl.DataFrame, records: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return the vectors of both sides: those of the record where it is one exchange."""
    whole = records.select(asked(), answered())[found["record"]]
    stored = records["embedding"].gather(found["record"]).to_numpy()
    width = stored.shape[1] // 2
    sides = (stored[:, :width].copy(), stored[:, width:].copy())
    for side, vectors in zip(("prompt", "response"), sides, strict=True):
        other: NDArray = (found[side] != whole[side].fill_null("")).to_numpy()  # type: ignore[type-arg]
        if other.any():
            vectors[other] = embedder(EMBEDDER).embed(found[side].filter(other).to_list())
    return sides


def _worst(measured: pl.DataFrame, height: int) -> pl.DataFrame:
    """Keep of each record the first of its worst exchanges; null where there is none."""
    found = pl.DataFrame({"record": pl.int_range(height, dtype=pl.Int64, eager=True)})
    worst = measured.sort("record", "quality", "quality_turn").unique("record", keep="first")
    joined = found.join(worst, on="record", how="left", maintain_order="left")
    return joined.select(pl.col(name).cast(kind) for name, kind in _MEASURES.items())
