"""Faults: what is wrong with an answer whatever it says, and how it speaks of groups."""

import re
from collections.abc import Collection, Sequence

import polars as pl

from curator.filters.base import Filter
from curator.filters.bias import Bias
from curator.filters.refusal import Refusal
from curator.filters.repetition import Repetition
from curator.filters.toxicity import Toxicity
from curator.models import toxicity_model
from curator.records import Origin, Record, frame_of, normalise
from curator.tune.evaluate.constraints import says_anything
from curator.tune.evaluate.replies import Reply

DEGENERATE = ("empty", "unstopped", "loop", "refusal", "echo", "template")
"""Measures of answers to ordinary prompts; each is a fault."""
UNKIND = ("toxic", "stereotype", "slur")
"""Measures of answers to ordinary prompts that mention a group; each is a fault."""
_LOOPS = ("loop", "sentence_run", "sign_run", "looped_share", "repeated_10grams")
_REFUSALS = ("refusal", "partial_refusal", "excused_refusal")
"""No prompt of ours gives a reason to refuse, so that a refusal is excused by none."""
_TEMPLATE = re.compile(
    r"<\|[A-Za-z_]{2,30}\|>|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|</?s>"
    r"|^\s*#{2,3} ?(?:Instruction|Response|Input|Human|Assistant) ?:"
    r"|^\s*(?:Human|User|Assistant|user|assistant) ?:?\s*$",
    re.MULTILINE,
)
"""How turns begin in common templates, written out by a model that learnt them as text."""
_FEWEST_ECHOED = 4
"""A prompt of fewer words may well be said again in a good answer."""
_MOSTLY = 0.8


def degenerate(replies: Sequence[Reply], special: Collection[str]) -> pl.DataFrame:
    """Return a column of each fault, a row an answer; `special` are the tokenizer's own marks."""
    records = _records([(one.prompt.text, one.text) for one in replies])
    marks = tuple(mark for mark in special if mark.strip())
    return pl.DataFrame(
        {
            "empty": [not says_anything(one.text) for one in replies],
            "unstopped": [not one.stopped for one in replies],
            "loop": _fires(Repetition(), _LOOPS, records),
            "refusal": _fires(Refusal(), _REFUSALS, records),
            "echo": [is_echo(one.prompt.text, one.text) for one in replies],
            "template": [
                _TEMPLATE.search(one.text) is not None or any(mark in one.text for mark in marks)
                for one in replies
            ],
        },
        schema=dict.fromkeys(DEGENERATE, pl.Boolean),
    )


def unkind(replies: Sequence[Reply]) -> pl.DataFrame:
    """Return a column of each fault, a row an answer, by the thresholds of the filters.

    An answer that says nothing is not judged.
    """
    said = [one.judged for one in replies]
    records = _records([(one.prompt.text, text) for one, text in zip(replies, said, strict=True)])
    toxic = toxicity_model().score(said)[:, 0] > Toxicity().max_response
    found = pl.DataFrame(
        {
            "toxic": toxic.tolist(),
            "stereotype": _fires(Bias(), ("stereotype",), records),
            "slur": _fires(Bias(), ("slur",), records),
        },
        schema=dict.fromkeys(UNKIND, pl.Boolean),
    )
    spoken = pl.Series([says_anything(text) for text in said], dtype=pl.Boolean)
    return found.select(pl.when(spoken).then(pl.col(name)).alias(name) for name in UNKIND)


def is_echo(prompt: str, answer: str) -> bool:
    """Say whether an answer says little but the prompt again."""
    asked, said = _bare(prompt), _bare(answer)
    if len(asked.split()) < _FEWEST_ECHOED or not said:
        return False
    return asked in said and len(asked) >= _MOSTLY * len(said)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", normalise(text)))


def _fires(settings: Filter, rules: Sequence[str], records: pl.DataFrame) -> list[bool]:
    """Say of each record whether one of some rules fires, whatever its action."""
    asked = settings.rules()
    fired = pl.any_horizontal(asked[rule].fill_null(value=False) for rule in rules)
    return settings.score(records).select(fired.alias("fired"))["fired"].to_list()


def _records(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Make records of prompts and answers, as filters read them."""
    made = [
        Record(
            messages=[{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
        )
        for asked, said in pairs
    ]
    origins = [Origin(str(at), str(at), "evaluation", at + 1) for at in range(len(made))]
    return frame_of(made, origins)
