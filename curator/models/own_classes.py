"""Own classes: a taxonomy of the user's, classified by nearest prototypes, without training.

A class is the mean of the embeddings of its sentence and of its examples; a prompt belongs to the
class whose mean is nearest (Snell et al. 2017, "Prototypical Networks").
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import yaml
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.models.digest import digest_of
from curator.models.embedders import Embedder, embedder
from curator.models.task_parts import asked_parts

Floats = NDArray[np.float64]
SHARPNESS = 12.0
"""What cosines are multiplied by before they become probabilities. With eight of our own prompts
for each of five coarse classes, others get 0.52 on average and are right in 0.54 of all cases; with
fourteen classes it is 0.29 and 0.25."""
_NEAREST = 0.5
"""What the nearest single example counts for, beside the mean of all."""
_FEWEST = 2


class OwnClasses(NamedTuple):
    """The user's classes: their names, the vectors of what is said of them, and whose each is."""

    names: tuple[str, ...]
    vectors: Floats
    owners: NDArray[np.int64]
    reader: Embedder

    @classmethod
    def of(cls, told: dict[str, list[str]], reader: Embedder) -> Self:
        """Embed what is said of each class."""
        texts = [text for said in told.values() for text in said]
        owners = [place for place, said in enumerate(told.values()) for _ in said]
        return cls(tuple(told), _vectors(texts, reader), np.array(owners), reader)

    def chances(self, prompts: Sequence[str]) -> Floats:
        """Return how likely each class is, one row a prompt; zeros where no word is known."""
        near = _vectors(prompts, self.reader) @ self.vectors.T
        similar = np.stack([self._similar(near, place) for place in range(len(self.names))], 1)
        powers = np.exp(SHARPNESS * (similar - similar.max(1, keepdims=True)))
        known = np.abs(near).max(1, initial=0) > 0
        found: Floats = powers / powers.sum(1, keepdims=True) * known[:, None]
        return found

    def _similar(self, near: Floats, place: int) -> Floats:
        own = self.owners == place
        middle = self.vectors[own].mean(0)
        length = max(float(np.linalg.norm(middle)), 1e-9)
        mean = near[:, own].mean(1) / length
        found: Floats = (1 - _NEAREST) * mean + _NEAREST * near[:, own].max(1)
        return found


def own_classes(path: Path, model: str = "bundled") -> OwnClasses:
    """Read a taxonomy of the user's own, once a process and again when the file changes.

    Raises:
        ModelError: the file is missing, or does not say what its classes are.
    """
    if not path.is_file():
        raise ModelError(
            f"{path} does not exist: write a YAML file with a sentence or examples for each class"
        )
    return _read(path, digest_of(path), model)


@lru_cache(maxsize=4)
def _read(path: Path, _digest: str, model: str) -> OwnClasses:
    try:
        said = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is not YAML: {error}") from None
    if not isinstance(said, dict) or len(said) < _FEWEST:
        raise ModelError(
            f"{path} must be a mapping of two classes or more to what is meant by them"
        )
    told = {str(name): _told(path, str(name), entry) for name, entry in said.items()}
    return OwnClasses.of(told, embedder(model))


def _told(path: Path, name: str, entry: Any) -> list[str]:
    """Read one class: a sentence, a list of examples, or both under `meaning` and `examples`."""
    parts = [entry]
    if isinstance(entry, dict) and set(entry) <= {"meaning", "examples"}:
        examples = entry.get("examples", [])
        parts = [entry.get("meaning"), *(examples if isinstance(examples, list) else [examples])]
    elif isinstance(entry, list):
        parts = entry
    texts = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
    if len(texts) < len([part for part in parts if part]) or not texts:
        raise ModelError(
            f"{path}: the class {name!r} needs a sentence, a list of example prompts, or both as "
            f"`meaning` and `examples`"
        )
    return texts


def _vectors(texts: Sequence[str], reader: Embedder) -> Floats:
    """Embed what is asked: head and tail together, for a long text in between says little."""
    return reader.embed(["\n".join(asked_parts(text)) for text in texts]).astype(np.float64)
