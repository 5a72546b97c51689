"""Hold our losses beside TRL's: of packed and of single records, and of every step of a training.

Usage: python benchmarks/trl_parity.py [DATA_FOLDER] [--records 600] [--steps 60]

Reads the first records of alpaca_random_9k, and makes a tiny model of random weights that has
learnt their words. Everything is calculated in float32 on one thread of a CPU; no network is
needed. TRL packs in its two ways, by best fit and `wrapped`, which cuts records where a row ends.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "OMP_NUM_THREADS": "1"}
sys.path.insert(0, str(Path(__file__).parent.parent))

import datasets
import torch
import transformers
from trl import pack_dataset
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from curator.training.conversation import Conversation, Example
from curator.training.model import load_tokenizer, read_model
from curator.training.nll import nll
from curator.training.prepare import prepare
from curator.training.render import Renderer
from curator.training.tiny import make_tiny
from tests.training_settings import training
from tests.trl_oracle import apart, cut_of, rows_in_order, trained_by_trl, trained_here

WIDTH = 512
_IGNORED = -100
_RATES = {"full": 1e-3, "lora": 1e-3}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--steps", type=int, default=60)
    asked = parser.parse_args()
    file = asked.data / "instructions" / "alpaca_random_9k.json"
    if not file.exists():
        sys.exit(f"{file} is not there: name the data folder")
    _hush()
    told = read(file, asked.records)
    with tempfile.TemporaryDirectory() as folder:
        texts = [turn["content"] for one in told for turn in one.messages]
        base = make_tiny(Path(folder) / "base", texts)
        renderer = Renderer(load_tokenizer(base))
        examples = prepare(told, renderer, max_tokens=WIDTH, over_long="skip").examples
        print_losses(base, examples)
        print_trainings(base, examples, asked.steps, Path(folder))


def _hush() -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)


def read(file: Path, records: int) -> list[Conversation]:
    """Read records of an alpaca file as conversations."""
    rows = json.loads(file.read_text("utf-8"))[:records]
    asked = ["\n\n".join(filter(None, (row["instruction"], row["input"]))) for row in rows]
    return [
        Conversation(
            str(number),
            [
                {"role": "user", "content": question},
                {"role": "assistant", "content": row["output"]},
            ],
        )
        for number, (question, row) in enumerate(zip(asked, rows, strict=True))
    ]


def print_losses(base: Path, examples: Sequence[Example]) -> None:
    """Print what a model's loss on the answers is, by how records share rows."""
    model = read_model(base, precision="float32")
    longest = max(len(example) for example in examples)
    print("| rows | nats | supervised tokens |\n|---|---:|---:|")
    for name, width in (("ours, single", 0), (f"ours, packed to {WIDTH:,}", WIDTH)):
        parts = [[one] for one in examples] if not width else [list(examples)]
        found = [nll(model, part, width or longest) for part in parts]
        nats, tokens = (sum(float(getattr(x, a).sum()) for x in found) for a in ("nll", "tokens"))
        print(f"| {name} | {nats:,.5f} | {tokens:,.0f} |")
    for strategy in ("bfd", "wrapped"):
        nats, tokens = loss_of_trl(model, examples, strategy)
        print(f"| TRL, {strategy} | {nats:,.5f} | {tokens:,.0f} |")


def loss_of_trl(model: Any, examples: Sequence[Example], strategy: str) -> tuple[float, float]:
    """Return the sum of losses, and the number of tokens learnt, of rows that TRL packed."""
    rows = [
        {
            "input_ids": one.tokens.tolist(),
            "labels": [
                token if learnt else _IGNORED
                for token, learnt in zip(one.tokens.tolist(), one.supervised.tolist(), strict=True)
            ],
        }
        for one in examples
    ]
    packed = pack_dataset(datasets.Dataset.from_list(rows), WIDTH, strategy)
    collate = DataCollatorForLanguageModeling(0, padding_free=strategy == "bfd")
    nats, tokens = 0.0, 0.0
    with torch.inference_mode():
        for row in packed:
            batch = collate([row])
            labels = batch.pop("labels")[0, 1:]
            logits = model(**batch, use_cache=False).logits[0, :-1]
            losses = torch.nn.functional.cross_entropy(
                logits, labels, ignore_index=_IGNORED, reduction="none"
            )
            nats += float(losses.double().sum())
            tokens += float((labels != _IGNORED).sum())
    return nats, tokens


def print_trainings(base: Path, examples: Sequence[Example], steps: int, folder: Path) -> None:
    """Print how far apart two trainings on the same rows are, and what a step takes, with its
    share of setting up."""
    print("\n| method | steps | loss | gradient norm | weights | CPU ms a step, ours | TRL |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for method, rate in _RATES.items():
        settings = training(
            method=method,
            learning_rate=rate,
            max_steps=steps,
            max_tokens=WIDTH,
            batch_tokens=2 * WIDTH,
            compile="off",
        )
        cut = cut_of(base, settings, rows=1, accumulation=2)
        rows = rows_in_order(examples, settings, cut)
        start = time.process_time()
        theirs = trained_by_trl(base, rows, settings, cut, folder / method)
        between = time.process_time()
        ours = trained_here(base, examples, settings, cut)
        taken = [time.process_time() - between, between - start]
        found = apart(ours, theirs)
        told = [f"{found[word]:.1e}" for word in ("loss", "gradient_norm", "weights")]
        told += [f"{1000 * seconds / steps:.0f}" for seconds in taken]
        print(f"| {method} | {steps} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
