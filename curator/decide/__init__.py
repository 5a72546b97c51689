"""Decide: scores, pairs and verdicts in; for every record kept or dropped, and why, out."""

from curator.decide.decide import DECISION_SCHEMA, decide, settle_docket
from curator.decide.docket import ORDER_COLUMNS, Docket, prepare
from curator.decide.verdicts import VERDICT_SCHEMA, no_verdicts

__all__ = [
    "DECISION_SCHEMA",
    "ORDER_COLUMNS",
    "VERDICT_SCHEMA",
    "Docket",
    "decide",
    "no_verdicts",
    "prepare",
    "settle_docket",
]
