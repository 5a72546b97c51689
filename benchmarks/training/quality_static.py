"""Train the quality model that ships inside: on graded answers of our own and on weak labels.

    python benchmarks/training/quality_static.py DATA

Prints how often the better of two held-out answers scores higher, writes the weights, and the
sha256 for their card in curator/models/shipped.py. About a minute.
"""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from quality_weak import Weak, weak_labels

import curator
from curator.models import Places, QualityModel, embedder
from curator.models.quality_fit import FOLDS, Graded, calibrated, fit_quality

_ANSWERS = Path(__file__).parent / "quality_answers"
_WEIGHTS = Path(curator.__file__).parent / "models/weights/quality.safetensors"
_GRADES = {"excellent": 0.95, "fair": 0.5, "poor": 0.05}
_CUT, _BESIDE, _FIVE = 0.2, 0.05, 5
_OWN_WEIGHT = 10.0
"""How much an answer graded by hand counts beside a weak label."""
_CENTRES = 800
"""As many as fit into one megabyte."""
_MIDDLE = 0.5


def own_labels() -> list[Weak]:
    """Return the answers written and graded by hand, and two worse ones, five a prompt in a row.

    Many a poor answer is longer than the excellent one, on purpose. So that shortness is no merit
    either, the first quarter of the excellent one stands for an answer that leaves off too early;
    and that fluency alone is none, the excellent answer to another prompt for one beside the point.
    """
    rows = [
        json.loads(line)
        for path in sorted(_ANSWERS.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [one for place, row in enumerate(rows) for one in _five(row, rows[place - 7])]


def _five(row: dict[str, str], other: dict[str, str]) -> list[Weak]:
    graded = [Weak(row["prompt"], row[name], grade) for name, grade in _GRADES.items()]
    words = row["excellent"].split(" ")
    cut = " ".join(words[: len(words) // 4]) or "Yes."
    worse = ((cut, _CUT), (other["excellent"], _BESIDE))
    return graded + [Weak(row["prompt"], answer, grade) for answer, grade in worse]


def graded(own: Sequence[Weak], weak: Sequence[Weak]) -> Graded:
    """Measure both kinds, and weigh them."""
    rows = pl.DataFrame([one._asdict() for one in (*own, *weak)])
    asked, said = (embedder().embed(rows[side].to_list()) for side in ("prompt", "response"))
    weights = np.r_[np.full(len(own), _OWN_WEIGHT), np.ones(len(weak))]
    return Graded(Places.of(rows, asked, said), rows["grade"].to_numpy(), weights)


def held_out(known: Graded, own: int) -> NDArray[np.float64]:
    """Return for each answer of our own the score of a model that has not seen its prompt."""
    prompts = np.arange(own) // _FIVE
    turns = np.random.default_rng(0).permutation(own // _FIVE) % FOLDS
    found = np.zeros(own)
    for fold in range(FOLDS):
        held = np.flatnonzero(turns[prompts] == fold)
        rest = np.setdiff1d(np.arange(len(known.grades)), held)
        model = fit_quality(known.taken(rest), _CENTRES)
        found[held] = model.raw(known.places.taken(held))
    return found


def tell(scores: NDArray[np.float64], words: NDArray[np.float64]) -> None:
    """Print how often the better answer scores higher, also where it is not the longer one."""
    names = [*_GRADES, "its first quarter", "another's answer"]
    by_prompt, lengths = scores.reshape(-1, _FIVE), words.reshape(-1, _FIVE)
    for better, worse in ((0, 2), (0, 1), (1, 2), (0, 3), (0, 4)):
        right = by_prompt[:, better] > by_prompt[:, worse]
        shorter = lengths[:, better] < lengths[:, worse]
        print(
            f"{names[better]} above {names[worse]}: {right.mean():.3f} of {len(right)}; where it "
            f"is shorter {right[shorter].mean():.3f} of {shorter.sum()}; by length alone "
            f"{(lengths[:, better] > lengths[:, worse]).mean():.3f}"
        )


def main(data: Path) -> None:
    """Train, tell and write."""
    own, weak = own_labels(), weak_labels(data)
    known = graded(own, weak)
    scores = held_out(known, len(own))
    print(f"{len(own)} answers of our own, {len(weak)} weak labels")
    tell(scores, np.array([len(one.response.split()) for one in own], float))
    model = fit_quality(known, _CENTRES)
    scaled = calibrated(model, scores, known.grades[: len(own)])
    write(scaled)


def write(model: QualityModel) -> None:
    """Write the weights beside the others, and print what their card has to say."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder), {})
        shutil.copyfile(Path(folder) / "model.safetensors", _WEIGHTS)
    data = _WEIGHTS.read_bytes()
    print(f'"{hashlib.sha256(data).hexdigest()}", {len(data):_}')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
