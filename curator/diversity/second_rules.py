"""Second rules: what else a prompt asks for, told by what comes after "and then" and its like."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.taxonomy import COARSE

READ = 600
"""Characters of a prompt in which a second request is looked for."""
_THEN = (
    r"(?:(?:,|;|\.|\?|!|\n|\d[.)]) ?|\band )"
    r"(?:(?:and|then|also|finally|plus|please|could you|afterwards,?|next,?|after that,?) )*"
)
_VERBS = {
    "summarisation": r"summari[sz]e|sum (?:it |this )?up|condense|give (?:me )?the gist",
    "translation": r"translate|put it into [a-z]+ish",
    "question_answering": r"explain|tell (?:me )?(?:why|how|what)|answer",
    "brainstorming": r"suggest|list|brainstorm|come up with",
    "generation": r"write|compose|draft",
    "rewriting": (
        r"rewrite|rephrase|correct|fix|simplify|shorten|cut it down"
        r"|make it (?:more|shorter|less|sound)"
    ),
    "extraction": r"extract|pull out|pick out",
    "classification": (r"classify|categori[sz]e|label|rate|(?:say|decide|tell me) (?:whether|if)"),
    "reasoning": r"calculate|compute|solve|work out",
    "planning": r"recommend|advise|plan",
}


def asked_after(prompts: pl.Series) -> NDArray[np.bool_]:
    """Say for each prompt which coarse classes are asked for after something else."""
    text = pl.col("text").str.strip_chars().str.head(READ).str.to_lowercase()
    asks = {
        name: pl.col("text").str.contains(rf"(?s)[a-z].*?{_THEN}(?:{verbs})(?-u:\b)")
        for name, verbs in _VERBS.items()
    }
    never = pl.lit(value=False)
    found = pl.DataFrame({"text": prompts.cast(pl.String)}).select(text)
    return found.select(
        (pl.col("text").is_not_null() & asks.get(name, never)).alias(name) for name in COARSE
    ).to_numpy()
