"""Repetition: an answer that says the same again and again."""

import re
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_JUDGED = (
    "loop_repeats",
    "looped_words",
    "looped_share",
    "sentence_run",
    "sign_run",
    "repeated_10grams",
    "repeated_5grams",
    "repeated_lines",
    "top_4gram",
    "top_3gram",
    "top_2gram",
)
_COUNTS = ("long_repeats", "short_repeats", "looped_words", "sentence_run", "sign_run")
_LOOP = 12
"""Fewer words in a stretch, or signs in a line, are no loop."""
_ASKS_FOR_IT = (
    r"(?i)\brepeat|\btimes\b|again and again|over and over|in a row|chant\b|mantra|\bsong|\bsing\b"
    r"|lyric|chorus|refrain|nursery rhyme|lullab|\bsounds?\b|noise|scream|laugh|giggl|stutter|echo"
    r"|重复|[\d几多十百千]次|[\d几十百]遍|歌|声音|répét|wiederhol|repite|repetir"
)
"""What in a prompt explains an answer that says the same many times."""
_SURE = 20
_PERIOD = 13
_WORD = re.compile(r"[\u3000-\u9fff\uf000-\uffff]|[^\s\u3000-\u9fff\uf000-\uffff]+")


class Repetition(Filter):
    """Drop answers caught in a loop, and flag those that say much of their text twice.

    Gopher's limits are for web pages. An answer of 50 to 200 words repeats the words of its
    question: read on real sets, nothing that passes Gopher's limits for the commonest 2, 3 or 4
    words was a fault, 10% of GSM8K's solutions do. So these limits are loose here and only flag.
    """

    version: ClassVar[int] = 2
    filter: Literal["repetition"] = "repetition"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        (
            "looped_share",
            "top_2gram",
            "top_3gram",
            "top_4gram",
            "repeated_5grams",
            "repeated_lines",
        ),
        "flag",
    )

    view: Literal["response", "reasoning"] = "response"
    """Which side of the assistant turns to measure."""
    from_words: int = Field(50, ge=1)
    """Shares of n-grams and lines are measured from this many words on: below, Gopher's limits
    drop 41% of Alpaca. Loops are measured at any length."""
    max_loop_repeats: int = threshold(5, ge=2)
    """How often up to 13 words may stand in a row where they fill more than 100 words, or 20 and a
    quarter of an answer to a prompt that asks for no song or repeating; or a few letters inside a
    word ("hahaha") where they fill 100. OLMo says 32 repeats of up to 13 tokens, wherever they
    stand; of 98,000 answers, none in plain language that was right had more than 4."""
    max_looped_share: float = threshold(0.5, gt=0, le=1)
    """Greatest share of an answer's words in such a stretch, from 12 words and three times on."""
    max_sentence_run: int = threshold(8, ge=1)
    """How often a sentence or line may stand in a row, also in turn with one or two others
    (open-instruct's code says 4, its runs 20; HTML tables and choruses reach 6)."""
    max_sign_run: int = threshold(100, ge=2)
    """Longest run of one letter or digit (FastChat flags nine digits; a googol has 100 zeros)."""
    max_repeated_10grams: float = threshold(0.8, gt=0, le=1)
    """Greatest share of characters in ten words said before (Gopher: 0.10; Data-Juicer: 0.5;
    lawful HTML, form requests and songs reach 0.66)."""
    max_repeated_5grams: float = threshold(0.5, gt=0, le=1)
    """Greatest share of characters in five words said before (Gopher: 0.15)."""
    max_repeated_lines: float = threshold(0.5, gt=0, le=1)
    """Greatest share of characters in lines that stood there before (Gopher: 0.20; songs with
    three choruses reach 0.4)."""
    max_top_4gram: float = threshold(0.5, gt=0, le=1)
    """Greatest share of characters in the commonest four words (Gopher, table A1: 0.16)."""
    max_top_3gram: float = threshold(0.5, gt=0, le=1)
    """Greatest share of characters in the commonest three words (Gopher: 0.18)."""
    max_top_2gram: float = threshold(0.5, gt=0, le=1)
    """Greatest share of characters in the commonest two words (Gopher: 0.20)."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = view_texts(records, self.view)
        measured = turns.select("record", "turn").hstack(
            measure_repeats(turns["text"], self.from_words)
        )
        measured = _count_repeats(measured, records)
        return worst_turns(measured, records.height, dict.fromkeys(_JUDGED, "high"))

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "loop": pl.col("loop_repeats") > self.max_loop_repeats,
            "sentence_run": pl.col("sentence_run") > self.max_sentence_run,
            "sign_run": pl.col("sign_run") > self.max_sign_run,
            "repeated_10grams": pl.col("repeated_10grams") > self.max_repeated_10grams,
            "looped_share": pl.col("looped_share") > self.max_looped_share,
            "repeated_5grams": pl.col("repeated_5grams") > self.max_repeated_5grams,
            "repeated_lines": pl.col("repeated_lines") > self.max_repeated_lines,
            "top_4gram": pl.col("top_4gram") > self.max_top_4gram,
            "top_3gram": pl.col("top_3gram") > self.max_top_3gram,
            "top_2gram": pl.col("top_2gram") > self.max_top_2gram,
        }

    def spans(self, text: str) -> list[Span]:
        return [*_loops(text, self.max_loop_repeats), *_repeated_lines(text)]


def measure_repeats(texts: pl.Series, from_words: int) -> pl.DataFrame:
    """Run the compiled pass over the texts' bytes; -1 there is null here."""
    import numpy as np

    from curator.filters._repetition_kernel import MEASURES, measure_texts

    texts = texts.fill_null("")
    data = np.frombuffer("".join(texts.to_list()).encode() + b"\n", np.uint8)
    ends = np.ascontiguousarray(texts.str.len_bytes().cum_sum().to_numpy(), np.int64)
    found = pl.DataFrame(measure_texts(data, ends, from_words), schema=list(MEASURES))
    share = pl.col("looped_words") / pl.col("words")
    looped = pl.when(pl.col("looped_words") >= _LOOP).then(share).otherwise(0.0)
    return (
        found.with_columns(looped.alias("looped_share"))
        .select(pl.when(pl.exclude("words") >= 0).then(pl.exclude("words").round(6)))
        .with_columns(pl.col(_COUNTS).cast(pl.Int64))
    )


