"""Personal data: e-mail addresses, phone numbers, cards, accounts, ids and the like of somebody."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters._values import count_kinds
from curator.filters.base import Action, Filter, Span, View, threshold
from curator.privacy import PII_HINT, PII_KINDS, find_pii


class Pii(Filter):
    """Flag records that hold personal values; the repair `redact` replaces them.

    A value counts if its form and, where it has one, its checksum hold and it is not one of those
    made for examples: documentation's mail domains and IP addresses, test cards, fictional
    numbers. Every rule flags and none drops: a redacted record is as good as before, and a letter
    or a biography is no fault. Ask for `on: {many: drop}` where lists of people must go.
    """

    filter: Literal["pii"] = "pii"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys((*PII_KINDS, "many"), "flag")

    view: View = "text"
    """Which text to search; `response` and `reasoning` are judged turn by turn."""
    max_pii: int = threshold(5, ge=0)
    """More different values than this is `many`: Dolma drops a document with more than five, and
    replaces the values of the others (cc-head.yaml)."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return count_kinds(records, self.view, PII_HINT, find_pii, PII_KINDS)

    def rules(self) -> dict[str, pl.Expr]:
        kinds = {kind: pl.col(kind) > 0 for kind in PII_KINDS}
        return {"many": pl.col("values") > self.max_pii, **kinds}

    def spans(self, text: str) -> list[Span]:
        return [Span(*found) for found in find_pii(text)]
