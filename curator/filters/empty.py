"""Empty: nothing asked, or nothing answered."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters._placeholders import (
    ASKS_FOR_SIGNS,
    NULL_WORD,
    PLACEHOLDER,
    PUNCTUATION,
    SPECIAL_TOKENS,
    STAND_IN,
)
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import worst_turns
from curator.records import JOINER, to_turns

_BAD: dict[str, Literal["high", "low"]] = {
    "characters": "low",
    "punctuation": "high",
    "placeholder": "high",
    "null_word": "high",
    "stand_in": "high",
    "copied_words": "high",
    "echoed_words": "high",
}


class Empty(Filter):
    """Drop records that ask nothing or answer nothing.

    A prompt is empty where no turn of the user says anything, whoever speaks first. An answer is
    judged by itself, one assistant turn at a time; a tool call is an answer. "None"
    and "N/A" can be right, so they are flagged, and not even that where the prompt offers them.
    """

    version: ClassVar[int] = 2
    filter: Literal["empty"] = "empty"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(("null_word", "stand_in", "echo"), "flag")

    min_copied_words: int = threshold(4, ge=1)
    """An answer that is word for word the prompt, or its instruction, is `copy` from this many
    words on (Self-Instruct drops every copy); "Hello" is a fair answer to "Hello"."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        measured = _measure(_answers(records))
        asked = records.select(_asked_characters().alias("prompt_characters")).to_series()
        return worst_turns(measured, records.height, _BAD).with_columns(asked)

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "prompt": pl.col("prompt_characters") < 1,
            "response": pl.col("characters") < 1,
            "punctuation": pl.col("punctuation") > 0,
            "placeholder": pl.col("placeholder") > 0,
            "copy": pl.col("copied_words") >= self.min_copied_words,
            "null_word": pl.col("null_word") > 0,
            "stand_in": pl.col("stand_in") > 0,
            "echo": pl.col("echoed_words") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        found = _measure(
            pl.DataFrame(
                {"record": [0], "turn": [0], "text": [text]}
                | dict.fromkeys(("asked", "task", "given"), "")
            )
        )
        rules = ("punctuation", "placeholder", "null_word", "stand_in")
        return [Span(0, len(text), rule) for rule in rules if found[rule][0]]


_LONGEST = 200
"""No placeholder is longer, in bytes."""
_SLACK = 24
"""A copy differs by no more bytes than this: white space and end marks."""


def _answers(records: pl.DataFrame) -> pl.DataFrame:
    """List the assistant turns with what was asked just before: all of it, and its two parts."""
    layouts = records.select("messages").explode("messages").to_series().struct.field("layout")
    told = (pl.col("record") == pl.col("record").shift(1)) & (pl.col("role").shift(1) == "user")
    size = pl.col("layout").str.json_path_match("$.parts[0]").cast(pl.Int64, strict=False).shift(1)
    turns = (
        to_turns(records)
        .with_columns(layouts)
        .with_columns(pl.when(told).then(pl.col("content").shift(1)).alias("asked"))
        .with_columns(
            pl.col("asked").str.slice(0, size).alias("task"),
            pl.when(size > 0).then(pl.col("asked").str.slice(size + len(JOINER))).alias("given"),
        )
        .filter(pl.col("role") == "assistant")
    )
    judged = records["label"].fill_null(True).gather(turns["record"])  # noqa: FBT003 (a value)
    return turns.filter(judged).select("record", "turn", "text", "asked", "task", "given")


def _measure(answers: pl.DataFrame) -> pl.DataFrame:
    """Measure each answer; long texts are not read where only a short one can match."""
    text, short = pl.col("text"), pl.col("text").str.len_bytes() <= _LONGEST
    brief = pl.when(short).then(text).otherwise(pl.lit("-x-"))
    bare = pl.when(short).then(_bare(brief)).otherwise(text)
    copies = [_copied_words(answers, column) for column in ("asked", "task", "given")]
    found = answers.select(
        "record",
        "turn",
        bare.str.len_chars().cast(pl.Int64).alias("characters"),
        pl.max_horizontal(copies[:2]).alias("copied_words"),
        copies[2].alias("echoed_words"),
        pl.coalesce("task", "asked").alias("asked"),
        _bare(brief).alias("text"),
    )
    return found.with_columns(
        text.str.contains(PLACEHOLDER).cast(pl.Int8).alias("placeholder"),
        _stand_ins(found["text"]).alias("stand_in"),
        (text.str.contains(PUNCTUATION) & ~_asks_for_it(PUNCTUATION))
        .cast(pl.Int8)
        .alias("punctuation"),
        (text.str.contains(NULL_WORD) & ~_asks_for_it(NULL_WORD)).cast(pl.Int8).alias("null_word"),
    )


def _stand_ins(texts: pl.Series) -> pl.Series:
    """Look for bracketed names; the pattern takes long to compile, so only where one may be."""
    bracketed = texts.str.contains(r"^[\[<]")
    if not bracketed.any():
        return pl.zeros(len(texts), pl.Int8, eager=True)
    return (bracketed & texts.str.contains(STAND_IN)).cast(pl.Int8)


def _asks_for_it(pattern: str) -> pl.Expr:
    """Say whether the prompt explains such an answer; read only where the answer is one."""
    text = pl.col("text").str.to_lowercase()
    asked = pl.when(text.str.contains(pattern)).then("asked").fill_null("")
    if pattern == PUNCTUATION:
        return asked.str.contains(ASKS_FOR_SIGNS)
    return asked.str.to_lowercase().str.contains(text.str.strip_chars(" .!。"), literal=True)


def _asked_characters() -> pl.Expr:
    """Count what a prompt has besides white space and placeholders.

    Where the assistant speaks first, the prompt is what the user says after that.
    """
    turn = pl.element().struct
    said = turn.field("content").filter(turn.field("role") == "user")
    later = pl.col("messages").list.eval(said).list.join(JOINER)
    prompt = pl.when(pl.col("prompt") == "").then(later).otherwise("prompt")
    short = prompt.str.len_bytes() <= _LONGEST
    brief = _bare(pl.when(short).then(prompt)).str.replace(PLACEHOLDER, "").str.count_matches(r"\S")
    return pl.coalesce(brief, prompt.str.len_chars()).cast(pl.Int64)


def _bare(text: pl.Expr) -> pl.Expr:
    """Cut white space and special tokens off both ends."""
    return text.str.replace(f"^{SPECIAL_TOKENS}", "").str.replace(f"{SPECIAL_TOKENS}$", "")


def _copied_words(answers: pl.DataFrame, column: str) -> pl.Series:
    """Count the words of an answer that is all of what was asked, else 0.

    Only texts of about the same length are compared, and they are few.
    """
    sizes = [pl.col(name).str.len_bytes().cast(pl.Int64) for name in ("text", column)]
    near = answers.select(((sizes[0] - sizes[1]).abs() <= _SLACK).fill_null(False)).to_series()  # noqa: FBT003
    text, asked = _normal("text"), _normal(column)
    if column != "given":  # "Write it in capitals" changes the case of what was given
        text, asked = text.str.to_lowercase(), asked.str.to_lowercase()
    words = pl.when(text == asked).then("text").str.count_matches(r"\S+").fill_null(0)
    found = answers.filter(near).select(words.cast(pl.Int64)).to_series()
    return pl.zeros(answers.height, pl.Int64, eager=True).scatter(near.arg_true(), found)


def _normal(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .str.replace(f"{SPECIAL_TOKENS}$", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
