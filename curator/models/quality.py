"""The quality model: how good an answer is to what was asked, learnt from graded answers.

An exchange has a place: the signs that can be counted (`quality_signs`) and the vectors of prompt
and answer. Its score is a weighted sum over known exchanges, each by how near it lies (kernel ridge
regression with a Gaussian kernel: Schölkopf and Smola 2002), made a probability as Platt (1999)
does. NumPy and a compiled loop; nothing in its files can run.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.models.catalogue import card_of
from curator.models.digest import digest_of
from curator.models.embedders import embedder_files
from curator.models.quality_signs import quality_signs
from curator.models.store import file_of
from curator.models.tensors import Array, read_tensors, write_tensors

BUNDLED = "bundled"
EMBEDDER = "bundled"
"""Which embedder it reads; the larger one was measured and does no better (docs)."""
SIGNS_FORM = 1
"""Raise it when a sign changes: models that learnt from others cannot be read then."""
_WEIGHTS, _CARD = "model.safetensors", "card.json"
_SIGN_NEARNESS, _VECTOR_NEARNESS = 0.012, 0.3
"""By how much a difference of one spread in a sign, and of one in a vector, sets two exchanges
apart: the best of five pairs, with ridges of 3, 10 and 30, on the labels of the benchmark."""
_FIT_COUNTS = 6.0
"""How much more than another sign the fit of an answer sets exchanges apart: of 1, 3 and 6 the best
at telling an answer from the answer to another prompt, on answers of our own."""
_FARTHEST = 4.0
"""Spreads beyond which a sign says nothing more."""
_NAMES = ("middle", "spread", "centres", "weights", "calibration")

Floats = NDArray[np.float32]


class Places(NamedTuple):
    """Exchanges, measured: the rows of each are in one order."""

    signs: Floats
    asked: Floats
    """The vectors of what is asked."""
    said: Floats

    @classmethod
    def of(cls, pairs: pl.DataFrame, asked: Floats, said: Floats) -> Self:
        """Count the signs of `prompt` and `response`, whose vectors are given."""
        fit = (asked * said).sum(axis=1, dtype=np.float32)
        return cls(np.column_stack([quality_signs(pairs).to_numpy(), fit]), asked, said)

    def taken(self, rows: NDArray[np.integer[Any]]) -> "Places":
        """Return some of the rows."""
        return Places(self.signs[rows], self.asked[rows], self.said[rows])


class QualityModel:
    """Scores exchanges; made by `load` or from what was learnt."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self.tensors = dict(tensors)
        centres = tensors["centres"].astype(np.float32)
        self._centres = np.ascontiguousarray(centres.T)
        self._squares = (centres * centres).sum(axis=1, dtype=np.float32)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model file.

        Raises:
            ModelError: it is none of a quality model.
        """
        try:
            tensors = read_tensors(path)
            return cls({name: tensors[name] for name in _NAMES})
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{path} cannot be read as a quality model ({error}): make one with "
                f"`curator models train quality`"
            ) from error

    def save(self, folder: Path, card: dict[str, Any]) -> None:
        """Write the model and what has to be known of it."""
        folder.mkdir(parents=True, exist_ok=True)
        write_tensors(folder / _WEIGHTS, self.tensors, {"signs": str(SIGNS_FORM)})
        made = {"task": "quality", "signs": SIGNS_FORM, "embedder": embedder_files(EMBEDDER)}
        (folder / _CARD).write_text(json.dumps(made | card, indent=2) + "\n", "utf-8")

    def raw(self, places: Places) -> NDArray[np.float64]:
        """Return the weighted sums, which are better the higher, of no fixed scale."""
        from curator.models._quality_kernel import weigh_centres

        found = np.zeros(len(places.signs))
        at = located_at(places, self.tensors["middle"], self.tensors["spread"])
        weigh_centres(at, self._centres, self._squares, self.tensors["weights"], found)
        return found

    def score(self, places: Places) -> NDArray[np.float64]:
        """Return how likely each answer is a good one."""
        return self.scaled(self.raw(places))

    def scaled(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Make probabilities of weighted sums."""
        slope, constant = (float(one) for one in self.tensors["calibration"])
        found: NDArray[np.float64] = 1 / (1 + np.exp(-(slope * raw + constant)))
        return found


def located_at(places: Places, middle: Array, spread: Array) -> Floats:
    """Put signs and vectors on one scale, on which the kernel takes distances."""
    signs = np.clip((places.signs - middle) / spread, -_FARTHEST, _FARTHEST)
    signs[:, -1] *= _FIT_COUNTS
    at = [signs * _SIGN_NEARNESS**0.5, places.asked * _VECTOR_NEARNESS**0.5]
    return np.hstack([*at, places.said * _VECTOR_NEARNESS**0.5]).astype(np.float32)


def quality_model(name: str = BUNDLED) -> QualityModel:
    """Load a quality model, once a process: `bundled`, or the folder of one of your own.

    Raises:
        ModelError: there is none, or it was made for other signs or another embedder.
    """
    return _loaded(name, tuple(quality_files(name).values()))


def quality_files(name: str) -> dict[str, str]:
    """Return the sha256 of the files that a model is read from, by name; its place is not told.

    Raises:
        ModelError: there is no such model.
    """
    if name == BUNDLED:
        return {"quality": card_of("quality", "quality").sha256}
    _check_card(Path(name))
    return {_WEIGHTS: digest_of(Path(name) / _WEIGHTS)}


@cache
def _loaded(name: str, _digests: tuple[str, ...]) -> QualityModel:
    path = file_of(card_of("quality", "quality")) if name == BUNDLED else Path(name) / _WEIGHTS
    return QualityModel.load(path)


def _check_card(folder: Path) -> None:
    """Raise if a folder holds no quality model that can be read here."""
    make = "make one with `curator models train quality`"
    if not (folder / _WEIGHTS).is_file():
        raise ModelError(f"there is no quality model in {folder}: {make}, or name `bundled`")
    try:
        card = json.loads((folder / _CARD).read_text("utf-8"))
        same = card["signs"] == SIGNS_FORM and card["embedder"] == embedder_files(EMBEDDER)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / _CARD} cannot be read ({error}): {make}") from error
    if not same:
        raise ModelError(
            f"the quality model in {folder} was made by another version of curator, for other "
            f"signs or another embedder: {make} again"
        )
