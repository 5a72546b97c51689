"""The command that evaluates a model: evaluate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import Json, ShowValues
from curator.cli.output import say, show, show_json, tell

if TYPE_CHECKING:
    from curator.tune.evaluate import Wanted
    from curator.tune.evaluate.exam import Exam
    from curator.tune.evaluate.harness import Tasks

Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="What `curator tune` wrote, a model's folder, or a fetched hub id."
    ),
]
Held = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN", help="Whose held-out side is read; the run that MODEL lies in when absent."
    ),
]
Before = Annotated[
    str | None, typer.Option(metavar="MODEL", help="The model to compare with: the base.")
]
Prompts = Annotated[
    Path | None, typer.Option(help="Prompts of your own: one a line, or JSON Lines with `prompt`.")
]
Judging = Annotated[
    Path | None,
    typer.Option(help="A YAML file with the settings of the filter `judge`; needs --before."),
]
Harness = Annotated[
    str | None,
    typer.Option(
        "--lm-eval",
        metavar="TASKS",
        help="Also write tasks for lm-eval-harness, and say how to run them: `own`, or with some "
        "of its own, such as ifeval,mmlu.",
    ),
]
Out = Annotated[Path, typer.Option(help="The folder to write to.")]
Quick = Annotated[bool, typer.Option("--quick", help="Few prompts and short answers.")]
Most = Annotated[
    int | None, typer.Option(min=1, help="The longest answer; 256 when absent, 64 if quick.")
]
Seed = Annotated[int, typer.Option(help="What intervals are drawn by.")]


def evaluate(
    model: Model,
    run: Held = None,
    before: Before = None,
    prompts: Prompts = None,
    judge: Judging = None,
    lm_eval: Harness = None,
    out: Out = Path("evaluation"),
    quick: Quick = False,
    most_tokens: Most = None,
    seed: Seed = 0,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Evaluate a model: held-out loss, constraints followed, faults, what it says of people."""
    from curator.privacy import values
    from curator.run import Run, make_folder
    from curator.tune.evaluate import Wanted, exam_of, read_judge, run_above

    if judge is not None and before is None:
        raise typer.BadParameter("--judge compares two models: name the other with --before")
    place = run or run_above(model)
    opened = Run.open(place) if place else None
    asked = read_judge(judge) if judge else None
    wanted = Wanted(model, before, opened, prompts, asked, quick, most_tokens, seed)
    make_folder(out)
    exam = exam_of(wanted)
    with values(shown=show_values):
        _evaluate(wanted, exam, out, lm_eval, as_json=as_json)


def _evaluate(
    wanted: "Wanted", exam: "Exam", out: Path, lm_eval: str | None, *, as_json: bool
) -> None:
    """Evaluate, write, and print what came of it."""
    from curator.tune.evaluate import evaluate as evaluate_model
    from curator.tune.evaluate import write_evaluation
    from curator.tune.evaluate.console import evaluation_view

    found = evaluate_model(wanted, exam, tell)
    files = write_evaluation(found, out)
    tasks = _tasks(wanted, exam, lm_eval, out / "lm_eval") if lm_eval else None
    if as_json:
        told = {"files": list(map(str, files)), "lm_eval": tasks.facts() if tasks else None}
        show_json(told | found.facts())
        return
    show(evaluation_view(found))
    say(f"page: {files[1]}")
    for text in tasks.lines() if tasks else ():
        say(text)


def _tasks(wanted: "Wanted", exam: "Exam", named: str, folder: Path) -> "Tasks":
    """Write the tasks for lm-eval-harness."""
    from curator.tune.evaluate import weights_of
    from curator.tune.evaluate.harness import write_tasks

    others = [name.strip() for name in named.split(",") if name.strip()]
    return write_tasks(folder, weights_of(wanted.model, wanted.run), others, exam)
