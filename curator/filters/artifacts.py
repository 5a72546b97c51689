"""Artifacts: what a template, a web page or a chat window left in a text."""

import re
from typing import ClassVar, Literal

import polars as pl

from curator.filters import _artifact_words as words
from curator.filters._endings import SPECIAL_TOKENS
from curator.filters.base import Action, Filter, Span
from curator.filters.turns import view_texts, worst_turns

_RULES = {
    "citation_mark": "citation_marks",
    "role_mark": "role_marks",
    "merged_instruction": "merged_instructions",
    "ui_text": "ui_texts",
    "ui_hint": "ui_hints",
    "image": "images",
    "figure": "figures",
    "slot": "slots",
    "name_slot": "name_slots",
    "io_label": "io_labels",
    "continued": "continuations",
    "dead_link": "dead_links",
    "citation_number": "citation_numbers",
    "html": "html_remains",
    "prompt_mark": "prompt_marks",
    "prompt_figure": "prompt_figures",
}
"""Each rule, and the count it reads."""
_DROPS = ("citation_mark", "role_mark", "merged_instruction", "ui_text")
_OWN = {"figures": words.DRAWN, "citation_numbers": words.SOURCES}
"""What in the answer itself explains a mark."""
_SHORT = 400
"""Bytes: a longer prompt holds a passage, which may speak of its own pictures."""


class Artifacts(Filter):
    """Drop answers with marks that only a copying machine leaves, and flag what may be meant.

    Certain are the marks of citations in chat windows, of chat templates, of a merged next
    instruction and of buttons. All else is flagged: images and links that lead nowhere, figures
    that are not there, slots that nobody filled, HTML. Code is not judged, nor what a prompt asks
    for or holds itself. Nothing is looked up: a link is judged by its writing alone.
    """

    filter: Literal["artifacts"] = "artifacts"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        [rule for rule in _RULES if rule not in _DROPS], "flag"
    )

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = view_texts(records, "response").with_columns(_prose(pl.col("text")))
        triggered = pl.col("text").str.contains_any(
            list(words.TRIGGERS), ascii_case_insensitive=True
        )
        counted = turns.filter(triggered).select("record", "turn", "text", *_counts())
        found = turns.select("record", "turn").join(
            _unexplained(counted, records), on=["record", "turn"], how="left", maintain_order="left"
        )
        found = found.with_columns(pl.col(list(words.PATTERNS)).fill_null(0))
        bad = dict.fromkeys(words.PATTERNS, "high")
        return worst_turns(found, records.height, bad).hstack(_prompt_counts(records))  # type: ignore[arg-type]

    def rules(self) -> dict[str, pl.Expr]:
        return {rule: pl.col(measure) > 0 for rule, measure in _RULES.items()}

    def spans(self, text: str) -> list[Span]:
        prose = re.sub(words.CODE, lambda code: " " * len(code.group()), text)
        return sorted(
            Span(*place.span(), rule)
            for rule, measure in _RULES.items()
            if measure in words.PATTERNS
            for place in re.finditer(_python(words.PATTERNS[measure]), prose)
        )


def _python(pattern: str) -> str:
    """Put flags that stand within a pattern in front of it, where Python wants them."""
    flags = sorted(set("".join(re.findall(r"\(\?([ims]+)\)", pattern))))
    bare = re.sub(r"\(\?[ims]+\)", "", pattern)
    return f"(?{''.join(flags)}){bare}" if flags else bare


def _prose(text: pl.Expr) -> pl.Expr:
    """Take code out, and special tokens off the ends: those are for the repair to cut."""
    bare = text.str.strip_chars_end().str.replace(SPECIAL_TOKENS, "")
    bare = bare.str.replace(words.LEADING, "")
    return bare.str.replace_all(words.CODE, " ").alias("text")


def _counts() -> list[pl.Expr]:
    text = pl.col("text").str
    return [
        text.count_matches(pattern).cast(pl.Int32).alias(name)
        for name, pattern in words.PATTERNS.items()
    ]


def _unexplained(counted: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Set the counts to nothing that the prompts, or the answer itself, explain."""
    marked = counted.filter(pl.sum_horizontal(*words.PATTERNS) > 0)
    turn = pl.element().struct
    said = turn.field("content").filter(turn.field("role") != "assistant")
    asked = (
        records.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "messages")
        .filter(pl.col("record").is_in(marked["record"].unique().implode()))
        .select("record", pl.col("messages").list.eval(said).list.join("\n").alias("asked"))
    )
    return marked.join(asked, on="record", how="left", maintain_order="left").select(
        "record",
        "turn",
        *(
            pl.when(~_is_explained(name)).then(name).otherwise(0).cast(pl.Int32).alias(name)
            for name in words.PATTERNS
        ),
    )


def _is_explained(name: str) -> pl.Expr:
    explained = pl.col("asked").fill_null("").str.contains(words.EXPLAINED[name])
    own = pl.col("text").str.contains(_OWN[name]) if name in _OWN else pl.lit(False)  # noqa: FBT003
    return explained | own


def _prompt_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Count what a template left in the prompt, and figures it speaks of that are not there."""
    counts = records.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
        pl.col("prompt").fill_null("").str.count_matches(words.PROMPT_MARK).alias("prompt_marks"),
        pl.when(pl.col("prompt").str.len_bytes() <= _SHORT)
        .then(pl.col("prompt").str.count_matches(words.PATTERNS["figures"]))
        .fill_null(0)
        .alias("prompt_figures"),
        "prompt",
    ).with_columns(pl.col("prompt_marks", "prompt_figures").cast(pl.Int32))
    found = pl.col("prompt_marks") + pl.col("prompt_figures") > 0
    prompt = pl.col("prompt")
    marked = counts.filter(found).select(
        "record",
        pl.when(~prompt.str.contains(words.PROMPT_EXPLAINED)).then("prompt_marks").fill_null(0),
        pl.when(~prompt.str.contains(words.IMAGE_THERE)).then("prompt_figures").fill_null(0),
    )
    return counts.drop("prompt").update(marked, on="record").drop("record")
