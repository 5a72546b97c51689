"""What the task model learns from: our own prompts, and sets that may be trained on.

Each row: `text`, `fine` (its class), `also` (a second coarse class), `domain`, `form`,
`difficulty` (null where nobody said; of a prompt that asks for nothing clear, `fine` too), `set`,
`group` (what is held out as a whole) and `weight`.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
from task_frames import read_frames

from curator.diversity.taxonomy import COARSE, DOMAINS, FINE, FORMS

WRITTEN = Path(__file__).parent / "task_prompts"
FINE_OF_TYPE = {
    "answer_verification": "classification.verification",
    "closed_book_qa": "question_answering.open_question",
    "commonsense_open_qa": "question_answering.open_question",
    "data_to_text": "generation.sentence",
    "dialogue_generation": "generation.dialogue",
    "entity_guessing": "question_answering.open_question",
    "extractive_qa": "question_answering.closed_question",
    "information_extraction": "extraction.facts",
    "keyword_extraction": "extraction.keywords",
    "multiple_choice_qa": "question_answering.multiple_choice",
    "paraphrase_generation": "rewriting.paraphrase",
    "paraphrase_identification": "classification.verification",
    "question_generation": "generation.question",
    "question_type_classification": "classification.topic",
    "reading_comprehension_qa": "question_answering.closed_question",
    "relation_extraction": "extraction.relation",
    "sentiment_classification": "classification.sentiment",
    "summarization": "summarisation.summary",
    "text_generation": "generation.article",
    "title_generation": "summarisation.title",
    "topic_classification": "classification.topic",
    "topic_prediction": "extraction.keywords",
}
"""Our class for each task type of t0. A free topic (`topic_prediction`) is a key word of a text."""
FINE_OF_TEMPLATE = {
    "wiki_bio_who": "generation.article",
    "cnn_dailymail_3_0_0_generate_story": "generation.story",
    "cnn_dailymail_3_0_0_spice_up_story": "generation.story",
    "duorc_ParaphraseRC_build_story_around_qa": "generation.story",
    "duorc_SelfRC_build_story_around_qa": "generation.story",
    "cnn_dailymail_3_0_0_write_an_outline": "summarisation.key_points",
    "cnn_dailymail_3_0_0_news_stock": "summarisation.key_points",
    "multi_news_what_are_the_key_points": "summarisation.key_points",
    "gigaword_generate_summary_for_this": "summarisation.title",
}
"""Templates that ask for something else than most of their type."""
T0_ROWS = 60
"""Rows of each template of t0 that are learnt from; templates count alike."""
UNSURE = "unsure"
"""What our prompts call one of which nobody could say what it asks for."""
_END = "<|endoftext|>"


def read_all(data: Path) -> pl.DataFrame:
    """Read every prompt that is learnt from."""
    parts = [read_written(), read_frames(), read_t0(data), read_gsm8k(data), read_tools(data)]
    return pl.concat(parts, how="diagonal").with_columns(pl.col("text").str.strip_chars())


def read_written() -> pl.DataFrame:
    """Read our own prompts; each is a group of its own."""
    rows: list[dict[str, Any]] = []
    for path in sorted(WRITTEN.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            row = json.loads(line)
            name = None if row["coarse"] == UNSURE else f"{row['coarse']}.{row['fine']}"
            _check(path, number, row, name)
            also = row["also"] if row["also"] in COARSE and row["also"] != row["coarse"] else None
            rows.append(
                {
                    "text": row["prompt"],
                    "fine": name,
                    "also": also,
                    "domain": row["domain"],
                    "form": row["form"],
                    "difficulty": float(row["difficulty"]),
                    "set": "written",
                    "group": f"{path.stem}:{number}",
                    "weight": 1.0,
                }
            )
    return pl.DataFrame(rows, schema_overrides={"also": pl.String})


def _check(path: Path, number: int, row: dict[str, Any], name: str | None) -> None:
    known = name is None or (name in FINE and row["form"] in FORMS)
    known &= row["domain"] in DOMAINS
    if not known:
        raise SystemExit(f"{path.name}:{number + 1} names a class that there is not: {row}")


def read_t0(data: Path, rows: int = T0_ROWS) -> pl.DataFrame:
    """Read so many rows of each template of t0, the first by the hash of the prompt."""
    types = pl.read_csv(data / "tasks/t0_template_task_types.csv")
    prompts = pl.read_ndjson(_unpacked(data / "instructions/t0_55k.jsonl.gz"))
    return (
        prompts.join(types.select("template", "task_type"), on="template")
        .with_columns(pl.col("prompt").hash(7).rank("ordinal").over("template").alias("rank"))
        .filter(pl.col("rank") <= rows)
        .sort("template", "rank")
        .select(
            text="prompt",
            answer=pl.col("completion").str.replace(_END, "", literal=True),
            fine=pl.col("template").replace_strict(
                FINE_OF_TEMPLATE, default=pl.col("task_type").replace_strict(FINE_OF_TYPE)
            ),
            set=pl.lit("t0"),
            group="template",
            weight=pl.lit(1.0),
        )
    )


def read_gsm8k(data: Path, rows: int = 600) -> pl.DataFrame:
    """Read word problems."""
    found = json.loads(_unpacked(data / "instructions/gsm8k_train_as_alpaca.json.gz"))
    texts = [row["instruction"] for row in found][:rows]
    return _plain(texts, ["reasoning.word_problem"] * len(texts), "gsm8k")


def read_tools(data: Path, every: int = 8) -> pl.DataFrame:
    """Read requests with tools, one in so many: their preambles are few."""
    found = json.loads(_unpacked(data / "instructions/toolformer_7k.json.gz"))[::every]
    texts = [f"{row['instruction']}\n\n{row['input']}".strip() for row in found]
    return _plain(texts, ["tool_use.function_call"] * len(texts), "toolformer")


def _plain(texts: list[str], names: list[str], source: str) -> pl.DataFrame:
    groups = [f"{source}:{number}" for number in range(len(texts))]
    return pl.DataFrame({"text": texts, "fine": names, "group": groups}).with_columns(
        set=pl.lit(source), weight=pl.lit(1.0)
    )


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
