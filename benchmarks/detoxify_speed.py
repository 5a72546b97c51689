"""Time `Detoxify.predict` beside curator's own path, on random weights of the size of BERT-base.

    python benchmarks/detoxify_speed.py DATA [--rows 200] [--repeats 2]

Prompts and answers of alpaca_random_9k, as they come. Detoxify is given batches of 32 in the order
of the data, on a GPU if there is one. Random weights cost what trained ones do. Printed are texts a
second, the ratio, the greatest difference of a score over texts of up to 512 tokens, and on a GPU
the share of the rate at which it multiplies bfloat16 matrices, measured here too.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from detoxify import Detoxify
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from curator.models import CATEGORIES, Judge, described, read_name, toxicity_judge

_BATCH = 32
_WORDS = 20_000
_LONGEST = 512
_SIDE = 8192


def main() -> None:
    """Build the checkpoint, time both, and print one line a fact."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=200, help="records; 0 takes all")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--spread", type=float, default=0.02, help="of the random weights")
    told = parser.parse_args()
    texts = texts_of(told.data, told.rows)
    with tempfile.TemporaryDirectory() as name:
        os.environ["CURATOR_CACHE"] = f"{name}/cache"
        checkpoint = build(Path(name), texts, told.spread)
        judge = toxicity_judge(read_name(f"detoxify:{checkpoint}"), {})
        where = "cuda" if torch.cuda.is_available() else "cpu"
        peer = Detoxify(checkpoint=str(checkpoint), device=where)
        judge.score(texts[:_BATCH])
        in_batches(peer, texts[:_BATCH])
        print(f"{described()}; {len(texts):,} texts")
        ours = min(timed(lambda: judge.score(texts)) for _ in range(told.repeats))
        theirs = min(timed(lambda: in_batches(peer, texts)) for _ in range(told.repeats))
        report(ours, theirs, len(texts))
        tokens = [len(ids) for ids in peer.tokenizer(list(texts))["input_ids"]]
        compare(
            judge, peer, [one for one, size in zip(texts, tokens, strict=True) if size <= _LONGEST]
        )
        if where == "cuda":
            report_rate(peer.model, tokens, ours)


def texts_of(data: Path, rows: int) -> list[str]:
    """Read prompts and answers, an even choice of the records in their order."""
    frame = pl.read_json(next(data.rglob("alpaca_random_9k.json")))
    if rows:
        frame = frame.gather_every(max(1, frame.height // rows)).head(rows)
    return [
        text
        for row in frame.iter_rows(named=True)
        for text in (f"{row['instruction']}\n\n{row['input'] or ''}".strip(), row["output"] or "")
    ]


def build(folder: Path, texts: Sequence[str], spread: float) -> Path:
    """Write a checkpoint in Detoxify's format, its tokenizer knowing the commonest words."""
    counts = pl.Series(texts).str.to_lowercase().str.extract_all("[a-z]+").explode().value_counts()
    words = counts.sort("count", descending=True).to_series(0).drop_nulls().head(_WORDS).to_list()
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
    pieces += [f"##{letter}" for letter in letters]
    vocabulary = list(dict.fromkeys([*pieces, *words]))
    described_at = folder / "described"
    described_at.mkdir()
    (described_at / "vocab.txt").write_text("\n".join(vocabulary) + "\n", "utf-8")
    tokenizer = BertTokenizer(str(described_at / "vocab.txt"), model_max_length=512)
    tokenizer.save_pretrained(described_at)
    config = BertConfig(num_labels=len(CATEGORIES), initializer_range=spread)
    config.save_pretrained(described_at)
    torch.manual_seed(0)
    architecture = {
        "model_type": str(described_at),
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(CATEGORIES),
    }
    told = {"arch": {"args": architecture}, "dataset": {"args": {"classes": list(CATEGORIES)}}}
    weights = BertForSequenceClassification(config).state_dict()
    torch.save({"config": told, "state_dict": weights}, folder / "random.ckpt")
    return folder / "random.ckpt"


def in_batches(peer: Any, texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """Score by `Detoxify.predict`, 32 texts at a time in their order."""
    found = [peer.predict(list(texts[at : at + _BATCH])) for at in range(0, len(texts), _BATCH)]
    return np.array([[score for part in found for score in part[name]] for name in CATEGORIES]).T


def timed(work: Callable[[], Any]) -> float:
    """Return how long some work took, all that it queued on a GPU included."""
    began = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began


def report(ours: float, theirs: float, count: int) -> None:
    """Print both rates, and how many times as quick curator is."""
    print(f"curator           {count / ours:10.1f} texts/s")
    print(f"Detoxify.predict  {count / theirs:10.1f} texts/s")
    print(f"ratio             {theirs / ours:10.2f}")


def compare(judge: Judge, peer: Any, texts: Sequence[str]) -> None:
    """Print how far scores are apart at most; each side names the classes in its own order."""
    order = [judge.outputs.index(name) for name in CATEGORIES]
    apart = np.abs(judge.score(texts)[:, order] - in_batches(peer, texts))
    print(f"scores apart      {apart.max():10.5f} at most, over {len(texts):,} texts")


def report_rate(model: Any, tokens: Sequence[int], seconds: float) -> None:
    """Print the share of the measured bfloat16 rate, counting the tokens of texts alone."""
    sides = torch.randn(2, _SIDE, _SIDE, device="cuda", dtype=torch.bfloat16)
    timed(lambda: sides[0] @ sides[1])
    rate = 20 * 2 * _SIDE**3 / timed(lambda: [sides[0] @ sides[1] for _ in range(20)])
    matrices = [one for one in model.modules() if isinstance(one, torch.nn.Linear)]
    weights = sum(one.weight.numel() for one in matrices)
    layers, width = model.config.num_hidden_layers, model.config.hidden_size
    done = sum(2 * weights * size + 4 * layers * width * size**2 for size in tokens)
    print(f"bfloat16 rate     {rate / 1e12:10.1f} TFLOP/s, of which {done / seconds / rate:.1%}")


if __name__ == "__main__":
    main()
