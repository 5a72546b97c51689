"""Trainers elsewhere get a config that trains as `curator tune` would, in their own keys."""

import dataclasses
import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from curator.errors import RecipeError
from curator.export import ExportResult, export_run
from curator.export.card import without_paths
from curator.recipe import Export, Tune
from curator.records import Record
from curator.run import Run
from tests.conftest import chat
from tests.test_export import export, names_in, pair, rows_in, run_of

AXOLOTL_KEYS = {  # fields of `AxolotlInputConfig` in axolotl 0.19.0
    *("base_model", "chat_template", "datasets", "test_datasets", "val_set_size", "sequence_len"),
    *("excess_length_strategy", "sample_packing", "eval_sample_packing", "pad_to_sequence_len"),
    *("attn_implementation", "micro_batch_size", "gradient_accumulation_steps", "num_epochs"),
    *("max_steps", "optimizer", "learning_rate", "lr_scheduler", "warmup_ratio", "weight_decay"),
    *("max_grad_norm", "bf16", "tf32", "gradient_checkpointing", "seed", "output_dir"),
    *("logging_steps", "save_steps", "eval_steps", "early_stopping_patience", "torch_compile"),
    *("load_best_model_at_end", "adapter", "lora_r", "lora_alpha", "lora_dropout"),
    *("lora_target_linear", "load_in_4bit", "peft_use_dora", "peft_use_rslora"),
}
LLAMA_FACTORY_KEYS = {  # of `hparams/*_args.py` in LLaMA-Factory 0.9.5, and of what it pins
    *("model_name_or_path", "stage", "do_train", "finetuning_type", "lora_rank", "lora_alpha"),
    *("lora_dropout", "lora_target", "use_dora", "use_rslora", "quantization_bit"),
    *("quantization_method", "double_quantization", "dataset_dir", "dataset", "eval_dataset"),
    *("cutoff_len", "packing", "neat_packing", "mask_history", "tokenized_path"),
    *("disable_gradient_checkpointing", "pure_bf16", "early_stopping_steps"),
    "warmup_ratio",  # of `TrainingArguments` in transformers 4.55 to 5.14; it takes up to 5.6
}


def config(result: ExportResult) -> Any:
    return yaml.safe_load((result.folder / f"{result.target}.yaml").read_text("utf-8"))


def told(path: Path, to: str, *records: Record, **tune: Any) -> Any:
    """Return the config of a run of some records whose recipe says how to train."""
    kept = records or [chat(f"text {i}", str(i)) for i in range(40)]
    run = run_of(path, *kept, tune={"model": "some/model"} | tune)
    return config(export(run, to, config=True))


def parsed(path: Path) -> list[Any]:
    """Read a config as `trl sft` does: script, training, model and data arguments."""
    pytest.importorskip("trl")
    from trl.scripts.sft import make_parser

    said = [*("--config", str(path), "--use_cpu", "true", "--bf16", "false")]
    with warnings.catch_warnings():
        # TRL 1.16 sets the older name of `activation_checkpointing` by itself.
        warnings.filterwarnings("ignore", "`gradient_checkpointing` is deprecated", FutureWarning)
        return list(make_parser().parse_args_and_config(said))


def test_trl_reads_every_key_of_its_config(tmp_path: Path) -> None:
    tune = {"learning_rate": 1e-5, "max_tokens": 512, "batch_tokens": 4096, "warmup": 0.1}
    told(tmp_path, "trl", **tune, rank=8, schedule="constant", max_steps=7, method="rslora")
    script, training, model, _ = parsed(tmp_path / "export/trl/trl.yaml")
    assert (script.dataset_name, script.dataset_train_split, script.dataset_test_split) == (
        "./trl",
        "train",
        "validation",
    )
    assert (model.model_name_or_path, model.dtype, model.use_peft) == (
        "some/model",
        "bfloat16",
        True,
    )
    assert (model.lora_r, model.lora_alpha, model.lora_dropout) == (8, 32, 0.0)
    assert (model.lora_target_modules, model.use_rslora, model.use_dora) == (
        "all-linear",
        True,
        False,
    )
    assert (training.learning_rate, training.warmup_steps, training.max_steps) == (1e-5, 0.1, 7)
    assert training.lr_scheduler_type == "constant_with_warmup"
    assert (training.packing, training.packing_strategy, training.max_length) == (True, "bfd", 512)
    assert training.per_device_train_batch_size * training.gradient_accumulation_steps == 8
    assert (training.assistant_only_loss, training.gradient_checkpointing) == (True, False)
    assert training.report_to == []


