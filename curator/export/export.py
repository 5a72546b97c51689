"""Export: write the kept records of a run as one data set, whole or not at all."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from curator.errors import RecipeError, RunError
from curator.export.assign import WHOLE, assign
from curator.export.card import write_card
from curator.export.containers import Packing, fingerprint, pack
from curator.export.entry import entries
from curator.export.hf import require_hf
from curator.export.lesson import TRAINERS, Lesson, lesson_of
from curator.export.openai import limits
from curator.export.result import CARD, FACTS, LEFT_OUT, ExportResult
from curator.export.rows import write_rows
from curator.export.survey import survey
from curator.export.target import Target, target_of
from curator.recipe import Export, Tune
from curator.report.licences import conflicts_of
from curator.run import Run, atomic_folder
from curator.splits import sides_in_order

_SPLIT_NAME = re.compile(r"\w+(\.\w+)*")
_JUDGED = ("kto", "trl", "llama_factory", "axolotl")
_NO_CONFIG = "No config is written: `tune:` trains on answers, and these are judged answers."
_OR = f"{', '.join(_JUDGED[:-1])} or {_JUDGED[-1]}"
_TAKEN = {Path(name).stem for name in (CARD, FACTS, LEFT_OUT, "dataset_info.json")} | {"all"}


def export_run(
    run: Run, settings: Export, out: Path | None = None, tune: Tune | None = None
) -> ExportResult:
    """Write one data set below `export/` of the run, or as the folder `out`.

    An earlier export at the same place is replaced as a whole; any other folder is refused. A side
    without records has no file. A config says how `tune` would train, or else the recipe.
    """
    check_export(settings)
    folder = (out or run.export_folder(settings.folder)).resolve()
    refuse_foreign(folder)
    lesson = lesson_of(run.recipe, settings, folder.name, tune)
    settings = _with_splits(settings, lesson)
    sides, target = assign(run, settings.splits), _target(run, settings, folder, lesson)
    packing = Packing(settings.container, settings.max_shard_rows, settings.to == "llama_factory")
    with atomic_folder(folder) as temporary:
        tally = write_rows(temporary, entries(run, sides), target, strict=settings.strict)
        order = sides_in_order(settings.splits) or [WHOLE]
        with_rows = [side for side in order if tally.written[side]]
        files, as_json = pack(temporary, with_rows, packing)
        result = ExportResult(
            folder=folder,
            target=settings.to,
            container=settings.container,
            layout=target.layout,
            records=tally.records,
            counts={side: tally.written[side] for side in order},
            files=files,
            left_out=dict(tally.left_out.most_common()),
            leaks=tally.leaks,
            joined=tally.joined,
            as_json=as_json,
            conflicts=conflicts_of(run),
            caution=_caution(target, settings, tally.written, temporary),
            command=target.command if files else "",
            fingerprint=fingerprint(temporary, files),
        )
        texts = {CARD: write_card(run, settings, result), FACTS: result.facts()}
        _write_texts(temporary, texts | target.describe(run.recipe.name, files))
    return result


def _target(run: Run, settings: Export, folder: Path, lesson: Lesson | None) -> Target:
    look = partial(survey, run.records(kept=True), labelled=settings.pairs == "labelled")
    return target_of(settings, look, folder.name, lesson)


def _with_splits(settings: Export, lesson: Lesson | None) -> Export:
    """Take the splits of the training where a config is asked for and none are given."""
    if not (lesson and settings.config) or settings.splits:
        return settings
    return settings.model_copy(update={"splits": lesson.tune.splits})


def exports_in(folder: Path) -> list[Path]:
    """List the folders below one that an export wrote."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if (path / FACTS).is_file())


def _caution(target: Target, settings: Export, rows: Mapping[str, int], folder: Path) -> str:
    """Return what the target warns of, and what the trainer will refuse."""
    said = limits(rows, folder) if settings.to == "openai" else ""
    untaught = _NO_CONFIG if settings.config and not target.command else ""
    return " ".join(filter(None, (said, target.caution, untaught)))


def _write_texts(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def check_export(settings: Export) -> None:
    """Refuse with a RecipeError, before any work is done, an export that cannot be written.

    Without the library that `as: hf` needs, it is a MissingExtraError.
    """
    _check_container(settings)
    if settings.config and settings.to not in TRAINERS:
        raise RecipeError(f"{settings.to} has no config: one goes with {', '.join(TRAINERS)}")
    if settings.config and settings.container == "hf":
        raise RecipeError(
            "`trl sft` loads no folder of `as: hf`: say `as: jsonl`, or write tokens with "
            "`curator export RUN --to trl --tokens`"
        )
    if settings.pairs == "labelled" and settings.to not in _JUDGED:
        raise RecipeError(
            f"{settings.to} holds no labelled answers: `pairs: labelled` goes with {_OR}"
        )
    if Path(settings.folder).name != settings.folder or settings.folder.startswith("."):
        raise RecipeError(f"{settings.folder!r} cannot name the folder of an export")
    for name in settings.splits:
        if not _SPLIT_NAME.fullmatch(name) or name in _TAKEN:
            raise RecipeError(
                f"{name!r} cannot name a split: use letters, digits and underscores, such as "
                f"`train` or `validation`"
            )


def _check_container(settings: Export) -> None:
    if settings.container == "hf":
        require_hf()
        if settings.to in ("llama_factory", "axolotl"):
            raise RecipeError(
                f"{settings.to} reads JSON Lines and Parquet files, not Hugging Face folders: say "
                f"`as: jsonl` or `as: parquet`"
            )
    if settings.to == "openai" and settings.container != "jsonl":
        raise RecipeError("openai takes JSON Lines files only: say `as: jsonl`")


def refuse_foreign(folder: Path) -> None:
    """Keep an export from replacing what no export wrote."""
    if not folder.exists():
        return
    if folder.is_dir() and ((folder / FACTS).is_file() or not any(folder.iterdir())):
        return
    raise RunError(f"{folder} holds something that no export wrote: choose another folder")
