"""Decide: scores, pairs and verdicts in; for every record kept or dropped, and why, out."""

from curator.decide.decide import DECISION_SCHEMA, Settled, decide, settle_all, settle_docket
from curator.decide.docket import ORDER_COLUMNS, Docket, prepare
from curator.decide.pool import Pool
from curator.decide.selection import SELECTION_SCHEMA
from curator.decide.verdicts import VERDICT_SCHEMA, no_verdicts

__all__ = [
    "DECISION_SCHEMA",
    "ORDER_COLUMNS",
    "SELECTION_SCHEMA",
    "VERDICT_SCHEMA",
    "Docket",
    "Pool",
    "Settled",
    "decide",
    "no_verdicts",
    "prepare",
    "settle_all",
    "settle_docket",
]
