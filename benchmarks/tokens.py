"""Tokens: how quickly conversations become packed rows, and how full these are.

    python benchmarks/tokens.py DATA

DATA is the folder with instructions/alpaca_random_9k.json and instructions/t0_55k.jsonl.gz. The
tokenizer is a byte-level BPE of 8,192 words learnt from the set itself; the template is ChatML,
with marks around its answers and without.
"""

import gzip
import json
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from curator.training.conversation import Conversation
from curator.training.lint import lint
from curator.training.pack import fill, pack
from curator.training.prepare import prepare
from curator.training.render import Renderer
from curator.training.tiny import TEMPLATE, tiny_tokenizer

WORDS = 8192
LEARNT_FROM = 9_000
LONGEST = 2048
WIDTHS = (2048, 4096, 16_384)


def main(data: Path) -> None:
    """Measure both sets."""
    for name, pairs in (("alpaca_random_9k", _alpaca(data)), ("t0_55k", _t0(data))):
        _measure(name, pairs)


def _alpaca(data: Path) -> list[tuple[str, str]]:
    rows = json.loads((data / "instructions/alpaca_random_9k.json").read_text("utf-8"))
    return [(f"{row['instruction']}\n\n{row['input']}".strip(), row["output"]) for row in rows]


def _t0(data: Path) -> list[tuple[str, str]]:
    with gzip.open(data / "instructions/t0_55k.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["prompt"], row["completion"].removesuffix("<|endoftext|>")) for row in rows]


def _measure(name: str, pairs: list[tuple[str, str]]) -> None:
    roles = ("user", "assistant")
    conversations = [
        Conversation(str(n), [{"role": r, "content": t} for r, t in zip(roles, pair, strict=True)])
        for n, pair in enumerate(pairs)
    ]
    tokenizer = tiny_tokenizer((f"{a} {b}" for a, b in pairs[:LEARNT_FROM]), WORDS)
    for kind, template in (("marked", TEMPLATE), ("derived", _unmarked(TEMPLATE))):
        tokenizer.chat_template = template
        renderer = Renderer(tokenizer)
        writing, _, _ = _timed(partial(list, map(renderer.written, conversations)))
        took, spent, made = _timed(
            partial(prepare, conversations, renderer, max_tokens=LONGEST, over_long="skip")
        )
        print(
            f"{name}, {kind}: {len(conversations):,} records, {made.tokens:,} tokens, "
            f"{made.supervised / made.tokens:.0%} learnt, {len(made.left_out):,} too long: "
            f"{took:.1f} s ({writing:.1f} s of it text), {spent:.1f} s of the processors, "
            f"{len(conversations) / took:,.0f} records/s, {made.tokens / took:,.0f} tokens/s"
        )
    took, _, found = _timed(partial(lint, conversations, made, renderer))
    print(f"{name}: {len(found)} notices in {took:.1f} s")
    for width in WIDTHS:
        took, _, rows = _timed(partial(pack, made.lengths, width))
        share = fill(made.lengths, len(rows), width)
        print(f"{name}: {len(rows):,} rows of {width:,}, {share:.2%} full, {took:.3f} s")


def _unmarked(template: str) -> str:
    return re.sub(r"{% (end)?generation %}", "", template)


def _timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the seconds by the clock and of all processors, and what came of it."""
    start, begun = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - start, time.process_time() - begun, found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
