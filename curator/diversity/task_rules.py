"""Task rules: what rules know best, added to the votes of the model.

Each speaks for a class, fine or coarse, by so much log-odds where its pattern stands in the prompt.
Patterns are written for Rust's engine, over small letters.
"""

# ruff: noqa: RUF001 (signs of reckoning are meant)

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.request_rules import REQUESTS, Request
from curator.diversity.taxonomy import FINE

READ = 1_200
"""Characters at the head, and as many at the tail, in which signs are looked for."""
ASKED = 300
"""Characters at the head, and as many at the tail, in which it is looked for what is asked."""
GIVEN = 160
"""Characters beyond which a prompt is so long, or has a paragraph so long, that a text is given."""
SURE, LIKELY, SLIGHTLY = 6.0, 3.0, 1.5
"""Log-odds of a rule: one that decides, one that outvotes a doubtful model, one that nudges it."""


class Rule(NamedTuple):
    """One rule: the class that it speaks for, how loudly, and the pattern."""

    of: str
    votes: float
    pattern: str


RULES = (
    Rule(
        "tool_use.function_call",
        SURE,
        r"\"type\"\s*:\s*\"function\"|<tools>|<functions?>|\"parameters\"\s*:\s*\{"
        r"|(?:access to|can use|may use|given) the following (?:tools?|functions?|apis?)(?-u:\b)",
    ),
    Rule("tool_use.agent", SURE, r"(?m:^\s*action input\s*:|^\s*observation\s*:.*$)"),
    Rule(
        "reasoning.arithmetic",
        SURE,
        r"^(?:what(?:'s| is)|calculate|compute|evaluate|solve|work out|find)?:?\s*"
        r"\(*-?\d[\d.,\s()]*(?:[-+*/×÷^%−]\s*\(*-?\d[\d.,()\s]*)+=?\s*\??$",
    ),
    Rule(
        "translation",
        LIKELY,
        r"(?-u:\b)(?:translate (?:this|the|it|into|to|from|following|each|these|my)"
        r"|traduce (?:al?|esta|este|el|la)|traduis|traduisez|traduza|traduci)(?-u:\b)"
        r"|übersetze|перевед|翻译|翻訳|ترجم|अनुवाद",
    ),
    Rule(
        "code.query",
        LIKELY,
        r"(?-u:\b)(?:sql query|mysql query|sql statement|regex|regular expression"
        r"|(?:excel|spreadsheet|google sheets) formula|bash one-liner|shell command)(?-u:\b)",
    ),
    Rule("code", SLIGHTLY, r"(?m:^```)"),
    Rule(
        "code.writing",
        LIKELY,
        r"(?-u:\b)(?:python|java|javascript|typescript|c\+\+|c#|php|ruby|rust|golang|swift|kotlin"
        r"|html|css|react) (?:function|program|script|class|code|method|component)(?-u:\b)",
    ),
    Rule(
        "safety.jailbreak",
        SURE,
        r"ignore (?:all |any |your )*(?:previous|prior|above|earlier) (?:instructions|rules)"
        r"|do anything now|developer mode enabled|(?-u:\b)dan mode(?-u:\b)"
        r"|(?:without|no|free of) (?:any )?(?:ethical|moral|safety) (?:limits|guidelines|filters)",
    ),
    Rule("summarisation", SLIGHTLY, r"tl;?dr"),
    Rule(
        "question_answering.multiple_choice",
        SLIGHTLY,
        r"(?ms:\?.*^\s*\(?a[).:].*^\s*\(?b[).:].*^\s*\(?c[).:])",
    ),
)
"""Signs of the prompt."""
_ITEM = r"\s*(?:[-*•]|\d+[.):])[^\n]+\n"
ANSWERED = (
    Request("code", SLIGHTLY, r"(?m:^```)"),
    Request("tool_use.function_call", LIKELY, r"<tool_?call>|<functioncall>"),
    Request("summarisation.summary", SLIGHTLY, r"(?s)^.{150}", given=True),
    Request("summarisation.summary", SLIGHTLY, r"(?s)^.{350}", given=True),
    Request("question_answering.closed_question", SLIGHTLY, r"^[^\n]{1,60}$", given=True),
    Request("extraction.facts", LIKELY, rf"(?:^|\n){_ITEM}{_ITEM}", given=True),
    Request("extraction.facts", LIKELY, r"^(?:[^\n,.;]{1,40}[,;]\s){3,}[^\n,;]{1,40}$", given=True),
)
"""Signs of the answer: what is asked about a given text shows in how it is answered. In t0 half of
the answers to closed questions have at most two words, and summaries more than twenty."""


def rule_votes(prompts: pl.Series, answers: pl.Series, tools: pl.Series) -> NDArray[np.float64]:
    """Return what the rules add to the log-odds of each fine class, one row a record.

    `tools` says whether a record offers any.
    """
    votes = np.zeros((len(prompts), len(FINE)))
    texts = pl.DataFrame({"text": prompts.cast(pl.String), "answer": answers.cast(pl.String)})
    seen = texts.select(
        _ends("text", READ),
        _ends("answer", READ),
        _ends("text", ASKED).alias("asked"),
        _gives_text().alias("given"),
    )
    hits = [
        *((rule.of, rule.votes, pl.col("text").str.contains(rule.pattern)) for rule in RULES),
        *((one.of, one.votes, _holds("asked", one)) for one in REQUESTS),
        *((one.of, one.votes, _holds("answer", one)) for one in ANSWERED),
    ]
    found = seen.select(
        hit.fill_null(value=False).alias(str(at)) for at, (*_, hit) in enumerate(hits)
    )
    for (of, loud, _), column in zip(hits, found.iter_columns(), strict=True):
        votes[np.ix_(column.to_numpy(), _places(of))] += loud
    votes[np.ix_(tools.to_numpy(), _places("tool_use.function_call"))] += SURE
    return votes


def _holds(text: str, one: Request) -> pl.Expr:
    found = pl.col(text).str.contains(one.pattern)
    return found if one.given is None else found & (pl.col("given") == one.given)


def _gives_text() -> pl.Expr:
    """Say whether a prompt gives a text to work on: it is long, or its second paragraph is."""
    text = pl.col("text").str.strip_chars()
    after = text.str.extract(r"(?s)\n\s*\n(.*)$").str.len_chars().fill_null(0)
    return (text.str.len_chars() > 2 * GIVEN) | (after > GIVEN / 2)


def _ends(column: str, read: int) -> pl.Expr:
    """Return the head and the tail of a text in small letters."""
    text = pl.col(column).str.strip_chars()
    longer = text.str.len_chars() > 2 * read
    both = pl.concat_str(text.str.head(read), text.str.tail(read), separator="\n")
    return pl.when(longer).then(both).otherwise(text).str.to_lowercase().alias(column)


def _places(name: str) -> NDArray[np.int64]:
    """Return the places of a fine class, or of all fine classes of a coarse one."""
    found = [at for at, fine in enumerate(FINE) if fine == name or fine.startswith(f"{name}.")]
    return np.array(found, np.int64)
