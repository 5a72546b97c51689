"""Reasoning: thinking that never ends, leads nowhere, or is not what the answer says."""

from typing import ClassVar, Literal

import polars as pl

from curator.features import estimate_tokens
from curator.filters._artifact_words import CODE
from curator.filters._final_answers import contradicts
from curator.filters._scripts import foreign_shares
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.repetition import Repetition, measure_repeats
from curator.filters.turns import worst_turns

_BAD: dict[str, Literal["high", "low"]] = {
    "unclosed": "high",
    "left_open": "high",
    "unanswered": "high",
    "empty_thoughts": "high",
    "loop_repeats": "high",
    "sentence_run": "high",
    "foreign_script": "high",
    "latin_script": "high",
    "contradictions": "high",
    "tokens": "high",
}
_OPEN_MARKS = r'"think": \["(?:[^"\\]|\\.)*"\]|"open": true'
"""How a turn's layout says that nothing closes its thinking."""
_NO_SHARES = 1_000_000_000
"""Of the kernel's measures only loops are wanted: no text has so many words."""
_BOTH_FINAL = r"\\boxed|(?i)final answer"


class Reasoning(Filter):
    """Drop thinking that never ends, gives no answer or runs in a loop, and flag what is odd.

    Records in which no turn thinks are not judged. Thinking is what stands in think tags of any
    template or under a key of its own; it is never counted as response.
    """

    filter: Literal["reasoning"] = "reasoning"
    judges_all: ClassVar[bool] = False
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        ("left_open", "empty", "script_switch", "latin_switch", "contradiction"), "flag"
    )

    view: Literal["reasoning"] = "reasoning"
    """Thinking is all it measures."""
    max_loop_repeats: int = threshold(10, ge=2)
    """How often up to 13 words may stand in a row where they fill more than 100 words: twice as
    often as in an answer, because thinking counts and checks aloud (OLMo: 32 repeats)."""
    max_sentence_run: int = threshold(20, ge=1)
    """How often a sentence may stand in a row: open-instruct runs its filter for thinking with
    20."""
    max_foreign_script: float = threshold(0.05, ge=0, le=1)
    """Greatest share of letters in scripts that neither the question nor the answer uses
    (open-instruct: 5% Chinese signs in an English set)."""
    max_latin_script: float = threshold(0.9, ge=0, le=1)
    """Greatest share of Latin letters where question and answer are mostly in another script: code
    and formulas need them in every language. Of 11,000 Chinese answers, code has up to 0.9."""
    max_tokens: int | None = threshold(None, ge=1)
    """More estimated tokens of thinking in a turn than this is `too_long`: what the trained model's
    context has no room for. None by default: it depends on the model alone."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return worst_turns(_measure(_thinking_turns(records)), records.height, _BAD)

    def rules(self) -> dict[str, pl.Expr]:
        most = pl.lit(self.max_tokens, dtype=pl.Int64)
        return {
            "unclosed": pl.col("unclosed") > 0,
            "no_answer": pl.col("unanswered") > 0,
            "loop": pl.col("loop_repeats") > self.max_loop_repeats,
            "sentence_run": pl.col("sentence_run") > self.max_sentence_run,
            "too_long": pl.col("tokens") > most,
            "left_open": pl.col("left_open") > 0,
            "empty": pl.col("empty_thoughts") > 0,
            "script_switch": pl.col("foreign_script") > self.max_foreign_script,
            "latin_switch": pl.col("latin_script") > self.max_latin_script,
            "contradiction": pl.col("contradictions") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        looped = Repetition(view="reasoning", max_loop_repeats=self.max_loop_repeats)
        return [span for span in looped.spans(text) if span.reason == "loop"]


def _thinking_turns(records: pl.DataFrame) -> pl.DataFrame:
    """List the turns that think: what they think and say, and what the record asks.

    Answers labelled as bad (KTO `label: false`) are left out, as in every view of the response.
    """
    turn = pl.element().struct
    thinks = (turn.field("role") == "assistant") & turn.field("reasoning").is_not_null()
    asks = turn.field("content").filter(turn.field("role") != "assistant")
    message = pl.col("messages").struct
    return (
        records.lazy()
        .select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
            "messages",
            pl.col("label").fill_null(True).alias("judged"),  # noqa: FBT003
        )
        .filter(pl.col("judged") & pl.col("messages").list.eval(thinks).list.any())
        .with_columns(
            pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
            pl.col("messages").list.eval(asks).list.join("\n").alias("asked"),
            pl.col("messages").list.eval(turn.field("role").shift(-1)).alias("after"),
        )
        .explode("turn", "messages", "after")
        .filter((message.field("role") == "assistant") & message.field("reasoning").is_not_null())
        .select(
            "record",
            "turn",
            "asked",
            message.field("reasoning").alias("thought"),
            message.field("content").fill_null("").alias("said"),
            (message.field("tool_calls").list.len() > 0).fill_null(False).alias("calls"),  # noqa: FBT003
            message.field("layout").str.contains(_OPEN_MARKS).fill_null(False).alias("open"),  # noqa: FBT003
            (pl.col("after") == "assistant").fill_null(False).alias("goes_on"),  # noqa: FBT003
        )
        .collect()
    )


def _measure(turns: pl.DataFrame) -> pl.DataFrame:
    blank = ~pl.col("thought").str.contains(r"\S")
    answered = pl.col("said").str.contains(r"\S") | pl.col("calls")
    faults = {
        "unclosed": pl.col("open") & ~answered,
        "left_open": pl.col("open") & answered,
        "unanswered": ~pl.col("open") & ~answered & ~pl.col("goes_on") & ~blank,
        "empty_thoughts": blank,
    }
    repeats = measure_repeats(turns["thought"], _NO_SHARES).select(
        pl.col("long_repeats").alias("loop_repeats"), "sentence_run"
    )
    return (
        turns.select(
            "record",
            "turn",
            *(fault.cast(pl.Int32).alias(name) for name, fault in faults.items()),
            estimate_tokens(pl.col("thought")).alias("tokens"),
        )
        .hstack(repeats)
        .hstack(_foreign(turns))
        .with_columns(_contradictions(turns))
    )


def _foreign(turns: pl.DataFrame) -> pl.DataFrame:
    """Compare scripts; where all is ASCII there is one script only, and nothing to count."""
    bare = pl.col("thought").str.replace_all(CODE, " ")
    numbered = turns.with_row_index("at").with_columns(bare)
    texts = [pl.col(name) for name in ("thought", "asked", "said")]
    mixed = numbered.filter(
        pl.any_horizontal(text.str.len_bytes() > text.str.len_chars() for text in texts)
    )
    found = mixed.select("at").hstack(foreign_shares(mixed))
    joined = numbered.select("at").join(found, on="at", how="left", maintain_order="left")
    return joined.drop("at").with_columns(pl.all().fill_null(0.0))


def _contradictions(turns: pl.DataFrame) -> pl.Series:
    """Compare the final numbers where both texts name one."""
    both = [pl.col(name).str.contains(_BOTH_FINAL) for name in ("thought", "said")]
    rows = zip(
        turns["thought"], turns["said"], turns.select(both[0] & both[1]).to_series(), strict=True
    )
    found = [named and contradicts(thought, said) for thought, said, named in rows]
    return pl.Series("contradictions", found, dtype=pl.Int32)
