"""Evaluation: the questions that models are tested with, found in training data."""

from curator.evaluation.alike import load_wordings, paraphrases
from curator.evaluation.index import Index, load_index
from curator.evaluation.match import MATCH_SCHEMA, matches_in
from curator.evaluation.places import shared_places
from curator.evaluation.runs import WIDTH
from curator.evaluation.sets import SetFile, find_sets

__all__ = [
    "MATCH_SCHEMA",
    "WIDTH",
    "Index",
    "SetFile",
    "find_sets",
    "load_index",
    "load_wordings",
    "matches_in",
    "paraphrases",
    "shared_places",
]
