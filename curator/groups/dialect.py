"""Dialect: marks of African American English in a text."""

# ruff: noqa: RUF001 (curly apostrophes are meant)

import polars as pl

FEWEST_MARKS = 2
"""So many different marks make a dialect: one alone is mostly a quotation or a slip."""
_APART = r"(?:^|[.,;:!?\"()]\s*|\b(?:and|but|cause|cuz|because|when|that|how)\s+)"
_MANY = r"(?:they|we|y[’']?all|you|folks|people|girls|dudes|these \w+|them \w+)"
_DONE = r"(?:got|went|been|seen|told|lost|gone|had|ate|said|heard|came)"
_NONE = r"(?:nothin|nothing|nobody|nowhere|none)"
_TO_COME = r"(?:finna|fitna|tryna|boutta|bouta|imma|i[’']mma)"
_CLIPPED = r"(?:nothin|somethin|talkin|goin|lookin|gettin|tryin|doin|comin|runnin|thinkin|sayin)"
_MARKS = (
    rf"{_APART}(?:i|he|she|it|{_MANY}) (?:always |really |just )?be (?:\w{{2,}}ing?|like|so|on)\b",
    rf"\b(?:don|didn|ain|can|won|couldn)[’']?t (?:\w+ ){{0,2}}{_NONE}\b",
    r"\b(?:ain[’']?t|never) (?:\w+ )?no \w+",
    r"\bain[’']?t\b",
    rf"\b{_TO_COME}\b|\bgon[’']? (?:be|get|do|go|make|tell|need)\b",
    rf"\b(?:i|he|she|{_MANY}) done {_DONE}\b",
    rf"{_APART}(?:they|we|y[’']?all) (?:is|was)\b|\b(?:he|she|it) don[’']?t\b",
    r"\by[’']all\b|\byall\b",
    r"\b(?:dat|dem|dey|deez)\b",
    rf"\b{_CLIPPED}\b",
)
"""Habitual `be`, negative concord, negated `ain't`, `ain't`, `finna` and the like for what is to
come, completive `done`, levelled `was` and `don't`, `y'all`, stops for `th`, and `-in` for `-ing`
(Blodgett, Green and O'Connor 2016, EMNLP; Green 2002, African American English)."""


def speaks_dialect(text: pl.Expr) -> pl.Expr:
    """Say of each text whether it has at least two different marks; null where it is null.

    Some marks are southern or informal English too, and quoted speech counts like the writer's.
    """
    marks = [text.str.contains(f"(?im){mark}").cast(pl.Int8) for mark in _MARKS]
    return pl.sum_horizontal(marks, ignore_nulls=False) >= FEWEST_MARKS