def test_trl_reads_the_config_of_every_method(tmp_path: Path) -> None:
    for method in ("full", "lora", "dora", "qlora"):
        told(tmp_path / method, "trl", method=method, precision="float32", patience=2)
        _, _, model, _ = parsed(tmp_path / method / "export/trl/trl.yaml")
        assert (model.use_peft, model.use_dora) == (method != "full", method == "dora")
        assert (model.load_in_4bit, model.dtype) == (method == "qlora", "float32")


@pytest.mark.parametrize("method", ["full", "lora", "rslora", "dora", "qlora"])
def test_axolotl_and_llama_factory_know_every_key(tmp_path: Path, method: str) -> None:
    from transformers import TrainingArguments

    tune = {"method": method, "max_steps": 3, "patience": 2, "compile": "on", "learn_from": "last"}
    known = {field.name for field in dataclasses.fields(TrainingArguments)}
    assert set(told(tmp_path / "a", "axolotl", **tune)) <= AXOLOTL_KEYS
    assert set(told(tmp_path / "b", "llama_factory", **tune)) <= LLAMA_FACTORY_KEYS | known


def test_the_trainers_are_told_the_same(tmp_path: Path) -> None:
    tune = {"learning_rate": 1e-5, "max_tokens": 512, "micro_tokens": 1024, "batch_tokens": 8192}
    tune |= {"rank": 4, "alpha": 4, "epochs": 2.0, "weight_decay": 0.1, "eval_every": 5}
    trl = told(tmp_path / "t", "trl", **tune)
    axolotl = told(tmp_path / "a", "axolotl", **tune)
    factory = told(tmp_path / "l", "llama_factory", **tune)
    words = (  # what TRL, axolotl and LLaMA-Factory call the same
        ("model_name_or_path", "base_model", "model_name_or_path", "some/model"),
        ("max_length", "sequence_len", "cutoff_len", 512),
        ("per_device_train_batch_size", "micro_batch_size", "per_device_train_batch_size", 2),
        *((name,) * 3 + (8,) for name in ("gradient_accumulation_steps",)),
        ("num_train_epochs", "num_epochs", "num_train_epochs", 2.0),
        ("warmup_steps", "warmup_ratio", "warmup_ratio", 0.03),
        ("lora_r", "lora_r", "lora_rank", 4),
        ("packing", "sample_packing", "neat_packing", True),
        *((name, name, name, 5) for name in ("eval_steps", "save_steps")),
        *((name, name, name, 0.1) for name in ("weight_decay",)),
        ("learning_rate", "learning_rate", "learning_rate", 1e-5),
        ("seed", "seed", "seed", 0),
    )
    for in_trl, in_axolotl, in_factory, value in words:
        assert trl[in_trl] == axolotl[in_axolotl] == factory[in_factory] == value, in_trl


def test_over_long_records_are_as_the_recipe_says_where_a_trainer_asks(tmp_path: Path) -> None:
    for policy, said in (("skip", "drop"), ("truncate", "truncate"), ("error", "raise")):
        found = told(tmp_path / policy, "axolotl", over_long=policy)
        assert found["excess_length_strategy"] == said


def test_a_config_asks_for_the_splits_of_the_training(tmp_path: Path) -> None:
    records = [chat(f"text {i}", str(i)) for i in range(40)]
    run = run_of(tmp_path, *records, tune={"splits": {"train": 80, "validation": 20}})
    assert list(export(run, "trl", config=True).files) == ["train", "validation"]
    whole = export(run, "trl")
    assert (list(whole.files), config(whole)["dataset_train_split"]) == (["data"], "train")
    assert "eval_strategy" not in config(whole)


def test_a_recipe_without_a_training_gets_a_config_where_it_is_asked_for(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(40)))
    plain = export(run, "trl")
    assert ("trl.yaml" in names_in(plain.folder), plain.command) == (False, "")
    asked = export(run, "trl", config=True)
    assert asked.command == "trl sft --config trl/trl.yaml"
    assert asked.command in (asked.folder / "README.md").read_text()
    taught = run_of(tmp_path / "b", *(chat("a", "b"),), tune={})
    assert "trl.yaml" in names_in(export(taught, "trl").folder)
    assert "trl.yaml" not in names_in(export(taught, "trl", config=False).folder)


def test_a_model_only_curator_can_make_is_to_be_replaced(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "b"), tune={})
    text = (export(run, "trl").folder / "trl.yaml").read_text()
    assert "model_name_or_path: MODEL\n" in text
    assert "Replace MODEL" in text
    named = export_run(run, Export(to="trl"), tune=Tune(model="some/model"))
    assert config(named)["model_name_or_path"] == "some/model"


