"""What packing, attention by document, the chunked loss and batches are worth on a CPU.

    PYTHONPATH=. python benchmarks/training_speed.py loss|rows|nll|answers|plan

Each prints a line of JSON a way. Memory is the most that the process took, above what it held when
the work began; every way of `loss` runs in a process of its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, Qwen3Config

sys.path.insert(0, str(Path(__file__).parent / "gpu"))
from workload import examples_of, settings_of

from curator.training.attention import DOCUMENTS
from curator.training.batches import IGNORED, PackedRows, collate
from curator.training.conversation import Conversation
from curator.training.cross_entropy import Head, summed_loss
from curator.training.generate import generate
from curator.training.loss import with_chunked_loss
from curator.training.machine import machine
from curator.training.nll import nll
from curator.training.pack import pack
from curator.training.plan import plan
from curator.training.render import Renderer
from curator.training.shape import ModelShape
from curator.training.tiny import tiny_tokenizer

WORDS = 8192
TIMES = 2


def main() -> None:
    """Measure what was asked for."""
    torch.set_num_threads(1)
    measured = {"loss": loss, "rows": rows, "nll": losses, "answers": answers, "plan": planned}
    if len(sys.argv) > 2:  # noqa: PLR2004
        one_loss(sys.argv[2], int(sys.argv[3]))
    else:
        measured[sys.argv[1]]()


def tell(**facts: Any) -> None:
    """Print one result."""
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in facts.items()}))


def quickest(run: Callable[[], Any]) -> float:
    """Return the seconds of the quickest of a few runs, after one to warm up."""
    took = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return min(took[1:])


def peak() -> int:
    """Return the most bytes this process has taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def loss() -> None:
    """Compare the loss over all scores with the chunked one, each in its own process."""
    for words in (32_000, 151_936):
        for way in ("all", "learnt", "chunked"):
            command = [sys.executable, __file__, "loss", way, str(words)]
            print(
                subprocess.run(command, capture_output=True, text=True, check=True).stdout, end=""
            )


def one_loss(way: str, words: int) -> None:
    """Score 2,048 tokens of which 54% are learnt, forward and backward."""
    torch.manual_seed(0)
    hidden = torch.randn(2048, 256, requires_grad=True)
    weight = (torch.randn(words, 256) / 16).requires_grad_()
    labels = torch.randint(0, words, (2048,))
    labels[: round(2048 * 0.46)] = IGNORED
    learnt = (labels != IGNORED).nonzero().flatten()

    def run() -> None:
        hidden.grad = weight.grad = None
        if way == "chunked":
            total = summed_loss(hidden[learnt], labels[learnt], Head(weight))[0]
        else:
            chosen, targets = (hidden, labels) if way == "all" else (hidden[learnt], labels[learnt])
            total = torch.nn.functional.cross_entropy(
                chosen @ weight.T, targets, ignore_index=IGNORED, reduction="sum"
            )
        total.backward()

    before = 4096 * int(Path("/proc/self/statm").read_text().split()[1])
    seconds = quickest(run)
    tell(bench="loss", way=way, words=words, seconds=seconds, mib=(peak() - before) >> 20)


def model_of(width: int, layers: int, attention: str) -> Any:
    """Make a small model of Qwen3's shape."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=WORDS,
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 64,
        head_dim=32,
        tie_word_embeddings=True,
    )
    return AutoModelForCausalLM.from_config(config, attn_implementation=attention)


def rows() -> None:
    """Compare rows of padded records, packed rows under one mask, and packed rows by document."""
    for kind in ("alpaca", "tulu"):
        examples = examples_of(kind, 6000, WORDS, most=2048)
        tokens = sum(len(one) for one in examples)
        padded, packed = padded_batches(examples, 8), packed_batches(examples, 2048)
        for way, batches, attention in (
            ("padded", padded, "sdpa"),
            ("packed, one mask", packed, "sdpa"),
            ("packed, by document", packed, DOCUMENTS),
        ):
            model = with_chunked_loss(model_of(128, 2, attention))
            seconds = quickest(partial(learn, model, batches))
            tell(bench="rows", lengths=kind, way=way, tokens_per_second=round(tokens / seconds))


def learn(model: Any, batches: list[dict[str, Any]]) -> None:
    """Run forward and backward over batches."""
    for batch in batches:
        model(**batch).loss.backward()


def padded_batches(examples: list[Any], each: int) -> list[dict[str, Any]]:
    """Put records into batches as they come, padded to the longest of each."""
    found = []
    for start in range(0, len(examples), each):
        part = examples[start : start + each]
        longest = max(len(one) for one in part)
        places = PackedRows(part, [[i] for i in range(len(part))], longest, 0)
        found.append(batch_of([places[i] for i in range(len(part))]))
    return found


def packed_batches(examples: list[Any], width: int) -> list[dict[str, Any]]:
    """Pack records into rows, one a batch."""
    places = PackedRows(examples, pack([len(one) for one in examples], width), width, 0)
    return [batch_of([places[i]]) for i in range(len(places))]


def batch_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Collate, without what a model need not know."""
    return {name: value for name, value in collate(rows).items() if name != "segments"}


def losses() -> None:
    """Compare the losses of records in packed rows with those of one record after the other."""
    examples = examples_of("alpaca", 8192, WORDS, most=2048)
    model = model_of(128, 2, DOCUMENTS)
    plain = model_of(128, 2, "sdpa").eval()

    def one_by_one() -> None:
        for example in examples:
            tokens = torch.from_numpy(example.tokens).long()
            with torch.no_grad():
                scores = plain(input_ids=tokens[None], use_cache=False).logits[0]
            torch.nn.functional.cross_entropy(scores[:-1], tokens[1:], reduction="sum")

    tokens = sum(len(one) for one in examples)
    for way, run in (
        ("one by one", one_by_one),
        ("packed", lambda: nll(model, examples, 2048)),
    ):
        tell(bench="nll", way=way, tokens_per_second=round(tokens / quickest(run)))


def answers() -> None:
    """Compare answers in batches with one after the other."""
    renderer = Renderer(tiny_tokenizer(["a few words of text"], 300))
    model = model_of(128, 2, DOCUMENTS)
    asked = [
        Conversation(str(i), [{"role": "user", "content": "word " * (3 + i % 20)}])
        for i in range(32)
    ]
    for at_once in (1, 8, 32):
        run = partial(generate, model, renderer, asked, most_tokens=32, at_once=at_once)
        seconds = quickest(run)
        tell(bench="answers", at_once=at_once, tokens_per_second=round(32 * 32 / seconds))


def planned() -> None:
    """Compare the seconds of a plan with those that its passes take."""
    examples = examples_of("alpaca", 6000, WORDS, most=2048)
    lengths = [len(one) for one in examples]
    for width, layers in ((64, 2), (128, 2), (256, 4)):
        model = with_chunked_loss(model_of(width, layers, DOCUMENTS))
        found = plan(
            ModelShape.of(model.config), settings_of("toy", "full", "alpaca"), lengths, machine()
        )
        an_epoch = found.seconds and found.seconds * sum(lengths) / (found.steps * 2048)
        took = quickest(partial(learn, model, packed_batches(examples, found.row_tokens)))
        tell(bench="plan", width=width, layers=layers, planned=an_epoch, took=took)


if __name__ == "__main__":
    main()
