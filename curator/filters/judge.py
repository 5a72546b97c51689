"""Judge: grades that a language model gives, behind any endpoint that speaks OpenAI's protocol."""

import hashlib
from collections.abc import Generator
from pathlib import Path
from typing import ClassVar, Literal, Self

import polars as pl
from pydantic import Field, field_validator, model_validator

from curator.errors import ModelError
from curator.filters._judging import Judging, Task
from curator.filters._rubrics import RUBRICS, Rubric, rubric_text
from curator.filters.base import Action, CorpusFilter, News, threshold
from curator.models import Asking, read_address
from curator.places import cache_folder


class Judge(CorpusFilter):
    """Drop records whose answers a language model grades as bad.

    The recipe names an endpoint that speaks OpenAI's protocol, on this machine or another, and
    records that no earlier filter dropped are sent there: what they say leaves the process,
    personal values and secrets masked unless `redact` is off. Each is graded from 1 to 5 for every
    rubric by itself. What a run will cost is told before its first request. Answers are kept on
    disk as they come, by the hash of what was asked, so that nothing is asked twice. A record that
    gets no grade is null and flagged. Grades are opinions: judges favour their own style and are
    not to be trusted with facts (docs/judges.md).
    """

    filter: Literal["judge"] = "judge"
    actions: ClassVar[dict[str, Action]] = {"not_judged": "flag"}
    judges_all: ClassVar[bool] = False
    asks: ClassVar[bool] = True
    names_files: ClassVar[tuple[str, ...]] = ("cache",)
    incidental: ClassVar[tuple[str, ...]] = ("asking",)

    score_dropped: bool = False
    """Whether records that an earlier filter dropped are graded too. Where they are not, and a
    threshold is loosened later, run again: only those that it lets back in are asked about."""
    base_url: str | None = None
    """Where the endpoint is, such as `http://127.0.0.1:8000/v1` or `https://host/v1`; there is no
    default. Other hosts than this machine need https."""
    model: str | None = None
    """The name of the model there."""
    ask: tuple[Rubric, ...] = Field(("quality", "complexity"), min_length=1)
    """What is graded, one request each: the `quality` of the answers, the `complexity` of what is
    asked, or `own`, by a rubric of yours."""
    own_rubric: str | None = Field(None, min_length=1)
    """What `own` grades: say what 1 and 5 stand for; higher is better."""
    redact: bool = True
    """Whether personal values and secrets are masked before anything is sent."""
    max_characters: int = Field(40_000, ge=1)
    """Records that are longer when written as JSON are not sent, and are `not_judged`: a grade of a
    cut text would be one of another text."""
    asking: Asking = Asking()
    """How the endpoint is asked: `key_env`, `concurrency`, `max_per_minute`, `timeout`, `retries`,
    `max_answer_tokens`, `price_in`, `price_out`, `max_cost`, `allow_private` (docs/judges.md)."""
    cache: str | None = None
    """A folder for the answers; `judge` in curator's cache when absent."""
    min_quality: float = threshold(3.0, ge=1, le=5)
    """Grades below this are `low_quality`: by the rubric's own words, a serious fault. AlpaGasus
    (Chen et al. 2024) kept 4.5 and more on a scale to 5, 9,229 of 52,002 records."""
    min_complexity: float | None = threshold(None, ge=1, le=5)
    """Grades below this are `low_complexity`; off by default, for simple requests are real ones."""
    min_own: float | None = threshold(None, ge=1, le=5)
    """Grades of your own rubric below this are `low_own`; off by default."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, base_url: str | None) -> str | None:
        if base_url is None:
            return None
        try:
            read_address(base_url)
        except ModelError as error:
            raise ValueError(str(error)) from None
        return base_url.rstrip("/")

    @model_validator(mode="after")
    def _nobody_listens(self) -> Self:
        address = read_address(self.base_url or "https://host")
        if address.scheme == "http" and not address.is_here and not self.asking.allow_private:
            raise ValueError(
                f"records would go to {address.host} over http, where anybody on the way can read "
                f"them: write https, or `asking: {{allow_private: true}}` for a network you trust"
            )
        return self

    @model_validator(mode="after")
    def _own_is_written(self) -> Self:
        if "own" in self.ask and self.own_rubric is None:
            raise ValueError("`ask: [own]` needs an `own_rubric:` that says what is graded")
        return self

    def columns(self) -> tuple[str, ...]:
        return ("messages", "label")

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        scoring = self.scoring(measured)
        while True:
            try:
                next(scoring)
            except StopIteration as end:
                scores: pl.DataFrame = end.value
                return scores

    def scoring(self, measured: pl.LazyFrame) -> Generator[News, None, pl.DataFrame]:
        return Judging(self.task()).scores(measured.select(self.columns()).collect())

    def rules(self) -> dict[str, pl.Expr]:
        least = {
            "quality": self.min_quality,
            "complexity": self.min_complexity,
            "own": self.min_own,
        }
        grades = {
            f"low_{name}": pl.col(name) < pl.lit(least[name], dtype=pl.Float64) for name in RUBRICS
        }
        return grades | {"not_judged": pl.col("missing") > 0}

    def files(self) -> dict[str, str]:
        self._named()
        return {
            f"rubric {rubric}": hashlib.sha256(self._told(rubric).encode()).hexdigest()
            for rubric in self.ask
        }

    def device(self) -> str:
        base_url, model = self._named()
        return f"{model} at {read_address(base_url).host}"

    def _told(self, rubric: Rubric) -> str:
        return rubric_text(rubric, self.own_rubric)

    def task(self) -> Task:
        """Say whom to ask, about what, and how."""
        base_url, model = self._named()
        return Task(
            base_url=base_url,
            model=model,
            rubrics={rubric: self._told(rubric) for rubric in self.ask},
            redact=self.redact,
            most=self.max_characters,
            asking=self.asking,
            cache=Path(self.cache) if self.cache else cache_folder() / "judge",
        )

    def _named(self) -> tuple[str, str]:
        if self.base_url is None or self.model is None:
            raise ModelError(
                f"the filter {self.label!r} has no endpoint: name one with `base_url:` and `model:`"
            )
        return self.base_url, self.model
