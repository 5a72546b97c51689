"""Guard: a classifier that says whether a prompt, or the answer to it, is unsafe."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.models.judges import located, worst_windows
from curator.models.labels import joined, unsafe_of
from curator.models.names import read_name
from curator.models.transformer import Classifier, classifier
from curator.models.windows import Text


class Exchange(NamedTuple):
    """A prompt, and the answer that is judged; with none the prompt itself is judged."""

    prompt: str
    answer: str | None = None


class GuardModel:
    """Scores exchanges; made by `guard_model`."""

    def __init__(self, model: Classifier, unsafe: Sequence[str], name: str) -> None:
        self._model = model
        self._unsafe = unsafe_of(model.labels, unsafe, name)

    def score(self, exchanges: Sequence[Exchange]) -> NDArray[np.float32]:
        """Return the probability that each is unsafe, (exchanges,): of its worst window."""
        found = np.zeros(len(exchanges), np.float32)
        answered = [place for place, one in enumerate(exchanges) if one.answer is not None]
        asked = [place for place, one in enumerate(exchanges) if one.answer is None]
        # Apart, for a tokenizer reads either texts or pairs of them.
        for places in (asked, answered):
            texts = [self._text(exchanges[place]) for place in places]
            judged = self._model.judge(texts)
            chances = joined(judged.chances, self._unsafe, exclusive=self._model.exclusive)
            found[places] = worst_windows(chances[:, None], judged, len(texts))[:, 0]
        return found

    def _text(self, exchange: Exchange) -> Text:
        """Write an exchange as the model's template says, or as a pair where it has none."""
        if self._model.has_chat_template:
            turns = [{"role": "user", "content": exchange.prompt}]
            if exchange.answer is not None:
                turns.append({"role": "assistant", "content": exchange.answer})
            return Text(self._model.written(turns))
        if exchange.answer is None:
            return Text(exchange.prompt)
        return Text(exchange.answer, exchange.prompt)


@lru_cache(maxsize=2)
def guard_model(name: str, unsafe: tuple[str, ...]) -> GuardModel:
    """Load a guard by its name in a recipe, `hub:<id or path>`, once a process.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: it is not on this machine, or which of its labels mean unsafe is not known.
    """
    return GuardModel(classifier(*located(read_name(name))), unsafe, name)
