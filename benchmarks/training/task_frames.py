"""Plain requests made of written frames: how most people and data sets ask."""

import random
import re
from pathlib import Path

import polars as pl
import yaml

FRAMES = Path(__file__).parent / "task_frames.yaml"
EACH = 80
"""Prompts of each fine class, as far as there are different ones."""
CAPITAL, BARE = 0.8, 0.2
"""How often a prompt begins with a capital letter, and how often it lacks its full stop."""
_SLOT = re.compile(r"\{(\w+)\}")


def read_frames(seed: int = 7, each: int = EACH) -> pl.DataFrame:
    """Fill the frames by chance; a frame is a group, held out as a whole."""
    told = yaml.safe_load(FRAMES.read_text("utf-8"))
    drawn = random.Random(seed)
    rows = [
        {"text": _filled(frame, told["slots"], drawn), "fine": fine, "group": f"frame:{frame}"}
        for fine, frames in told["frames"].items()
        for frame in (frames * (each // len(frames) + 1))[:each]
    ]
    found = pl.DataFrame(rows).unique("text", keep="first", maintain_order=True)
    return found.with_columns(set=pl.lit("frames"), weight=pl.lit(1.0))


def _filled(frame: str, slots: dict[str, list[str]], drawn: random.Random) -> str:
    text = _SLOT.sub(lambda found: str(drawn.choice(slots[found[1]])), frame)
    text = text[:1].upper() + text[1:] if drawn.random() < CAPITAL else text.lower()
    return text.rstrip(".") if drawn.random() < BARE else text
