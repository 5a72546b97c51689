"""Exam: what a model is asked, and what came of it, before anything is counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator.tune.evaluate.held_out import HeldOut
from curator.tune.evaluate.losses import LOSSES
from curator.tune.evaluate.marks import marks_of
from curator.tune.evaluate.prompts import Prompt
from curator.tune.evaluate.replies import Reply, replies_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class Exam:
    """What every model that is compared is asked, the same for all."""

    prompts: Sequence[Prompt]
    held_out: HeldOut | None = None
    most_tokens: int = 256
    """The longest answer."""


@dataclass(frozen=True)
class Taken:
    """What one model said."""

    model: str
    losses: pl.DataFrame
    left_out: dict[str, int]
    """Held-out records that this model cannot read, by reason."""
    replies: list[Reply]
    marks: pl.DataFrame
    template: str
    lent: bool
    """Whether it has no chat template of its own, and was lent one."""


def take(name: str, folder: Path, exam: Exam, say: Say, template: str | None = None) -> Taken:
    """Let a model take the exam; a model without a chat template is lent the one given."""
    from curator.training.model import load_tokenizer, read_model
    from curator.training.quiet import without_bars
    from curator.training.render import Renderer

    with without_bars():
        tokenizer, model = load_tokenizer(folder), read_model(folder)
        lent = not tokenizer.chat_template and template is not None
        if lent:
            tokenizer.chat_template = template
        losses, left_out = LOSSES.to_frame(), dict[str, int]()
        if exam.held_out is not None:
            say(f"{name}: reads {len(exam.held_out.conversations):,} held-out records")
            losses, left_out = _losses(model, tokenizer, exam.held_out)
        say(f"{name}: answers {len(exam.prompts):,} prompts")
        replies = replies_of(model, Renderer(tokenizer), exam.prompts, exam.most_tokens)
    marks = marks_of(replies, tokenizer.all_special_tokens)
    return Taken(name, losses, left_out, replies, marks, str(tokenizer.chat_template), lent)


def _losses(model: Any, tokenizer: Any, held_out: HeldOut) -> tuple[pl.DataFrame, dict[str, int]]:
    """Read the held-out records as they would be learnt; a record has one row.

    Those that this model cannot read, being too long or in no form that its template knows, are
    counted by reason.
    """
    from curator.training.nll import nll
    from curator.training.prepare import prepare
    from curator.training.render import Renderer

    told = held_out.settings
    width = min(told.max_tokens, getattr(model.config, "max_position_embeddings", told.max_tokens))
    renderer = Renderer(tokenizer, learn_from=told.learn_from)
    prepared = prepare(held_out.conversations, renderer, max_tokens=width, over_long="skip")
    found = nll(model, prepared.examples, width)
    names = [(one.id, one.group) for one in prepared.examples]
    losses = (
        pl.DataFrame(names, schema={"id": pl.String, "group": pl.String}, orient="row")
        .with_columns(nll=pl.Series(found.nll), tokens=pl.Series(found.tokens))
        .group_by("id", "group", maintain_order=True)
        .agg(pl.col("nll", "tokens").sum())
        .filter(pl.col("tokens") > 0)
    )
    return losses.cast(LOSSES), dict(Counter(one.reason for one in prepared.left_out))
