"""Prompts without labels, of which the static task model learns what the encoder's head thinks."""

import random
from pathlib import Path

import polars as pl
from task_frames import read_frames
from task_sets import T0_ROWS, read_gsm8k, read_t0, read_tools, read_written

MORE_FRAMES, MORE_T0, MORE_GIVEN = 160, 12, 3
"""Prompts of each fine class from frames, of each template of t0, and of each written request."""
SEED = 11


def read_pool(data: Path) -> pl.DataFrame:
    """Return `text` and `group`, the group of whoever asks: what is held out stays so."""
    late = read_t0(data, T0_ROWS + MORE_T0).filter(pl.int_range(pl.len()).over("group") >= T0_ROWS)
    parts = [
        read_frames(SEED, MORE_FRAMES),
        late,
        read_gsm8k(data, 900)[600:],
        read_tools(data, 9),
        recombine(read_written(), late["text"].to_list()),
    ]
    found = pl.concat([part.select("text", "group") for part in parts])
    return found.with_columns(pl.col("text").str.strip_chars()).unique(
        "text", keep="first", maintain_order=True
    )


def recombine(written: pl.DataFrame, others: list[str]) -> pl.DataFrame:
    """Put texts that others gave under the requests of our prompts, and requests by themselves."""
    drawn = random.Random(SEED)
    parted = written.with_columns(pl.col("text").str.splitn("\n\n", 2).alias("parts")).unnest(
        "parts"
    )
    asked = parted.filter(pl.col("field_1").is_not_null())
    given = asked["field_1"].to_list()
    longer = [text[-900:].split(" ", 1)[-1] for text in others if len(text) > 900]  # noqa: PLR2004
    rows = [
        {"text": f"{request}\n\n{drawn.choice(longer if place == 0 else given)}", "group": group}
        for request, group in asked.select("field_0", "group").iter_rows()
        for place in range(MORE_GIVEN)
    ]
    return pl.DataFrame(rows)
