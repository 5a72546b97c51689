"""Another trainer learns the tokens that `curator tune` learns, of the same records, in order.

TRL prepares the data itself, where it is installed. What axolotl and LLaMA-Factory do is written
down here from what they document.
"""

import json
import shutil
import socket
import warnings
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

pytest.importorskip("torch")

from curator.cli.app import app
from curator.errors import RunError
from curator.export import ExportResult
from curator.pipeline import curate
from curator.records import Record
from curator.run import Run
from curator.training.conversation import Example
from curator.training.model import load_tokenizer
from curator.training.tiny import make_tiny
from curator.tune.elsewhere import export_tokens
from curator.tune.material import Material, material_of
from tests.conftest import chat
from tests.test_export import LiteralRun, export, pair, rows_in, run_of
from tests.test_export_trainers import tool_chat, with_system
from tests.trainer_rules import IGNORED, Labelled, as_axolotl, as_llama_factory


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: Any) -> NoReturn:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_DATASETS_OFFLINE", "CI"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache", raising=False)


def records() -> list[Record]:
    """Make conversations of every kind that all three trainers can be given."""
    thought = chat("What is six times seven?", "42")
    thought.messages[1]["reasoning"] = "Six sevens."
    return [
        *(chat(f"Say the number {i} again.", f"{i}, gladly.") for i in range(24)),
        chat("Hello!", "Hi.", "How do you do?", "Well, thanks.", "Bye.", "Bye!"),
        with_system(chat("Wie heißt du?", "Größe ist relativ. 🙂"), "Be brief."),
        thought,
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = (turn["content"] for record in records() for turn in record.messages)
    return make_tiny(tmp_path_factory.mktemp("base"), texts, width=32, layers=1)


def taught(path: Path, base: Path, *kept: Record, **tune: Any) -> LiteralRun:
    """Make a run whose recipe trains that model."""
    said = {"model": str(base), "precision": "float32", "max_tokens": 512, "batch_tokens": 2048}
    return run_of(path, *(kept or records()), tune=said | tune)


def material(run: Run) -> Material:
    assert run.recipe.tune
    return material_of(run, run.recipe.tune)


def labelled(examples: Sequence[Example]) -> list[Labelled]:
    return [
        (one.tokens.tolist(), np.where(one.supervised, one.tokens, IGNORED).tolist())
        for one in examples
    ]


def config(result: ExportResult) -> Any:
    return yaml.safe_load((result.folder / f"{result.target}.yaml").read_text("utf-8"))


def trl_trainer(result: ExportResult, *more: str, data: Any = None) -> Any:
    """Build TRL's trainer as `trl sft --config` does, where the folder of the export lies.

    Other `data` than the folder's is for those who load it in Python.
    """
    pytest.importorskip("trl", reason="TRL is the oracle here: install trl==1.16")
    from datasets import load_dataset
    from trl import SFTTrainer, get_peft_config
    from trl.scripts.sft import make_parser

    said = ["--config", str(result.folder / "trl.yaml"), "--use_cpu", "true", "--bf16", "false"]
    with warnings.catch_warnings():
        # TRL 1.16 and peft 0.21 use names that transformers 5.23 has renamed.
        warnings.filterwarnings("ignore", ".* is deprecated", FutureWarning)
        script, training, model, _ = make_parser().parse_args_and_config([*said, *more])
        training.output_dir = str(result.folder.parent / "out")
        data = data or load_dataset(str(result.folder.parent / script.dataset_name))
        watched = data[script.dataset_test_split] if training.eval_strategy != "no" else None
        return SFTTrainer(
            model.model_name_or_path,
            training,
            train_dataset=data[script.dataset_train_split],
            eval_dataset=watched,
            peft_config=get_peft_config(model),
        )


def trl_rows(trainer: Any) -> tuple[list[Labelled], list[Labelled]]:
    """Return what TRL trains on and what it watches."""
    sides = (trainer.train_dataset, trainer.eval_dataset or [])
    train, watched = ([(row["input_ids"], row["labels"]) for row in side] for side in sides)
    return train, watched


@pytest.mark.parametrize("learn_from", ["all", "last"])
def test_trl_learns_the_tokens_that_curator_learns(
    tmp_path: Path, base: Path, learn_from: str
) -> None:
    run = taught(tmp_path, base, learn_from=learn_from)
    result = export(run, "trl", config=True)
    assert result.layout == {"all": "messages", "last": "prompt_completion"}[learn_from]
    train, watched = trl_rows(trl_trainer(result, "--packing", "false"))
    ours = material(run)
    assert ours.held_out.examples
    assert train == labelled(ours.training.examples)
    assert watched == labelled(ours.held_out.examples)


def test_trl_learns_the_calls_of_tools_that_curator_learns(tmp_path: Path, base: Path) -> None:
    from datasets import load_from_disk

    kept = (tool_chat(), tool_chat('{"b": [1, "x"]}'), chat("a", "b"))
    run = taught(tmp_path, base, *kept, splits={"train": 1.0})
    result = export(run, "trl", splits={"train": 1.0})
    assert "write tokens" in result.caution
    folder = export(run, "trl", name="python", splits={"train": 1.0}, **{"as": "hf"}).folder
    trainer = trl_trainer(result, "--packing", "false", data=load_from_disk(folder))
    assert trl_rows(trainer)[0] == labelled(material(run).training.examples)


def stock_template(name: str) -> str:
    trl = pytest.importorskip("trl", reason="TRL is the oracle here: install trl==1.16")
    return (Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja").read_text("utf-8")


def with_template(base: Path, folder: Path, template: str) -> Path:
    """Copy a model, with another chat template."""
    shutil.copytree(base, folder)
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    return folder


def test_tokens_are_those_of_curator_whatever_the_template(tmp_path: Path, base: Path) -> None:
    """TRL has no marks for a template of a user's own, and refuses; tokens need none."""
    own = stock_template("qwen2_5").replace("You are Qwen", "You are Nobody")
    run = taught(tmp_path / "run", with_template(base, tmp_path / "own", own))
    with pytest.raises(ValueError, match="generation"):
        trl_trainer(export(run, "trl", config=True), "--packing", "false")
    assert run.recipe.tune
    check_packed(export_tokens(run, run.recipe.tune, "trl"), material(run))


def check_packed(result: ExportResult, ours: Material) -> None:
    """Hold what TRL's own loader and collator make of tokens beside our examples."""
    trainer = trl_trainer(result)
    found = []
    for batch in trainer.get_train_dataloader():
        starts = [*batch["cu_seq_lens_q"].tolist()]
        for start, end in pairwise(starts):
            tokens = batch["input_ids"][0, start:end].tolist()
            found.append((tokens, batch["labels"][0, start:end].tolist()))
    assert sorted(found) == sorted(labelled(ours.training.examples))
    assert len(trainer.train_dataset) < len(found)


def test_what_trl_marks_in_a_known_template_is_more_by_white_space(
    tmp_path: Path, base: Path
) -> None:
    """TRL learns the line feeds around an answer of Qwen2.5; a model never has to write them."""
    folder = with_template(base, tmp_path / "qwen", stock_template("qwen2_5"))
    run = taught(tmp_path / "run", folder)
    result = export(run, "trl", splits={}, config=True)
    train, _ = trl_rows(trl_trainer(result, "--packing", "false"))
    ours, tokenizer = labelled(material(run).training.examples), load_tokenizer(folder)
    assert [tokens for tokens, _ in train] == [tokens for tokens, _ in ours]
    for (tokens, labels), (_, own) in zip(train, ours, strict=True):
        extra = [
            token for token, more, mine in zip(tokens, labels, own, strict=True) if more != mine
        ]
        assert extra
        assert not tokenizer.decode(extra).strip()


def weighted(first: float, second: float) -> Record:
    """Make a conversation whose answers have weights of their own."""
    record = chat("a", "b", "c", "d")
    record.messages[1]["weight"], record.messages[3]["weight"] = first, second
    return record


@pytest.mark.parametrize("learn_from", ["all", "last"])
def test_axolotl_learns_the_tokens_that_curator_learns(
    tmp_path: Path, base: Path, learn_from: str
) -> None:
    kept = [*records(), tool_chat(), *(weighted(*said) for said in ((0, 1), (1, 1), (1, 0)))]
    run = taught(tmp_path, base, *kept, splits={"train": 1.0}, learn_from=learn_from)
    run.all = run.all.with_columns(
        shape=pl.when(pl.col("row") < 3).then(pl.lit("prompt_completion")).otherwise("shape")
    )
    result = export(run, "axolotl", config=True)
    (entry,) = config(result)["datasets"]
    tokenizer = load_tokenizer(base)
    rows = rows_in(result.folder / "train.jsonl")
    found = [as_axolotl(tokenizer, row, entry) for row in rows]
    assert found == labelled(material(run).training.examples)


@pytest.mark.parametrize("learn_from", ["all", "last"])
def test_llama_factory_learns_one_line_feed_more(
    tmp_path: Path, base: Path, learn_from: str
) -> None:
    run = taught(tmp_path, base, splits={"train": 1.0}, learn_from=learn_from)
    result = export(run, "llama_factory", config=True)
    masks = config(result)["mask_history"]
    tokenizer = load_tokenizer(base)
    rows = rows_in(result.folder / "train.jsonl")
    ours = labelled(material(run).training.examples)
    (feed,) = tokenizer.encode("\n")
    for row, (tokens, labels) in zip(rows, ours, strict=True):
        found, theirs = as_llama_factory(tokenizer, row, mask_history=masks)
        assert found == tokens
        more = [place for place, label in enumerate(theirs) if label != labels[place]]
        assert {tokens[place] for place in more} == {feed}
        assert {tokens[place - 1] for place in more} == {tokenizer.eos_token_id}


def test_rows_for_llama_factory_hold_every_example_apart(tmp_path: Path, base: Path) -> None:
    """The mask numbers the records of a row, as its `neat_packing` wants it."""
    from datasets import load_from_disk

    run = taught(tmp_path, base)
    assert run.recipe.tune
    result = export_tokens(run, run.recipe.tune, "llama_factory")
    said = config(result)
    assert (said["tokenized_path"], said["neat_packing"]) == ("llama_factory_tokens", True)
    found = []
    for row in load_from_disk(result.folder)["train"]:
        assert {len(values) for values in row.values()} == {said["cutoff_len"] + 1}
        of = np.array(row["attention_mask"])
        for number in range(1, of.max() + 1):
            held = np.flatnonzero(of == number)
            assert [row["position_ids"][place] for place in held] == list(range(len(held)))
            found.append(tuple([row[name][i] for i in held] for name in ("input_ids", "labels")))
        assert {row["labels"][place] for place in np.flatnonzero(of == 0)} <= {IGNORED}
    assert sorted(found) == sorted(labelled(material(run).training.examples))


def test_axolotl_takes_tokens_as_they_are(tmp_path: Path, base: Path) -> None:
    run = taught(tmp_path, base)
    assert run.recipe.tune
    result = export_tokens(run, run.recipe.tune, "axolotl")
    (entry,) = config(result)["datasets"]
    assert entry == {"path": "axolotl_tokens", "split": "train", "type": None}
    rows = pl.read_parquet(result.folder / "train.parquet").to_dicts()
    assert [set(row["attention_mask"]) for row in rows] == [{1}] * len(rows)
    found = [(row["input_ids"], row["labels"]) for row in rows]
    assert found == labelled(material(run).training.examples)


def test_preference_pairs_are_learnt_by_their_chosen_side(tmp_path: Path, base: Path) -> None:
    run = taught(tmp_path, base, pair("a", "good", "bad"), splits={"train": 1.0})
    assert run.recipe.tune
    result = export_tokens(run, run.recipe.tune, "trl")
    assert (result.counts, result.command) == (
        {"train": 1, "validation": 0},
        "trl sft --config trl_tokens/trl.yaml",
    )
    (row,) = pl.read_parquet(result.folder / "train.parquet").to_dicts()
    text = load_tokenizer(base).decode([token for token in row["labels"] if token >= 0])
    assert text == "good<|im_end|>"


def test_what_is_too_long_is_left_out_by_name(tmp_path: Path, base: Path) -> None:
    long = chat("Count.", " ".join(map(str, range(200))))
    run = taught(tmp_path, base, chat("a", "b"), long, splits={"train": 1.0}, max_tokens=32)
    assert run.recipe.tune
    result = export_tokens(run, run.recipe.tune, "trl")
    assert result.left_out == {"over_long": 1}
    (left,) = rows_in(result.folder / "left_out.jsonl")
    assert (left["reason"], left["tokens"] > 32) == ("over_long", True)
    with pytest.raises(RunError, match="choose another folder"):
        export_tokens(run, run.recipe.tune, "trl", tmp_path)


def test_the_command_line_writes_tokens(tmp_path: Path, base: Path) -> None:
    lines = [json.dumps({"messages": record.messages}) for record in records()]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    said = {"name": "t", "input": [{"path": "in.jsonl"}], "tune": {"model": str(base)}}
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(said), "utf-8")
    run = curate(tmp_path / "recipe.yaml", out=tmp_path / "run", workers=1)
    command = ["export", str(run.path), "--to", "trl"]
    for option, folder in (("--tokens", "trl_tokens"), ("--with-config", "trl")):
        done = CliRunner().invoke(app, [*command, option])
        assert (done.exit_code, f"&& trl sft --config {folder}/trl.yaml" in done.output) == (
            0,
            True,
        )
    wrong = CliRunner().invoke(app, ["export", str(run.path), "--to", "alpaca", "--tokens"])
    assert "--tokens goes with --to trl" in str(wrong.exception)
