"""Evaluate: what a model knows of held-out records, does as it is told, and gets wrong."""

from curator.tune.evaluate.evaluate import Wanted, evaluate, exam_of, run_above, weights_of
from curator.tune.evaluate.evaluation import Evaluation
from curator.tune.evaluate.judge import read_judge
from curator.tune.evaluate.write import write_evaluation

__all__ = [
    "Evaluation",
    "Wanted",
    "evaluate",
    "exam_of",
    "read_judge",
    "run_above",
    "weights_of",
    "write_evaluation",
]
