"""Decontaminate: test questions that stand in the data a model is to be trained on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import polars as pl
from pydantic import Field

from curator.errors import InputError
from curator.features import Embedding, Feature, asked
from curator.filters.base import Action, Filter, Span, threshold
from curator.models import placed_name
from curator.records import JOINER

if TYPE_CHECKING:
    from curator.evaluation import Index, SetFile

HIT = pl.Struct(
    {
        "set": pl.String,
        "row": pl.Int64,
        "coverage": pl.Float64,
        "run": pl.Int64,
        "exact": pl.Int64,
        "alike": pl.Float64,
    }
)
"""One of a record's hits, as the score `hits` lists them in JSON."""


class Decontaminate(Filter):
    """Drop records that hold questions of an evaluation set.

    Every run of 8 words of every question is looked up, so nothing is missed and nothing is
    estimated. Case and punctuation do not count, as in GPT-3's own search. Runs that many questions
    share, such as the wording of a multiple choice, count for none of them. The rule `tulu3` reads
    what the user says, all turns together; `gpt3` and `exact` read the whole record. `semantic` is
    off until it is asked for.
    """

    filter: Literal["decontaminate"] = "decontaminate"
    actions: ClassVar[dict[str, Action]] = {"semantic": "flag"}
    names_files: ClassVar[tuple[str, ...]] = ("folder", "paths", "semantic")
    runs_beside: ClassVar[bool] = True

    sets: list[str] = Field(default_factory=list)
    """Evaluation sets by their names in `folder`, such as `gsm8k_test`, `humaneval`, `mmlu` and
    `mt_bench`; a name may leave out the end of the file's."""
    folder: str = "benchmarks"
    """The folder that holds the named sets."""
    paths: list[str] = Field(default_factory=list)
    """Evaluation sets as files or folders, in any container that data is read from. There is no
    default: name `sets` or `paths`."""
    fields: tuple[str, ...] = ()
    """The columns of the sets that are looked for, where they are not the usual ones (question,
    prompt, turns and the like). Answers are not looked for."""
    max_questions: int = Field(10, ge=1)
    """A run of words in more questions than this is common wording and is not looked for; GPT-3
    leaves out what is in more than 10 documents (Brown et al. 2020, appendix C)."""
    max_coverage: float = threshold(0.5, ge=0, le=1)
    """Greatest share of a question's words that may lie in runs of 8 words which what the user says
    has too; more than half in Tulu 3 (Lambert et al. 2024, §3.2)."""
    min_run: int = threshold(13, ge=8)
    """So many words of a question in a row, anywhere in the record, are a reason; 13 in GPT-3
    (Brown et al. 2020) and MT-NLG (Smith et al. 2022)."""
    min_exact: int = threshold(1, ge=1)
    """A question of at least so many words is a reason if it is there whole: anywhere if it has 8,
    standing by itself if fewer."""
    semantic: str | None = None
    """The embedder that proposes questions in other words, such as `bundled`; unset, none are
    looked for. What it proposes counts if the numbers agree and most of the telling words."""
    min_similarity: float = threshold(0.8, ge=0.7, le=1)
    """From this cosine on, a prompt that was proposed and verified is a reason. Above 0.8 stand two
    thirds of 72 paraphrases of test questions, and 4 of 7,473 questions that only look like some
    (docs/decontamination.md)."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        from curator.filters._contaminated import scores_of

        prompts = records.select(asked())["prompt"]
        whole = pl.concat_str(
            "text", "reasoning", "rejected_text", separator=JOINER, ignore_nulls=True
        )
        alike = self._alike(records) if self.semantic else None
        return scores_of(prompts, records.select(whole)["text"], self.index(), alike)

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "tulu3": pl.col("tulu3") > self.max_coverage,
            "gpt3": pl.col("gpt3") >= self.min_run,
            "exact": pl.col("exact") >= self.min_exact,
            "semantic": pl.col("semantic") >= self.min_similarity,
        }

    def spans(self, text: str) -> list[Span]:
        from curator.evaluation import shared_places
        from curator.filters._contaminated import LISTED

        places = shared_places(text, self.index(), LISTED["coverage"], LISTED["run"])
        return [Span(*place, rule) for place in places for rule in ("tulu3", "gpt3", "exact")]

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(model=self.semantic),) if self.semantic else ()

    def files(self) -> dict[str, str]:
        return {one.name: one.sha256 for one in self._sets()}

    def placed(self, place: Callable[[str], str]) -> Self:
        moved = {"folder": place(self.folder), "paths": [place(path) for path in self.paths]}
        named = {"semantic": placed_name(self.semantic, place)} if self.semantic else {}
        return self.model_copy(update=moved | named)

    def index(self) -> "Index":
        """Return the questions of the sets, indexed."""
        from curator.evaluation import load_index

        return load_index(tuple(self._sets()), self.fields, self.max_questions)

    def _alike(self, records: pl.DataFrame) -> pl.DataFrame:
        from curator.evaluation import load_wordings, paraphrases

        sets = tuple(self._sets())
        wordings = load_wordings(sets, self.fields, self.max_questions, self.semantic or "")
        texts = records["prompt"].fill_null("").to_list()
        return paraphrases(texts, records["embedding"].to_numpy(), wordings)

    def _sets(self) -> "list[SetFile]":
        from curator.evaluation import find_sets

        if not self.sets and not self.paths:
            raise InputError(
                f"the filter {self.label!r} has no evaluation set: name some with `sets:`, which "
                f"are looked for in `folder:`, or their files with `paths:`"
            )
        return find_sets(self.sets, Path(self.folder), [Path(path) for path in self.paths])
