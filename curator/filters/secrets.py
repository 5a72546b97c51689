"""Secrets: keys, tokens and passwords that open something."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters._values import count_kinds
from curator.filters.base import Action, Filter, Span, View
from curator.privacy import SECRET_HINT, SECRET_KINDS, find_secrets


class Secrets(Filter):
    """Flag records that hold a secret; the repair `redact` replaces it.

    Known forms (`key`, `private_key`, `jwt`, `login` in an address) are sure; a `password` must be
    set or said and be one that guards, a `token` must be named by a key word and look drawn by a
    machine. Placeholders and keys that their makers publish as examples are none. Every rule
    flags: redacted, such a record still teaches what it taught.
    """

    filter: Literal["secrets"] = "secrets"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(SECRET_KINDS, "flag")

    view: View = "text"
    """Which text to search; `response` and `reasoning` are judged turn by turn."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return count_kinds(records, self.view, SECRET_HINT, find_secrets, SECRET_KINDS)

    def rules(self) -> dict[str, pl.Expr]:
        return {kind: pl.col(kind) > 0 for kind in SECRET_KINDS}

    def spans(self, text: str) -> list[Span]:
        return [Span(*found) for found in find_secrets(text)]
