"""The command that evaluates a model: evaluate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import Json, ShowValues
from curator.cli.output import say, show, show_json, tell

if TYPE_CHECKING:
    from curator.tune.evaluate.exam import Exam
    from curator.tune.evaluate.harness import Tasks


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="What `curator tune` wrote, a model's folder, or a fetched hub id.",
        ),
    ],
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Whose held-out side is read; the run that MODEL lies in if absent."
        ),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="MODEL", help="The model to compare with: the base.")
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option(help="Prompts of your own: one a line, or JSON Lines with `prompt`."),
    ] = None,
    judge: Annotated[
        Path | None,
        typer.Option(help="A YAML file with the settings of the filter `judge`; needs --before."),
    ] = None,
    lm_eval: Annotated[
        str | None,
        typer.Option(
            "--lm-eval",
            metavar="TASKS",
            help="Also write tasks for lm-eval-harness, and say how to run them and these, "
            "such as ifeval,mmlu; `own` for ours alone.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("evaluation"),
    quick: Annotated[bool, typer.Option("--quick", help="Few prompts and short answers.")] = False,
    most_tokens: Annotated[
        int | None, typer.Option(min=1, help="The longest answer; 256 when absent, 64 if quick.")
    ] = None,
    seed: Annotated[int, typer.Option(help="What intervals are drawn by.")] = 0,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Evaluate a model: held-out loss, constraints followed, faults, what it says of people."""
    from curator.privacy import values
    from curator.run import Run
    from curator.tune.evaluate import Wanted, exam_of, read_judge, run_above, write_evaluation
    from curator.tune.evaluate import evaluate as evaluate_model
    from curator.tune.evaluate.console import evaluation_view

    if judge is not None and before is None:
        raise typer.BadParameter("--judge compares two models: name the other with --before")
    place = run or run_above(model)
    wanted = Wanted(
        model=model,
        before=before,
        run=Run.open(place) if place else None,
        prompts=prompts,
        judge=read_judge(judge) if judge else None,
        quick=quick,
        most_tokens=most_tokens,
        seed=seed,
    )
    exam = exam_of(wanted)
    with values(shown=show_values):
        found = evaluate_model(wanted, exam, tell)
        files = write_evaluation(found, out)
    tasks = _tasks(model, exam, lm_eval, out / "lm_eval") if lm_eval else None
    if as_json:
        told = {"files": list(map(str, files)), "lm_eval": tasks.facts() if tasks else None}
        show_json(told | found.facts())
        return
    show(evaluation_view(found))
    say(f"page: {files[1]}")
    for text in tasks.lines() if tasks else ():
        say(text)


def _tasks(model: str, exam: "Exam", named: str, folder: Path) -> "Tasks":
    """Write the tasks for lm-eval-harness."""
    from curator.tune.evaluate import weights_of
    from curator.tune.evaluate.harness import write_tasks

    others = [name.strip() for name in named.split(",") if name.strip()]
    return write_tasks(folder, weights_of(model, exam), others, exam)
