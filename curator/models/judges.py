"""Judges: the models a recipe can name for toxicity, behind one face."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import CATALOGUE, card_of
from curator.models.detoxify import checkpoint_at, prepare
from curator.models.folders import digest_of_folder, folder_of
from curator.models.labels import categories_of, joined
from curator.models.names import Named
from curator.models.store import file_of
from curator.models.toxicity import OUTPUTS, toxicity_model
from curator.models.transformer import Classifier, Judged, classifier
from curator.models.windows import Text

Scores = NDArray[np.float32]
_ENGLISH = frozenset({"en"})
_BUNDLED = ("toxicity_static", "encoder_pieces", "encoder_trunk", "toxicity_head")


class Judge(Protocol):
    """Scores the toxicity of texts."""

    outputs: tuple[str, ...]
    """The categories, `toxicity` first."""

    def score(self, texts: Sequence[str]) -> Scores:
        """Return probabilities: a row for each text, a column for each output."""
        ...


class Located(NamedTuple):
    """A model that is on this machine: its folder, and the sha256 of what is in it."""

    folder: Path
    sha256: str


class _Bundled:
    outputs: tuple[str, ...] = OUTPUTS

    def score(self, texts: Sequence[str]) -> Scores:
        return toxicity_model().score(texts)


class _Transformer:
    """A transformer whose labels are told apart; a text is as toxic as its worst window."""

    def __init__(self, model: Classifier, labels: Mapping[str, str], name: str) -> None:
        self._model = model
        self._places = categories_of(model.labels, labels, name)
        self.outputs = tuple(self._places)

    def score(self, texts: Sequence[str]) -> Scores:
        """Score every text once, however often it is there."""
        distinct = list(dict.fromkeys(texts))
        judged = self._model.judge([Text(text) for text in distinct])
        columns = [
            joined(judged.chances, places, exclusive=self._model.exclusive)
            for places in self._places.values()
        ]
        worst = worst_windows(np.stack(columns, axis=1), judged, len(distinct))
        number = {text: place for place, text in enumerate(distinct)}
        found: Scores = worst[[number[text] for text in texts]]
        return found


def worst_windows(columns: Scores, judged: Judged, texts: int) -> Scores:
    """Return the greatest value of every column over the windows of each text."""
    if texts == 0:
        return np.zeros((0, columns.shape[1]), np.float32)
    starts = np.searchsorted(judged.texts, np.arange(texts))
    found: Scores = np.maximum.reduceat(columns, starts, axis=0)
    return found


def toxicity_judge(named: Named, labels: Mapping[str, str]) -> Judge:
    """Load the model that a recipe names, of a cascade the costly one, once a process.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: it is not on this machine, or none of its labels is known.
    """
    if named.kind == "bundled":
        return _Bundled()
    return _judge(located(named), tuple(sorted(labels.items())), named.own)


@lru_cache(maxsize=2)
def _judge(place: Located, labels: tuple[tuple[str, str], ...], name: str) -> Judge:
    return _Transformer(classifier(*place), dict(labels), name)


def located(named: Named) -> Located:
    """Find a transformer on this machine; a checkpoint of the user's own is converted at once.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: it is not there, or another one.
    """
    if named.kind == "hub":
        folder = folder_of(named)
    elif named.is_path:
        folder = prepare(checkpoint_at(Path(named.place).expanduser()))
    else:
        folder = file_of(card_of(named.own)).parent
    return Located(folder, digest_of_folder(folder))


def languages_of(named: Named) -> frozenset[str] | None:
    """Return the ISO 639-1 codes of the languages a model was made for; none where not known."""
    if named.kind == "bundled":
        return _ENGLISH
    card = CATALOGUE.get(named.own)
    return frozenset(card.codes) if card and card.codes else None


def bundled_digest() -> str:
    """Return one sha256 for all files of the bundled model."""
    return sha256("".join(sorted(bundled_files().values())).encode()).hexdigest()


def bundled_files() -> dict[str, str]:
    """Return the sha256 of each file of the bundled model by its name."""
    return {card.name: card.sha256 for card in map(card_of, _BUNDLED)}
