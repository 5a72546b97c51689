"""The ablation of the small world at 30 to 60 million parameters, three seeds an arm, on one GPU.

    python benchmarks/gpu/ablation.py prepare FOLDER [--toy]   where curator is installed
    python benchmarks/gpu/ablation.py train FOLDER             where torch and transformers are
    python benchmarks/gpu/ablation.py report FOLDER            where curator is installed

`prepare` makes the data, curates it and writes the tokens of every arm; `train` needs no more of
curator than its training core, trains the base on drills and then every arm, and goes on where it
was stopped; `report` says what came of it. `--toy` is for a CPU.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from curator.ablate.average import Averaged
from curator.ablate.layout import rows_for
from curator.ablate.protocol import Budget
from curator.training.conversation import Example

if TYPE_CHECKING:
    from curator.ablate.texts import Reading
    from curator.run import Run

SEEDS = (0, 1, 2)
ARMS = ("RAW", "RANDOM@k", "CURATED", "CURATED without truncated")
DECAY = 0.98
LARGE = {"size": 7, "rows": 60_000, "drills": 60_000, "tokens": 900_000, "steps": 900}
TOY = {"size": 0, "rows": 600, "drills": 300, "tokens": 1_600, "steps": 10}
RATE = {"size": 1e-3, "toy": 3e-3}


def main() -> None:
    """Do one of the three parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["prepare", "train", "report"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--toy", action="store_true")
    said = parser.parse_args()
    if said.part == "prepare":
        prepare(said.folder, toy=said.toy)
    else:
        {"train": train_all, "report": report}[said.part](said.folder)


def prepare(folder: Path, *, toy: bool) -> None:
    """Write base, tokens of every arm and seed, of the drills, and of the held-out set."""
    from curator.ablate.base import LARGE as LARGE_SIZES
    from curator.ablate.base import SIZES, as_conversations, tiny_base
    from curator.ablate.micro import micro_run, planted_in, write_questions
    from curator.ablate.texts import Reading
    from curator.ablate.world import Mix, drills, held_out, messy
    from curator.training.model import load_tokenizer
    from curator.training.render import Renderer

    scale = TOY if toy else LARGE
    folder.mkdir(parents=True, exist_ok=True)
    write_questions(folder / "messy.jsonl", messy(scale["rows"], 0, Mix(truncated=300)))
    write_questions(folder / "clean.jsonl", held_out(300, 0))
    run = micro_run(None, folder / "messy.jsonl", folder / "run", lambda event: None)
    taught, clean = list(drills(scale["drills"], 0)), held_out(300, 0)
    words = [f"{one.prompt} {one.response}" for one in (*messy(3000, 0), *taught[:3000], *clean)]
    sizes = [*SIZES, *LARGE_SIZES]
    tiny_base(folder / "base", words, sizes[scale["size"]])
    reading = Reading(Renderer(load_tokenizer(folder / "base")), 256)
    _save_arms(folder, run, reading)
    for name, asked in (("drills", taught), ("clean", clean)):
        _save(folder / f"{name}.npz", [m[0] for m in reading.examples(as_conversations(asked))])
    facts = {"scale": scale, "rate": RATE["toy" if toy else "size"]}
    (folder / "scale.json").write_text(json.dumps(facts), "utf-8")
    print(json.dumps({"planted": planted_in(run).facts()}, indent=1))


def _save_arms(folder: Path, run: "Run", reading: "Reading") -> None:
    """Write the tokens of every arm, a file a seed."""
    from curator.ablate.arms import Pool, arms_of
    from curator.ablate.decided import kept_by, kept_without_each
    from curator.ablate.sides import sides_in
    from curator.ablate.texts import conversations_in_run, read_files

    sides = sides_in(run, read_files([folder / "clean.jsonl"], folder / "stdin"))
    usable = [
        one if on else None
        for one, on in zip(conversations_in_run(run), sides.training, strict=True)
    ]
    examples = reading.examples(usable)
    tokens = np.array([sum(int(e.supervised.sum()) for e in made) for made in examples])
    pool = Pool(sides.training & (tokens > 0), tokens, kept_by(run), kept_without_each(run))
    for arm in (arm for arm in arms_of(pool) if arm.name in ARMS):
        for seed in SEEDS:
            rows = arm.drawn(pool.tokens, seed)
            _save(folder / f"{arm.name}-{seed}.npz", [e for row in rows for e in examples[row]])


def train_all(folder: Path) -> None:
    """Train the base and then every arm with every seed; what is there is not done again."""
    facts = json.loads((folder / "scale.json").read_text("utf-8"))
    scale, base = facts["scale"], folder / "drilled"
    budget = Budget(scale["tokens"], scale["steps"], 1)
    if not base.is_dir():
        model, seconds, _ = _trained(folder / "base", _load(folder / "drills.npz"), budget, 0)
        model.save_pretrained(base)
        for path in (folder / "base").glob("token*"):
            (base / path.name).write_bytes(path.read_bytes())
        (base / "chat_template.jinja").write_text(
            (folder / "base" / "chat_template.jinja").read_text("utf-8"), "utf-8"
        )
        print(json.dumps({"base": model.num_parameters(), "seconds": seconds}), flush=True)
    clean = _load(folder / "clean.npz")
    for seed in SEEDS:
        for arm in ARMS:
            path = folder / f"result-{arm}-{seed}.json"
            if not path.exists():
                _write(
                    path, _result(base, _load(folder / f"{arm}-{seed}.npz"), clean, budget, seed)
                )
                print(path.name, flush=True)


def report(folder: Path) -> None:
    """Compare the arms as `curator ablate` does."""
    from curator.ablate.statistics import Drawing, Paired, differences, spread

    found: dict[str, Any] = {}
    tokens = np.array([1])
    for arm in ARMS:
        results = [json.loads((folder / f"result-{arm}-{s}.json").read_text()) for s in SEEDS]
        tokens = np.array(results[0]["tokens"])
        found[arm] = np.array([one["nll"] for one in results])
        means = found[arm].sum(axis=1) / tokens.sum()
        seen, took = [one["seen"] for one in results], results[0]["seconds"]
        print(f"{arm}: {means.mean():.4f} +- {spread(means):.4f} nats, {took:.0f} s, {seen}")
    for arm, base in (("CURATED", "RAW"), ("CURATED", "RANDOM@k"), ("CURATED", ARMS[-1])):
        (one,) = differences([Paired(found[arm] - found[base], tokens)], Drawing())
        print(f"{arm} against {base}: {json.dumps(asdict(one))}")


def _result(
    base: Path, examples: Sequence[Example], clean: Sequence[Example], budget: Budget, seed: int
) -> dict[str, Any]:
    from curator.training.nll import nll

    model, seconds, seen = _trained(base, examples, budget, seed)
    losses = nll(model, clean, 2048)
    return {
        "nll": losses.nll.tolist(),
        "tokens": losses.tokens.tolist(),
        "seconds": seconds,
        "seen": seen,
        "parameters": model.num_parameters(),
    }


def _trained(
    base: Path, examples: Sequence[Example], budget: Budget, seed: int
) -> tuple[Any, float, int]:
    """Train as `curator ablate` does, and say how long it took and how many tokens it saw."""
    from transformers import set_seed

    from curator.training.machine import machine
    from curator.training.model import load_model, load_tokenizer
    from curator.training.plan import plan
    from curator.training.shape import ModelShape
    from curator.training.train import train

    began, rows = time.perf_counter(), rows_for(examples, budget)
    rate = json.loads((base.parent / "scale.json").read_text("utf-8"))["rate"]
    settings = _settings(rate, budget.steps, rows.each * rows.width, seed)
    set_seed(seed)
    model = load_model(base, settings)
    lengths = [len(one) for one in examples]
    planned = plan(ModelShape.of(model.config), settings, lengths, machine())
    planned = replace(
        planned, row_tokens=rows.width, rows=1, accumulation=rows.each, steps=budget.steps
    )
    tokenizer = load_tokenizer(base if base.name == "base" else base.parent / "base")
    found = train(
        model, tokenizer, examples, [], settings, None, callbacks=[Averaged(DECAY)], planned=planned
    )
    seen = sum(line["supervised_tokens"] for line in found.history)
    return found.model, time.perf_counter() - began, seen


def _settings(rate: float, steps: int, batch: int, seed: int) -> Any:
    from curator.training.settings import Training

    return Training(
        method="full",
        rank=16,
        alpha=32,
        dropout=0.0,
        learning_rate=rate,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.0,
        max_grad_norm=1.0,
        epochs=1.0,
        max_steps=steps,
        batch_tokens=batch,
        max_tokens=256,
        micro_tokens=None,
        packing=True,
        checkpointing="off",
        compile="off",
        precision="float32",
        masters=False,
        eval_every=None,
        save_every=None,
        patience=None,
        deterministic=False,
        seed=seed,
    )


def _save(path: Path, examples: Sequence[Example]) -> None:
    ends = np.cumsum([len(one) for one in examples])
    tokens = np.concatenate([one.tokens for one in examples])
    np.savez_compressed(
        path, ends=ends, tokens=tokens, supervised=np.concatenate([e.supervised for e in examples])
    )


def _load(path: Path) -> list[Example]:
    with np.load(path) as file:
        cuts = file["ends"][:-1]
        both = zip(np.split(file["tokens"], cuts), np.split(file["supervised"], cuts), strict=True)
        return [Example(str(at), *pair) for at, pair in enumerate(both)]


def _write(path: Path, facts: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(facts), "utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    main()