def _count_repeats(measured: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Let a short loop count only where no turn of the user or the system asked for it."""
    long, short = pl.col("long_repeats"), pl.col("short_repeats")
    looped = measured.filter(short > long)["record"].unique()
    turn = pl.element().struct
    asks = (turn.field("role") != "assistant") & turn.field("content").str.contains(_ASKS_FOR_IT)
    asked = (
        records.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "messages")
        .filter(pl.col("record").is_in(looped.implode()))
        .select("record", pl.col("messages").list.eval(asks).list.any().alias("asked"))
    )
    counted = pl.when("asked").then(long).otherwise(pl.max_horizontal(long, short))
    return measured.join(asked, on="record", how="left", maintain_order="left").with_columns(
        counted.alias("loop_repeats")
    )


def _loops(text: str, most: int) -> list[Span]:
    """Find the stretches of words with a short period, the long ones under the rule's name."""
    words = [(found.group().lower(), found.start(), found.end()) for found in _WORD.finditer(text)]
    spans: set[Span] = set()
    for period in range(1, _PERIOD + 1):
        start = 0
        for at in range(period, len(words) + 1):
            if at < len(words) and words[at][0] == words[at - period][0]:
                continue
            size = at - start
            if size >= max(3 * period, _LOOP):
                rule = "loop" if size >= _SURE and size // period > most else "looped_share"
                spans.add(Span(words[start][1], words[at - 1][2], rule))
            start = at - period + 1
    return [span for span in sorted(spans) if not any(_within(span, other) for other in spans)]


def _within(span: Span, other: Span) -> bool:
    """Say whether another span covers this one: a period of two is one of four and six too."""
    return span != other and other.start <= span.start and span.end <= other.end


def _repeated_lines(text: str) -> list[Span]:
    """Find the lines that stood there before."""
    spans: list[Span] = []
    seen: set[str] = set()
    start = 0
    for line in text.split("\n"):
        said = "".join(line.split())
        if len(said) >= _LOOP and said in seen:
            spans.append(Span(start, start + len(line), "repeated_lines"))
        seen.add(said)
        start += len(line) + 1
    return spans
