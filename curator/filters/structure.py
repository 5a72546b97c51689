"""Structure: whether the turns of a conversation make sense in their order."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters._calls import CALL_MEASURES, count_call_faults
from curator.filters.base import Action, Filter
from curator.formats import UNANSWERED
from curator.records import JOINER

# A call written out in the text, by the templates of Hermes and Qwen, Glaive v1, Llama 3.1,
# Mistral and ReAct: its result needs no structured call before it.
_WRITTEN_CALL = r"<tool_call>|<function_?call>|<function=|<\|python_tag\|>|\[TOOL_CALLS\]|Action:"

_RULES = {
    "no_prompt": pl.col("prompts") < 1,
    "no_answer": pl.col("answers") < 1,
    "open_end": pl.col("trailing_turns") > 0,
    "starts_with_answer": pl.col("early_answers") > 0,
    "repeated_user": pl.col("repeated_users") > 0,
    "repeated_assistant": pl.col("repeated_assistants") > 0,
    "late_system": pl.col("late_systems") > 0,
    "empty_user": pl.col("empty_users") > 0,
    "empty_result": pl.col("empty_results") > 0,
    "nothing_trained": pl.col("trained_answers") < 1,
    "result_without_call": pl.col("stray_results") > 0,
    "call_without_result": pl.col("open_calls") > 0,
    "nameless_call": pl.col("nameless_calls") > 0,
    "bad_arguments": pl.col("bad_arguments") > 0,
    "undefined_tool": pl.col("undefined_tools") > 0,
    "unknown_call_id": pl.col("unknown_call_ids") > 0,
    "equal_sides": pl.col("equal_sides") > 0,
}


class Structure(Filter):
    """Drop conversations that cannot teach, and flag those whose turns are out of order.

    Dropped is what gives a trainer nothing to learn, or a falsehood: no user turn, no answer, an
    answer to an empty turn, a result without a call, a call without a name or with arguments that
    are not a JSON object, a preference pair whose two sides are equal. The rest can be trained on
    and is flagged. Where the shape promises no answer (`prompt_only`), none is missing.
    LLaMA-Factory drops odd numbers of turns and unknown orders without a reason.
    """

    version: ClassVar[int] = 2
    filter: Literal["structure"] = "structure"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        (
            "open_end",
            "starts_with_answer",
            "repeated_user",
            "repeated_assistant",
            "late_system",
            "empty_result",
            "nothing_trained",
            "call_without_result",
            "undefined_tool",
            "unknown_call_id",
        ),
        "flag",
    )

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = _turns(records)
        found = _count_turns(turns, records.height)
        calls = count_call_faults(records.filter(_has_calls()).select("messages", "tools"))
        rows = records.select(_has_calls()).to_series().arg_true().cast(pl.Int64)
        faults = calls.with_columns(record=rows)
        return (
            found.join(faults, on="record", how="left", maintain_order="left")
            .drop("record")
            .with_columns(pl.col(CALL_MEASURES).fill_null(0))
            .with_columns(records.select(_equal_sides().cast(pl.Int32)).to_series())
            .with_columns(_promised(records["shape"]))
        )

    def rules(self) -> dict[str, pl.Expr]:
        return dict(_RULES)


def _promised(shapes: pl.Series) -> pl.Expr:
    """Count no answers where none was promised: null never decides."""
    unanswered = shapes.is_in(list(UNANSWERED))
    return pl.when(~unanswered | (pl.col("answers") > 0)).then(pl.col("answers"))


def _equal_sides() -> pl.Expr:
    """Say whether both sides of a pair answer the same, and think the same."""
    thought = pl.element().struct.field("reasoning")
    theirs = pl.col("rejected").list.eval(thought.filter(thought != "")).list.join(JOINER)
    answers = pl.col("rejected_text").str.strip_chars() == pl.col("response").str.strip_chars()
    return (answers & (theirs == pl.col("reasoning"))).alias("equal_sides")


def _has_calls() -> pl.Expr:
    called = pl.element().struct.field("tool_calls").list.len() > 0
    return pl.col("messages").list.eval(called).list.any().fill_null(False)  # noqa: FBT003


def _turns(records: pl.DataFrame) -> pl.DataFrame:
    """List the turns with what stands before and after each."""
    message = pl.col("messages").struct
    same = pl.col("record") == pl.col("record").shift(1)
    follows = pl.col("record") == pl.col("record").shift(-1)
    called = pl.col("calls") | ((pl.col("role") == "assistant") & pl.col("written"))
    # The turn that tool results answer: the nearest one before that is no result itself.
    caller = pl.when((pl.col("role") != "tool") | ~same.fill_null(False)).then(  # noqa: FBT003
        called & (pl.col("role") != "tool")
    )
    return (
        records.lazy()
        .select(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "messages")
        .filter(pl.col("messages").list.len() > 0)
        .explode("messages")
        .select(
            "record",
            message.field("role"),
            (message.field("tool_calls").list.len() > 0).fill_null(False).alias("calls"),  # noqa: FBT003
            message.field("content").fill_null("").str.contains(r"\S").alias("said"),
            message.field("content").fill_null("").str.contains(_WRITTEN_CALL).alias("written"),
            message.field("weight").fill_null(1.0),
        )
        .with_columns(
            pl.when(same).then(pl.col("role").shift(1)).alias("before"),
            pl.when(same).then(pl.col("calls").shift(1)).alias("called_before"),
            pl.when(follows).then(pl.col("role").shift(-1)).alias("after"),
            caller.forward_fill().alias("answers_call"),
        )
        .collect()
    )


def _count_turns(turns: pl.DataFrame, height: int) -> pl.DataFrame:
    """Count the faults of each record's turns; a record without turns has none of anything."""
    role, before = pl.col("role"), pl.col("before")
    user, answer, result = role == "user", role == "assistant", role == "tool"
    after_answers = answer.reverse().cum_sum() == 0
    before_users = user.cum_sum() == 0
    counts = turns.group_by("record", maintain_order=True).agg(
        user.sum().alias("prompts"),
        answer.sum().alias("answers"),
        pl.when(answer.any()).then(after_answers.sum()).alias("trailing_turns"),
        pl.when(user.any()).then((answer & before_users).sum()).alias("early_answers"),
        (user & (before == "user")).sum().alias("repeated_users"),
        (answer & (before == "assistant") & ~pl.col("called_before"))
        .sum()
        .alias("repeated_assistants"),
        ((role == "system") & before.is_not_null()).sum().alias("late_systems"),
        (user & ~pl.col("said")).sum().alias("empty_users"),
        (result & ~pl.col("said")).sum().alias("empty_results"),
        pl.when(answer.any())
        .then((answer & (pl.col("weight") > 0)).sum())
        .alias("trained_answers"),
        (result & ~pl.col("answers_call")).sum().alias("stray_results"),
        (pl.col("calls") & (pl.col("after") != "tool")).sum().alias("open_calls"),
    )
    every = pl.DataFrame({"record": pl.int_range(height, dtype=pl.Int64, eager=True)})
    absent = ("prompts", "answers")
    return (
        every.join(counts, on="record", how="left", maintain_order="left")
        .with_columns(pl.exclude("record").cast(pl.Int32))
        .with_columns(pl.col(absent).fill_null(0))
    )
