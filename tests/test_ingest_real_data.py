"""Real files: every row is read or quarantined, and comes back exactly."""

import gzip
import json
from typing import Any

import pytest

from curator.formats import is_same
from curator.ingest import Ingested, Source, read_source, sniff
from tests.conftest import data_file
from tests.test_ingest_containers import rows_of

pytestmark = pytest.mark.data

SHAPES = {
    "formats/alpaca_en_demo.json": "alpaca",
    "formats/alpaca_zh_demo.json": "alpaca",
    "formats/identity.json": "alpaca",
    "formats/lima.json": "alpaca",
    "formats/dpo_en_demo.json": "preference",
    "formats/kto_en_demo.json": "kto",
    "formats/glaive_toolcall_en_demo.json": "sharegpt",
    "formats/sharegpt_identity.json": "sharegpt",
    "formats/v1_sft_demo.jsonl": "messages",
    "instructions/alpaca_random_9k.json": "alpaca",
    "instructions/alpaca_zh_10k.json.gz": "alpaca",
    "instructions/code_alpaca_2k.json": "alpaca",
    "instructions/gsm8k_train_as_alpaca.json.gz": "alpaca",
    "instructions/toolformer_7k.json.gz": "alpaca",
    "instructions/t0_55k.jsonl.gz": "prompt_completion",
    "benchmarks/gsm8k_test.jsonl": "prompt_completion",
    "benchmarks/HumanEval.jsonl.gz": "prompt_completion",
    "tasks/dolly_categories.json": "alpaca",
}


def rows_in(path: str) -> list[Any]:
    """Read the rows as plainly as can be."""
    data = data_file(path).read_bytes()
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    if ".jsonl" in path:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    return list(json.loads(text))


@pytest.mark.parametrize(("path", "shape"), SHAPES.items())
def test_every_row_of_a_real_file_comes_back(path: str, shape: str) -> None:
    source = Source(data_file(path), path)
    assert sniff(source).shape == shape
    items = list(read_source(source))
    assert all(isinstance(item, Ingested) and item.record.raw is None for item in items)
    written, rows = rows_of(items), rows_in(path)
    assert len(written) == len(rows)
    assert all(map(is_same, written, rows))
    assert all(list(one) == list(other) for one, other in zip(written, rows, strict=True))


def test_only_the_two_broken_lines_are_quarantined() -> None:
    path = "formats/instruction_wild_broken_lines.jsonl"
    items = list(read_source(Source(data_file(path), "wild.jsonl")))
    assert len(items) == 248
    assert [item.error for item in items if not isinstance(item, Ingested)] == [
        "wild.jsonl:134: not valid JSON: Invalid \\escape at column 455",
        "wild.jsonl:168: not valid JSON: Invalid \\escape at column 69",
    ]