def test_judged_answers_get_no_config_and_a_word_about_it(tmp_path: Path) -> None:
    run = run_of(tmp_path, pair("a", "b", "c"), tune={})
    for to in ("trl", "llama_factory"):
        result = export(run, to, config=True)
        assert f"{to}.yaml" not in names_in(result.folder)
        assert (result.command, "No config is written" in result.caution) == ("", True)
    assert "base_model" not in config(export(run, "axolotl"))


def test_a_shape_has_no_config(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="alpaca has no config: one goes with trl, llama"):
        export(run_of(tmp_path, chat("a", "b")), "alpaca", config=True)
    run = run_of(tmp_path, chat("a", "b"), tune={})
    with pytest.raises(RecipeError, match="loads no folder of `as: hf`"):
        export(run, "trl", config=True, **{"as": "hf"})
    assert not export(run, "trl", **{"as": "hf"}).command


def _last_only(path: Path) -> Run:
    return run_of(path, chat("a", "b", "c", "d"), tune={"learn_from": "last"})


def test_the_last_answer_alone_is_learnt_where_the_recipe_says_so(tmp_path: Path) -> None:
    (row,) = rows_in(export(_last_only(tmp_path), "trl").folder / "data.jsonl")
    assert [turn["content"] for turn in row["prompt"]] == ["a", "b", "c"]
    assert [turn["content"] for turn in row["completion"]] == ["d"]
    result = export(_last_only(tmp_path), "axolotl")
    (row,) = rows_in(result.folder / "data.jsonl")
    assert [turn["train"] for turn in row["messages"]] == [False, False, False, True]
    assert config(result)["datasets"][0]["message_field_training"] == "train"
    assert config(export(_last_only(tmp_path), "llama_factory"))["mask_history"] is True


def test_nothing_outside_the_machine_is_named(tmp_path: Path) -> None:
    assert told(tmp_path / "a", "trl")["env"] == {"HF_HUB_DISABLE_TELEMETRY": "1"}
    for to in ("trl", "llama_factory"):
        assert told(tmp_path / to, to)["report_to"] == "none"
    run = run_of(tmp_path, chat("a", "b"), tune={})
    assert export(run, "axolotl").command.startswith("AXOLOTL_DO_NOT_TRACK=1 ")


def test_answers_in_a_prompt_column_are_not_learnt(tmp_path: Path) -> None:
    """Where all rows are such, TRL has the prompt apart; axolotl has marks; the rest is told."""
    run = run_of(tmp_path, chat("a", "b", "c", "d"), tune={})
    run.all = run.all.with_columns(shape=pl.lit("prompt_completion"))
    (row,) = rows_in(export(run, "trl").folder / "data.jsonl")
    assert [len(row["prompt"]), len(row["completion"])] == [3, 1]
    (row,) = rows_in(export(run, "axolotl").folder / "data.jsonl")
    assert [turn["train"] for turn in row["messages"]] == [False, False, False, True]
    result = export(run, "llama_factory")
    assert list(result.left_out) == [
        "an answer that is not to be learnt, for which LLaMA-Factory has no mark"
    ]


def test_a_record_with_nothing_to_learn_is_left_out(tmp_path: Path) -> None:
    record = chat("a", "b")
    record.messages[1]["weight"] = 0.0
    run = run_of(tmp_path, chat("c", "d"), record, tune={})
    result = export(run, "axolotl")
    assert (result.counts, list(result.left_out)) == (
        {"data": 1},
        ["no answer that is to be learnt"],
    )


def test_a_model_in_a_folder_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    for model in ("./base", "base", str(tmp_path / "base")):
        found = told(tmp_path / "run", "trl", chat("a", "b"), model=model)
        assert found["model_name_or_path"] == str(tmp_path / "base")
    assert told(tmp_path / "run", "trl", model="hub:a/b")["model_name_or_path"] == "a/b"


def test_a_release_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    said = {"model": str(tmp_path / "base")}
    run = run_of(tmp_path, chat("a", "b"), tune=said, export=[{"to": "trl"}])
    assert without_paths(run.recipe).tune == Tune(model="./base")
    shown = export_run(run, Export(to="trl"), tune=without_paths(run.recipe).tune)
    assert config(shown)["model_name_or_path"] == "./base"
    assert str(tmp_path) not in (shown.folder / "README.md").read_text()
