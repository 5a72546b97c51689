"""Base: the models that trainings begin with, made here where no other is named."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import xxhash

from curator.ablate.layout import rows_for
from curator.ablate.protocol import Budget
from curator.ablate.world import Asked, drills, held_out, messy
from curator.places import cache_folder

if TYPE_CHECKING:
    from curator.ablate.training import Bench
    from curator.training.conversation import Conversation
    from curator.training.settings import Training

TINY_RATE = 3e-3
"""The learning rate of models that are made here."""
_SPREAD = 1.2
_MICRO = "2"
"""Raised when the micro base becomes another model."""
_DRILLS = 16_000
_DRILLED = Budget(tokens=128_000, steps=800, rows=2)


class Size(NamedTuple):
    """How large a model that is made here is."""

    width: int
    layers: int

    def parameters(self, words: int) -> int:
        """Return about how many weights it has."""
        return 12 * self.width**2 * self.layers + words * self.width


SIZES = (Size(64, 2), Size(96, 2), Size(128, 2), Size(192, 3), Size(256, 4), Size(384, 6))
"""From the smallest; a budget chooses."""
LARGE = (Size(512, 8), Size(640, 10))
"""About 27 and 52 million parameters: where there is a GPU."""
MICRO_SIZE = SIZES[1]


def tiny_base(folder: Path, texts: Iterable[str], size: Size) -> Path:
    """Make a small model whose weights begin larger than usual, so that a few steps teach it.

    Their spread is 1.2 over the root of the width: scores of words then begin spread by about 1.
    """
    import torch

    from curator.training.model import load_tokenizer, read_model
    from curator.training.quiet import without_bars
    from curator.training.tiny import make_tiny

    with without_bars():
        make_tiny(folder, texts, width=size.width, layers=size.layers)
        model = read_model(folder, precision="float32").cpu()
        usual = model.config.initializer_range
        with torch.no_grad():
            for weight in model.parameters():
                if weight.dim() > 1:
                    weight.mul_(_SPREAD / sqrt(size.width) / usual)
        model.save_pretrained(folder)
        load_tokenizer(folder).save_pretrained(folder)
    return folder


def micro_place(size: Size = MICRO_SIZE) -> Path:
    """Return where that model is kept, whether it has been made or not."""
    key = xxhash.xxh3_64_hexdigest(repr((_MICRO, size, _DRILLED, _DRILLS)).encode())
    return cache_folder() / "models" / f"ablate-micro-{key}"


def micro_base(settings: "Training", size: Size = MICRO_SIZE) -> Path:
    """Return a tiny model that knows rows of things, but not how it will be asked about them.

    It is trained once, on drills, and kept in the cache.
    """
    place = micro_place(size)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as temporary:
            made = _drilled(Path(temporary), settings, size)
            if not place.is_dir():
                shutil.move(made, place)
    return place


def _drilled(folder: Path, settings: "Training", size: Size) -> Path:
    from curator.ablate.training import trained
    from curator.training.quiet import without_bars

    words = [f"{one.prompt} {one.response}" for one in (*messy(2000, 0), *held_out(500, 0))]
    taught = list(drills(_DRILLS, 0))
    words += [f"{one.prompt} {one.response}" for one in taught[:2000]]
    bench = _bench(tiny_base(folder / "new", words, size), settings)
    examples = [made[0] for made in bench.reading.examples(as_conversations(taught)) if made]
    with without_bars():
        model, _ = trained(bench, examples, rows_for(examples, _DRILLED), 0)
        model.save_pretrained(folder / "drilled")
        bench.reading.renderer.tokenizer.save_pretrained(folder / "drilled")
    return folder / "drilled"


def _bench(folder: Path, settings: "Training") -> "Bench":
    from curator.ablate.texts import Reading
    from curator.ablate.training import Bench
    from curator.training.model import load_tokenizer
    from curator.training.render import Renderer

    reading = Reading(Renderer(load_tokenizer(folder)), settings.max_tokens)
    return Bench(folder, "", reading, settings, _DRILLED, {})


def as_conversations(asked: Sequence[Asked]) -> "list[Conversation]":
    """Return questions of the small world as conversations."""
    from curator.training.conversation import Conversation

    return [
        Conversation(
            f"{place:06d}",
            [
                {"role": "user", "content": one.prompt},
                {"role": "assistant", "content": one.response},
            ],
        )
        for place, one in enumerate(asked)
    ]
