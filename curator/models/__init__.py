"""Models: the only place where models are loaded, each known by its card and its sha256."""

from curator.models.answered import Answered, Graded
from curator.models.asking import Asking
from curator.models.card import ModelCard
from curator.models.cascade import (
    RECALL,
    Clearing,
    chosen,
    clearing_of,
    find_threshold,
    keep_clearing,
)
from curator.models.catalogue import CATALOGUE, card_of, names_file
from curator.models.causal import CausalModel, Precision, causal_model, is_half
from curator.models.connection import Address, read_address
from curator.models.crew import worked
from curator.models.detoxify import checkpoint_at, prepare
from curator.models.device import described
from curator.models.digest import digest_of
from curator.models.embedders import Embedder, embedder, embedder_files
from curator.models.endpoint import Endpoint, Failed
from curator.models.folders import COMPANIONS, PATTERNS, digest_of_folder, folder_of
from curator.models.guard import Exchange, GuardModel, guard_model
from curator.models.judges import (
    Judge,
    Located,
    bundled_digest,
    bundled_files,
    languages_of,
    located,
    toxicity_judge,
)
from curator.models.labels import CATEGORIES, Category
from curator.models.languages import KIN, Guess, LanguageModel, kin, language_model
from curator.models.names import Named, placed_name, read_name
from curator.models.own_classes import OwnClasses, own_classes
from curator.models.passages import Pair, Passage, Wording
from curator.models.protocol import Messages, tokens_of
from curator.models.quality import Places, QualityModel, quality_files, quality_model
from curator.models.stereotype import Stereotyped, StereotypeModel, stereotype_model
from curator.models.store import adopt, check_fetched, file_of, how_to_get, place_of
from curator.models.task import Tier, task_files, task_model
from curator.models.toxicity import OUTPUTS, toxicity_model

__all__ = [
    "CATALOGUE",
    "CATEGORIES",
    "COMPANIONS",
    "KIN",
    "OUTPUTS",
    "PATTERNS",
    "RECALL",
    "Address",
    "Answered",
    "Asking",
    "Category",
    "CausalModel",
    "Clearing",
    "Embedder",
    "Endpoint",
    "Exchange",
    "Failed",
    "Graded",
    "GuardModel",
    "Guess",
    "Judge",
    "LanguageModel",
    "Located",
    "Messages",
    "ModelCard",
    "Named",
    "OwnClasses",
    "Pair",
    "Passage",
    "Places",
    "Precision",
    "QualityModel",
    "StereotypeModel",
    "Stereotyped",
    "Tier",
    "Wording",
    "adopt",
    "bundled_digest",
    "bundled_files",
    "card_of",
    "causal_model",
    "check_fetched",
    "checkpoint_at",
    "chosen",
    "clearing_of",
    "described",
    "digest_of",
    "digest_of_folder",
    "embedder",
    "embedder_files",
    "file_of",
    "find_threshold",
    "folder_of",
    "guard_model",
    "how_to_get",
    "is_half",
    "keep_clearing",
    "kin",
    "language_model",
    "languages_of",
    "located",
    "names_file",
    "own_classes",
    "place_of",
    "placed_name",
    "prepare",
    "quality_files",
    "quality_model",
    "read_address",
    "read_name",
    "stereotype_model",
    "task_files",
    "task_model",
    "tokens_of",
    "toxicity_judge",
    "toxicity_model",
    "worked",
]
