"""Models: the only place where models are loaded, each known by its card and its sha256."""

from curator.models.card import ModelCard
from curator.models.catalogue import CATALOGUE, card_of, names_file
from curator.models.languages import KIN, Guess, LanguageModel, kin, language_model
from curator.models.stereotype import Stereotyped, StereotypeModel, stereotype_model
from curator.models.store import adopt, file_of, how_to_get, place_of
from curator.models.toxicity import OUTPUTS, toxicity_model

__all__ = [
    "CATALOGUE",
    "KIN",
    "OUTPUTS",
    "Guess",
    "LanguageModel",
    "ModelCard",
    "StereotypeModel",
    "Stereotyped",
    "adopt",
    "card_of",
    "file_of",
    "how_to_get",
    "kin",
    "language_model",
    "names_file",
    "place_of",
    "stereotype_model",
    "toxicity_model",
]
