"""Time IFD beside a loop that reads one row after another, on a model of random weights.

    python benchmarks/ifd_speed.py DATA [--rows 100] [--size tiny|gpt2]
    python benchmarks/ifd_speed.py DATA --model hub:./folder [--chosen 100 | --moved 100]

Records of alpaca_random_9k, as they come. The loop is what the published scripts do: one row at a
time, a forward for each of the two texts. Random weights cost what trained ones do. Printed are
records and tokens a second of both, the ratio, how far their scores are apart, and on a GPU the
share of the rate at which it multiplies bfloat16 matrices, measured here too. With a trained model
and `--chosen`, so many of the records that were published as the 5% to learn from by IFD are set
beside as many others of the same draw; with `--moved`, so many records beside the same ones whose
answers are put to other prompts.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from curator.filters.ifd import Ifd
from curator.models.quality_figures import auroc
from curator.records import Origin, Record, content_of, frame_of

_SIZES = {"tiny": (64, 2, 4), "gpt2": (768, 12, 12)}
_WORDS = 50_257
_SIDE = 8192
_FAR = 37
"""How many records further on an answer is put."""


def main() -> None:
    """Build the model if none is named, time both, and print one line a fact."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=100, help="records; 0 takes all")
    parser.add_argument("--size", choices=sorted(_SIZES), default="tiny")
    parser.add_argument("--model", help="a trained one: hub:<id or ./path>")
    parser.add_argument("--chosen", type=int, default=0, help="of the published 5%%, with --model")
    parser.add_argument("--moved", type=int, default=0, help="answers put elsewhere, with --model")
    told = parser.parse_args()
    if told.moved:
        beside_moved(Ifd(model=told.model), rows_of(told.data, told.moved))
        return
    if told.chosen:
        beside_published(told.data, Ifd(model=told.model), told.chosen)
        return
    rows = rows_of(told.data, told.rows)
    records = frame_of_rows(rows)
    with tempfile.TemporaryDirectory() as name:
        model = told.model or f"hub:{build(Path(name), rows, told.size)}"
        entry = Ifd(model=model, chat=False)
        entry.score(records.head(4))
        found, ours = timed(lambda: entry.score(records))
        wanted, theirs, tokens = loop(entry, rows)
        print(f"{entry.device()}; {records.height:,} records, {tokens:,} tokens")
        print(f"curator  {records.height / ours:10.1f} records/s  {tokens / ours:12,.0f} tokens/s")
        print(
            f"loop     {records.height / theirs:10.1f} records/s  {tokens / theirs:12,.0f} tokens/s"
        )
        print(f"ratio    {theirs / ours:10.2f}")
        compare(found, wanted)
        if torch.cuda.is_available():
            report_rate(entry, tokens / ours)


