"""Toxicity: the bundled model that scores it, loaded when the first text is scored.

Two readers: the static one sees every text, and the encoder those that the static one does not
find surely clean; where the encoder has read a text, both are added up, the encoder first.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of
from curator.models.encoder_text import plain
from curator.models.store import file_of

if TYPE_CHECKING:
    from curator.models.encoder import Head, Trunk
    from curator.models.toxicity_static import StaticToxicity

OUTPUTS = ("toxicity", "identity_attack")
"""The columns of the scores."""
SUSPECT, CLEAR_SUSPECT = 0.08, 0.3
"""Probability by the static model from which on the encoder reads a text: of a few words up to
sixty, and of any other. A long text has many windows, and one of them scores by chance; one or two
words have no context to read. Chosen with surge_1000 in view: every comment that the encoder finds
toxic there is read, and a seventh of the turns of t0_55k."""
_FEW, _MANY = 3, 60
_SHARE = 0.3
"""What the static model's log-odds count for where the encoder has read too: two readers that err
apart are righter together."""
_WINDOW = 48
"""Words that the encoder reads at once."""
_MOST_WINDOWS = 2
"""Of a longer text, the windows that the static model finds worst."""
_PIECES = 112
_WORD = re.compile(r"\S+")


class BundledToxicity:
    """Scores texts by both readers; made by `toxicity_model`."""

    def __init__(self, static: "StaticToxicity", trunk: "Trunk", head: "Head") -> None:
        self._static, self._trunk, self._head = static, trunk, head
        self._judge = lru_cache(maxsize=1 << 14)(self._judge_window)

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return calibrated probabilities: a row for each text, a column for each of `OUTPUTS`.

        A text without words, the empty text too, scores 0.
        """
        found = self._static.score(texts)
        for place in map(int, np.flatnonzero(found[:, 0] >= SUSPECT)):
            if found[place, 0] >= _suspect_from(texts[place]):
                found[place] = self._read(texts[place])
        return found

    def _read(self, text: str) -> NDArray[np.float32]:
        windows = list(_windows(text))
        first = self._static.score(windows)
        worst = np.argsort(-first[:, 0], kind="stable")[:_MOST_WINDOWS].tolist()
        read = np.array([self._judge(windows[at]) for at in worst])
        logits = (1 - _SHARE) * read + _SHARE * _logits(first[worst])
        found: NDArray[np.float32] = (1 / (1 + np.exp(-logits))).max(0)
        return found

    def _judge_window(self, window: str) -> NDArray[np.float32]:
        return self._head.judge(self._trunk.read(plain(window), _PIECES))


@cache
def toxicity_model() -> BundledToxicity:
    """Load the bundled model, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    from curator.models.encoder import Head, bundled_trunk
    from curator.models.toxicity_static import StaticToxicity

    static = StaticToxicity.load(file_of(card_of("toxicity_static")))
    return BundledToxicity(static, bundled_trunk(), Head.load(file_of(card_of("toxicity_head"))))


def _logits(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    inside = np.clip(chances, 1e-6, 1 - 1e-6)
    found: NDArray[np.float32] = np.log(inside / (1 - inside))
    return found


def _suspect_from(text: str) -> float:
    count = len(text.split(maxsplit=_MANY))
    return SUSPECT if _FEW <= count <= _MANY else CLEAR_SUSPECT


def _windows(text: str) -> Iterator[str]:
    """Cut a text into stretches of some words, the last one as long as the others."""
    words = [word.span() for word in _WORD.finditer(text)]
    for start in range(0, max(1, len(words)), _WINDOW):
        first = max(0, min(start, len(words) - _WINDOW))
        yield text[words[first][0] : words[min(first + _WINDOW, len(words)) - 1][1]]
