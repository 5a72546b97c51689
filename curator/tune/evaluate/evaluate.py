"""Evaluate: a model takes the exam, and so does the one before it; what came of it is compared."""

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from curator.errors import ModelError
from curator.filters.judge import Judge
from curator.recipe import Tune
from curator.run import Layout, Run
from curator.tune.base import TINY, base_folder, base_of, need_training
from curator.tune.evaluate.evaluation import Asked, Evaluation, Tables, answered
from curator.tune.evaluate.exam import Exam, Say, Taken, take
from curator.tune.evaluate.held_out import held_out_of
from curator.tune.evaluate.judge import Judged, Pair, judge_pairs
from curator.tune.evaluate.losses import loss_changes, loss_table
from curator.tune.evaluate.marks import changes_of, shares_of
from curator.tune.evaluate.prompts import Part, Prompt, bundled_prompts, read_prompts
from curator.tune.evaluate.remarks import remarks_on, remarks_on_both
from curator.tune.evaluate.verdict import Claim, claims_of, description, sentence

MODEL = "model"
"""The folder within what `curator tune` writes that holds the weights, whole."""
_MOST_TOKENS, _MOST_TOKENS_QUICK = 256, 64
_MOST_RECORDS, _MOST_RECORDS_QUICK = 2_000, 100
_EACH_QUICK: dict[Part, int] = {"instructions": 2, "neutral": 12, "groups": 2}
"""Of every kind of prompt so many are asked where it has to be quick."""


@dataclass(frozen=True)
class Wanted:
    """What is to be evaluated, and by what."""

    model: str
    before: str | None = None
    run: Run | None = None
    """Whose held-out side is read; none is where it is absent."""
    prompts: Path | None = None
    judge: Judge | None = None
    quick: bool = False
    most_tokens: int | None = None
    seed: int = 0


def exam_of(wanted: Wanted) -> Exam:
    """Put together what every model is asked: our prompts, the user's, and the held-out side.

    Raises:
        MissingExtraError: the extra `tune` is not installed.
        InputError: the file of prompts is not as it should be.
    """
    need_training("evaluating a model")
    prompts: list[Prompt] = []
    for part, each in _EACH_QUICK.items():
        prompts += bundled_prompts(part, each if wanted.quick else None)
    prompts += read_prompts(wanted.prompts) if wanted.prompts else []
    most = _MOST_RECORDS_QUICK if wanted.quick else _MOST_RECORDS
    held_out = held_out_of(wanted.run, wanted.model, most) if wanted.run is not None else None
    usual = _MOST_TOKENS_QUICK if wanted.quick else _MOST_TOKENS
    return Exam(prompts, held_out, wanted.most_tokens or usual)


def evaluate(wanted: Wanted, exam: Exam, say: Say) -> Evaluation:
    """Evaluate a model, and compare it with the one before it where that is named.

    Raises:
        CuratorError: a model or the judge is not as it should be.
    """
    names = [wanted.model, *([wanted.before] if wanted.before is not None else [])]
    folders = [weights_of(name, wanted.run) for name in names]
    after = take(wanted.model, folders[0], exam, say)
    before = None
    if wanted.before is not None:
        before = take(wanted.before, folders[1], exam, say, after.template)
    return _evaluation(_asked(wanted, exam), after, before, _judged(wanted, after, before, say))


def run_above(model: str) -> Path | None:
    """Return the run that a model was tuned on, where its folder lies within one."""
    folders = [Path(model).resolve(), *Path(model).resolve().parents]
    return next((folder for folder in folders if Layout(folder).mark.is_file()), None)


def weights_of(name: str, run: Run | None) -> Path:
    """Return the folder of a model's weights: of what `curator tune` wrote, the merged ones.

    Raises:
        ModelError: there is no such model here.
    """
    for folder in (Path(name) / MODEL, Path(name)):
        if (folder / "adapter_config.json").is_file() or (folder / "config.json").is_file():
            return folder
    if run is not None:
        return base_of(run, Tune(model=name))
    if name == TINY:
        raise ModelError("the model tiny is made of a run's words: name the run with --run")
    return base_folder(name, lambda: ())


def _judged(wanted: Wanted, after: Taken, before: Taken | None, say: Say) -> Judged | None:
    """Ask the judge about ordinary prompts, and the user's own."""
    if wanted.judge is None or before is None:
        return None
    pairs = [
        Pair(was, now)
        for was, now in zip(before.replies, after.replies, strict=True)
        if now.prompt.part in {"neutral", "own"}
    ]
    return judge_pairs(pairs, wanted.judge, wanted.seed, say)


def _asked(wanted: Wanted, exam: Exam) -> Asked:
    held_out = exam.held_out
    return Asked(
        model=wanted.model,
        before=wanted.before,
        run=str(wanted.run.path) if wanted.run else None,
        side=held_out.side if held_out else None,
        left_out=held_out.left_out if held_out else {},
        prompts=dict(Counter(one.part for one in exam.prompts)),
        most_tokens=exam.most_tokens,
        quick=wanted.quick,
        seed=wanted.seed,
        versions={name: version(name) for name in ("torch", "transformers")},
    )


def _evaluation(
    asked: Asked, after: Taken, before: Taken | None, judged: Judged | None
) -> Evaluation:
    tables, notes = _tables(after, asked.seed), list(remarks_on(asked, after))
    moved, changes, claims = None, None, list[Claim]()
    if before is None:
        verdict = description(tables.shares, tables.losses)
    else:
        moved = loss_changes(before.losses, after.losses, asked.seed)
        changes = changes_of(before.marks, after.marks)
        claims = claims_of(moved, changes, judged)
        verdict = sentence(after.model, before.model, claims)
        notes += remarks_on_both(after, before, losses_compared=moved is not None)
    return Evaluation(
        asked=asked,
        verdict=verdict,
        claims=claims,
        after=tables,
        before=_tables(before, asked.seed) if before else None,
        loss_changes=moved,
        changes=changes,
        judged=judged,
        answers=answered(after, before),
        notes=notes,
    )


def _tables(taken: Taken, seed: int) -> Tables:
    return Tables(loss_table(taken.losses, seed), shares_of(taken.marks), taken.left_out)