def rows_of(data: Path, rows: int) -> list[dict[str, str]]:
    """Read an even choice of the records in their order."""
    frame = pl.read_json(next(data.rglob("alpaca_random_9k.json")))
    if rows:
        frame = frame.gather_every(max(1, frame.height // rows)).head(rows)
    return frame.select(pl.all().cast(pl.String).fill_null("")).to_dicts()


def frame_of_rows(rows: Sequence[dict[str, str]]) -> pl.DataFrame:
    """Make records of rows in the alpaca format."""
    records = [
        Record(
            messages=[
                {"role": "user", "content": asked(row)},
                {"role": "assistant", "content": row["output"]},
            ]
        )
        for row in rows
    ]
    contents = [content_of(record) for record in records]
    origins = [Origin(f"{text}-{n}", text, "alpaca", n) for n, text in enumerate(contents)]
    return frame_of(records, origins)


def asked(row: dict[str, str]) -> str:
    """Join instruction and input."""
    return f"{row['instruction']}\n\n{row['input']}".strip()


def build(folder: Path, rows: Sequence[dict[str, str]], size: str) -> Path:
    """Write a GPT-2 of random weights, its tokenizer trained on the rows."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=_WORDS, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator((f"{asked(row)} {row['output']}" for row in rows), trainer)
    PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=1024).save_pretrained(folder)
    width, layers, heads = _SIZES[size]
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=_WORDS, n_embd=width, n_layer=layers, n_head=heads, bos_token_id=None
    )
    GPT2LMHeadModel(config).eval().save_pretrained(folder)
    return folder


def loop(entry: Ifd, rows: Sequence[dict[str, str]]) -> tuple[list[float | None], float, int]:
    """Score row by row in float32; return the ratios, the seconds, and the tokens of both texts."""
    folder = (entry.model or "").removeprefix("hub:")
    where = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval().to(where)
    tokens = 0

    def score(row: dict[str, str]) -> float | None:
        nonlocal tokens
        before = tokenizer(entry.asked.replace("{prompt}", asked(row))).input_ids
        silent = tokenizer(entry.heading, add_special_tokens=False).input_ids
        tail = tokenizer(entry.heading + row["output"], add_special_tokens=False).input_ids
        if len(tail) <= len(silent) or len(before) + len(tail) > min(entry.max_tokens, 1024):
            return None
        tokens += len(before) + 2 * len(tail)
        given = mean_loss(model, before + tail, len(before) + len(silent), where)
        return given / mean_loss(model, tail, len(silent), where)

    found, seconds = timed(lambda: [score(row) for row in rows])
    return found, seconds, tokens


def mean_loss(model: Any, tokens: list[int], start: int, where: str) -> float:
    """Return the mean loss of the tokens from a place on, as the model computes it itself."""
    given = torch.tensor([tokens], device=where)
    labels = given.clone()
    labels[:, :start] = -100
    with torch.inference_mode():
        return float(model(input_ids=given, labels=labels).loss)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what came of some work and how long it took, all that it queued on a GPU included."""
    began = time.perf_counter()
    found = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return found, time.perf_counter() - began


def compare(found: pl.DataFrame, wanted: Sequence[float | None]) -> None:
    """Print how far the scores are apart at most; rows that one side does not judge are counted."""
    both = found.select("ifd_loss", pl.Series("loop", wanted, dtype=pl.Float64))
    judged = both.drop_nulls()
    apart = np.abs(judged["ifd_loss"].to_numpy() - judged["loop"].to_numpy()).max()
    print(f"apart    {apart:10.6f} at most, over {judged.height:,} records both judge")
    odd = both.filter(pl.col("ifd_loss").is_null() != pl.col("loop").is_null()).height
    print(f"judged by one side only: {odd}")


def report_rate(entry: Ifd, rate: float) -> None:
    """Print the share of the measured bfloat16 rate: two operations a weight and token."""
    sides = torch.randn(2, _SIDE, _SIDE, device="cuda", dtype=torch.bfloat16)
    timed(lambda: sides[0] @ sides[1])
    _, seconds = timed(lambda: [sides[0] @ sides[1] for _ in range(20)])
    folder = (entry.model or "").removeprefix("hub:")
    model = AutoModelForCausalLM.from_pretrained(folder)
    weights = sum(weight.numel() for weight in model.parameters())
    most = 20 * 2 * _SIDE**3 / seconds
    print(f"bfloat16 {most / 1e12:10.1f} TFLOP/s, of which {2 * weights * rate / most:.1%}")


def beside_published(data: Path, entry: Ifd, count: int) -> None:
    """Print how the records that were published as chosen by IFD score, and the others."""
    labels = pl.read_ndjson(next(data.rglob("alpaca_quality_labels.jsonl.gz")))
    drawn = labels.filter("in_random_9k")
    parts = []
    for chosen in (True, False):
        side = drawn.filter(pl.col("in_cherry_5pct") == chosen)
        parts.append(side.gather_every(max(1, side.height // count)).head(count))
    rows = pl.concat(parts)
    scored = entry.score(frame_of_rows(rows.to_dicts())).hstack(rows)
    judged = scored.drop_nulls("ifd_loss")
    print(f"{entry.device()}; {entry.model}; {judged.height} of {scored.height} records judged")
    published = judged["in_cherry_5pct"].cast(pl.Boolean).to_numpy()
    for name in ("ifd_loss", "ifd_ppl", "answer_tokens"):
        told = auroc(published, judged[name].cast(pl.Float64).to_numpy())
        print(f"AUROC of {name} for the published 5%: {told:.3f}")
    for part in judged.partition_by("in_cherry_5pct", maintain_order=True):
        ratios, tokens = part["ifd_loss"].to_numpy(), part["answer_tokens"].to_numpy()
        print(
            f"chosen {part['in_cherry_5pct'][0]}: median ifd_loss {np.median(ratios):.3f}, above 1 "
            f"{(ratios > 1).mean():.3f}, median answer_tokens {np.median(tokens):.0f}"
        )


def beside_moved(entry: Ifd, rows: Sequence[dict[str, str]]) -> None:
    """Print how many records are above 1, and how many once their answers stand elsewhere."""
    count = len(rows)
    others = [one | {"output": rows[(at + _FAR) % count]["output"]} for at, one in enumerate(rows)]
    for name, some in (("as they are", rows), ("moved", others)):
        ratios = entry.score(frame_of_rows(some))["ifd_loss"].drop_nulls().to_numpy()
        print(f"{name}: {(ratios > 1).mean():.2f} above 1, of {len(ratios)} that are judged")


if __name__ == "__main__":
    main()
