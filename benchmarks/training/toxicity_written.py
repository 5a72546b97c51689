"""The written training sentences: templates of the YAML files beside it, their slots filled."""

import random
import re
from pathlib import Path

import polars as pl
import yaml

FILE = Path(__file__).with_name("toxicity_sentences.yaml")
MORE = Path(__file__).with_name("toxicity_more_sentences.yaml")
"""What was written after the static model had been trained."""
HELD_EVERY = 5
FILLINGS = 16
"""How many sentences one template with slots gives at most, where its block does not say."""
_SLOT = re.compile(r"\{(\w+)\}")


def read_written(file: Path = FILE, seed: int = 7) -> pl.DataFrame:
    """Fill every template; `held` marks those of every fifth template, kept out of training."""
    slots = yaml.safe_load(FILE.read_text("utf-8"))["slots"]
    blocks = yaml.safe_load(file.read_text("utf-8"))["blocks"]
    rng = random.Random(seed)
    rows = [
        {
            "set": "written",
            "group": f"written/{number}/{place}",
            "part": block["phenomenon"],
            "text": text,
            "toxic": float(block["toxic"]),
            "identity": float(block["identity"]),
            "label": int(block["toxic"] > 0.5),  # noqa: PLR2004
            "held": place % HELD_EVERY == HELD_EVERY - 1,
            "share": 1.0 / len(texts),
        }
        for number, block in enumerate(blocks)
        for place, template in enumerate(block["templates"])
        for texts in [_fill(template, slots, block.get("fillings", FILLINGS), rng)]
        for text in texts
    ]
    return pl.DataFrame(rows, schema_overrides={"label": pl.Int8})


def _fill(template: str, slots: dict[str, list[str]], count: int, rng: random.Random) -> list[str]:
    texts = {template: None} if not _SLOT.search(template) else {}
    for _ in range(count):
        text = _SLOT.sub(lambda found: rng.choice(slots[found[1]]), template)
        texts[text[0].upper() + text[1:] if rng.random() < 0.5 else text] = None  # noqa: PLR2004
    return list(texts)
