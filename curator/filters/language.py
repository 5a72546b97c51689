"""Language: answers in another language than the data is meant to teach."""

from typing import ClassVar, Literal

import polars as pl
from pydantic import field_validator

from curator.features import Feature
from curator.features import Language as LanguageOfTurns
from curator.filters.base import Action, Filter, threshold
from curator.models import KIN, card_of, kin, names_file

_MEASURES = ("language", "confidence", "other", "other_confidence", "other_turn")


class Language(Filter):
    """Drop records in a language that is not among those `allowed`.

    Every turn is judged by itself; `language` is the one most of the judged turns are in, `other`
    the surest of the rest. Code, texts of fewer than twenty letters and tool results are not
    judged, and what is not judged is not dropped. Languages that a text often cannot be told from
    count as one: Bosnian, Croatian and Serbian, Norwegian in both its forms, Malay and Indonesian.
    """

    filter: Literal["language"] = "language"
    actions: ClassVar[dict[str, Action]] = {"mixed": "flag", "uncertain": "flag"}
    judges_all: ClassVar[bool] = False

    view: Literal["prompt", "response", "text"] = "response"
    """Which turns are judged: the user's and the system's, the answers, or all."""
    names_files: ClassVar[tuple[str, ...]] = ("model",)
    model: str = "lid.176.ftz"
    """Which model judges: `lid.176.ftz`, which comes along, `lid.176.bin`, which can be pulled, or
    the path of another fastText model (`.bin`, `.ftz`), whose labels are taken as they are."""
    min_confidence: float = threshold(0.6, ge=0, le=1)
    """Probability from which on a language is believed. At 0.6 the model is right on 98.6% of the
    sentences that it is sure of, 91% of all, in 66 languages (datatrove asks for 0.65)."""
    allowed: tuple[str, ...] | None = threshold(None)
    """The languages that may stay, as ISO 639-1 codes such as en; none given, all may."""

    @field_validator("model")
    @classmethod
    def _is_known(cls, model: str) -> str:
        if not names_file(model):
            card_of(model, "language")
        return model

    def features(self) -> tuple[Feature, ...]:
        return (LanguageOfTurns(model=self.model),)

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        rows = pl.DataFrame({"record": pl.int_range(records.height, dtype=pl.Int64, eager=True)})
        turns = self._turns(records)
        weights = turns.group_by("record", "language").agg(
            pl.len().alias("turns"), pl.col("confidence").max()
        )
        main = (
            weights.sort(
                "record", "turns", "confidence", "language", descending=[False, True, True, False]
            )
            .unique("record", keep="first", maintain_order=True)
            .select("record", "language", "confidence")
        )
        rest = _others(turns.join(main.select("record", main="language"), on="record"))
        joined = rows.join(main, on="record", how="left", maintain_order="left")
        joined = joined.join(rest, on="record", how="left", maintain_order="left")
        return joined.select(_MEASURES)

    def _turns(self, records: pl.DataFrame) -> pl.DataFrame:
        """List the judged turns: `record`, `turn`, their language and a second one."""
        roles = {"prompt": ["user", "system"], "response": ["assistant"]}.get(self.view)
        turns = (
            records.select(
                pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
                pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
                pl.col("messages").list.eval(pl.element().struct.field("role")).alias("role"),
                pl.col("language").alias("said"),
            )
            .explode("turn", "role", "said")
            .unnest("said")
            .filter(pl.col("language").is_not_null())
        )
        return turns if roles is None else turns.filter(pl.col("role").is_in(roles))

    def rules(self) -> dict[str, pl.Expr]:
        sure = pl.col("confidence") >= self.min_confidence
        other = pl.col("other_confidence") >= self.min_confidence
        strange = sure & self._strange("language")
        return {
            "not_allowed": strange | (other & self._strange("other")).fill_null(value=False),
            "uncertain": pl.col("confidence") < self.min_confidence,
            "mixed": other,
        }

    def _strange(self, measure: str) -> pl.Expr:
        """Say whether a language is none of those allowed; with none given, none is."""
        if not isinstance(self.allowed, tuple):
            return pl.lit(value=False)
        related = sorted({kin(language) for language in self.allowed})
        return ~pl.col(measure).replace(KIN).is_in(related)


def _others(turns: pl.DataFrame) -> pl.DataFrame:
    """Find the surest language of a record that is not its main one, in a turn or beside it."""
    differing = pl.concat(
        [
            turns.select("record", "turn", "main", other="language", other_confidence="confidence"),
            turns.select("record", "turn", "main", "other", "other_confidence"),
        ]
    ).filter(pl.col("other").replace(KIN) != pl.col("main").replace(KIN))
    ranked = differing.sort(
        "record", "other_confidence", "turn", "other", descending=[False, True, False, False]
    )
    first = ranked.unique("record", keep="first", maintain_order=True)
    return first.select("record", "other", "other_confidence", other_turn="turn")
