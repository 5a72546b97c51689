"""Fit the static task model: hashed words, signs and embeddings vote by adding up."""

from typing import NamedTuple

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from curator.diversity.taxonomy import COARSE, COARSE_OF, DOMAINS, FINE, FORMS, MOST_DIFFICULT
from curator.models._task_words_kernel import BUCKETS
from curator.models.task_text import Features

HIDDEN = 128
OUTPUTS = len(FINE) + len(DOMAINS) + len(FORMS) + 2
"""Fine classes, domains, forms, difficulty, and whether two things are asked for."""
BATCH = 256
SILENT = 0.15
"""How often one of the voters says nothing while they learn, so that none relies on another."""
FORGOTTEN = 0.3
"""Share of the hashed words that are left out of a prompt while the model learns."""
RARE = 10.0
"""What a prompt that asks for two things counts for: one of our own in sixteen does."""
SIDE_WEIGHT = 0.3
"""What domain, form and difficulty count for beside the class."""


TAUGHT = -2
"""What `fine` is where the encoder's head says what is likely."""


class Targets(NamedTuple):
    """What is to be learnt of each row; -1 or NaN where nobody said."""

    fine: torch.Tensor
    also: torch.Tensor
    domain: torch.Tensor
    form: torch.Tensor
    difficulty: torch.Tensor
    weight: torch.Tensor
    soft: torch.Tensor
    """Chances of the fine classes by the encoder's head, where `fine` is `TAUGHT`."""

    def at(self, places: NDArray[np.int64]) -> "Targets":
        """Return those of some rows."""
        return Targets(*(one[places] for one in self))


class Seen(NamedTuple):
    """What the model reads of each row."""

    hashed: Features
    meaning: NDArray[np.float32]
    votes: NDArray[np.float32]
    """What the rules add to the fine classes: the model learns what they do not know."""


class Voters(nn.Module):  # type: ignore[misc]
    """The three voters."""

    def __init__(self, signs: int, meaning: int) -> None:
        super().__init__()
        self.words = nn.EmbeddingBag(BUCKETS, OUTPUTS, mode="sum")
        nn.init.zeros_(self.words.weight)
        self.signs = nn.Linear(signs, OUTPUTS)
        self.hidden = nn.Linear(signs + meaning, HIDDEN)
        self.out = nn.Linear(HIDDEN, OUTPUTS)
        self.drop = nn.Dropout(0.2)

    def forward(
        self,
        words: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
        signs: torch.Tensor,
        meaning: torch.Tensor,
        ruled: torch.Tensor,
    ) -> torch.Tensor:
        """Return the outputs; while learning, voters fall silent at times."""
        found, starts, shares = words
        voted = self.words(found, starts, per_sample_weights=shares)
        seen = self.out(self.drop(torch.relu(self.hidden(torch.cat([signs, meaning], 1)))))
        if self.training:
            heard = torch.rand(len(signs), 1)
            voted, seen = voted * (heard > SILENT), seen * (heard < 1 - SILENT)
            ruled = ruled * (torch.rand(len(signs), 1) > SILENT)
        total: torch.Tensor = voted + seen + self.signs(signs)
        return functional.pad(ruled, (0, OUTPUTS - len(FINE))) + total


def targets_of(rows: pl.DataFrame) -> Targets:
    """Number what is to be learnt."""

    def places(column: str, names: tuple[str, ...]) -> torch.Tensor:
        numbers = {name: place for place, name in enumerate(names)}
        found = rows[column].replace_strict(numbers, default=-1, return_dtype=pl.Int64)
        return torch.tensor(found.fill_null(-1).to_numpy())

    written = (rows["set"] == "written").to_numpy()
    also = places("also", COARSE)
    also[torch.tensor(~written)] = -2
    return Targets(
        places("fine", FINE),
        also,
        places("domain", DOMAINS),
        places("form", FORMS),
        torch.tensor(rows["difficulty"].cast(pl.Float32).fill_null(float("nan")).to_numpy()),
        torch.tensor(rows["weight"].cast(pl.Float32).to_numpy()),
        torch.zeros(rows.height, len(FINE)),
    )


def taught(chances: NDArray[np.float64], weight: float) -> Targets:
    """Make targets of what the encoder's head thinks of a pool (Hinton et al. 2015)."""
    rows = len(chances)
    unsaid = torch.full((rows,), -1)
    return Targets(
        torch.full((rows,), TAUGHT),
        torch.full((rows,), -2),
        unsaid,
        unsaid,
        torch.full((rows,), float("nan")),
        torch.full((rows,), weight),
        torch.tensor(chances.astype(np.float32)),
    )


def fit(seen: Seen, wanted: Targets, epochs: int, seed: int) -> Voters:
    """Learn from all rows, each drawn in proportion to its weight."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Voters(seen.hashed.signs.shape[1], seen.meaning.shape[1])
    words = [model.words.weight]
    rest = [one for name, one in model.named_parameters() if not name.startswith("words")]
    optimizer = torch.optim.AdamW(
        [
            {"params": words, "lr": 8e-3, "weight_decay": 0.05},
            {"params": rest, "lr": 2e-3, "weight_decay": 0.02},
        ]
    )
    chance = wanted.weight.numpy().astype(np.float64)
    drawn = round(float(chance.sum()))
    steps = epochs * drawn // BATCH
    rates = [group["lr"] for group in optimizer.param_groups]
    model.train()
    for step in range(steps):
        places = rng.choice(len(chance), BATCH, p=chance / chance.sum())
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1, (step + 1) / 50) * (1 - step / steps)
        loss = loss_of(model(*batch_of(seen, places, rng)), wanted.at(places))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    return model


def loss_of(outputs: torch.Tensor, wanted: Targets) -> torch.Tensor:
    """Add up the losses of class, domain, form, difficulty and of a second class."""
    fine, domain, form, difficulty, two = split(outputs)
    own = torch.log_softmax(fine, 1)
    coarse = coarse_of(own)
    clear = wanted.fine >= 0
    truth = torch.tensor(COARSE_OF)[wanted.fine[clear]]
    losses = functional.nll_loss(own[clear], wanted.fine[clear])
    losses = losses + coarse_loss(coarse[clear], truth, wanted.also[clear])
    unclear, soft = wanted.fine == -1, wanted.fine == TAUGHT
    if unclear.any():
        losses = losses - coarse[unclear].mean() * unclear.float().mean()
    if soft.any():
        losses = losses - 2 * (wanted.soft[soft] * own[soft]).sum(1).mean() * soft.float().mean()
    return losses + SIDE_WEIGHT * _side_losses((domain, form, difficulty, two), wanted)


def _side_losses(outputs: tuple[torch.Tensor, ...], wanted: Targets) -> torch.Tensor:
    """Add up the losses of domain, form, difficulty and of a second class, where somebody said."""
    domain, form, difficulty, two = outputs
    losses = torch.zeros(())
    for found, target in ((domain, wanted.domain), (form, wanted.form)):
        if (target >= 0).any():
            losses = losses + functional.cross_entropy(found, target, ignore_index=-1)
    told = ~torch.isnan(wanted.difficulty)
    if told.any():
        losses = losses + functional.mse_loss(difficulty[told], wanted.difficulty[told])
    said = wanted.also > -2  # noqa: PLR2004 (-2 stands for: nobody said)
    if said.any():
        several = (wanted.also[said] >= 0).float()
        losses = losses + functional.binary_cross_entropy_with_logits(
            two[said], several, pos_weight=torch.tensor(RARE)
        )
    return losses


def coarse_loss(coarse: torch.Tensor, truth: torch.Tensor, also: torch.Tensor) -> torch.Tensor:
    """Return the loss over coarse classes, to which a second class may add a third."""
    both = (also >= 0).float()
    second = coarse.gather(1, also.clamp(min=0)[:, None])[:, 0]
    first = coarse.gather(1, truth[:, None])[:, 0]
    return -(first * (1 - 0.35 * both) + second * 0.35 * both).mean()


def coarse_of(fine: torch.Tensor) -> torch.Tensor:
    """Add up the log probabilities of fine classes to those of coarse classes."""
    members = [[i for i, at in enumerate(COARSE_OF) if at == place] for place in range(len(COARSE))]
    return torch.stack([torch.logsumexp(fine[:, one], 1) for one in members], 1)


def split(outputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Part the outputs by what they speak of."""
    fine, domain, form, rest = outputs.split([len(FINE), len(DOMAINS), len(FORMS), 2], 1)
    return fine, domain, form, (1 + MOST_DIFFICULT) / 2 + rest[:, 0], rest[:, 1]


def batch_of(
    seen: Seen, places: NDArray[np.int64], rng: np.random.Generator | None = None
) -> tuple[tuple[torch.Tensor, ...], torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gather some rows; with a generator, words are forgotten."""
    ends = seen.hashed.ends
    parts = [seen.hashed.hashed[(ends[i - 1] if i else 0) : ends[i]] for i in places]
    if rng is not None:
        parts = [part[rng.random(len(part)) >= FORGOTTEN] for part in parts]
    sizes = np.array([len(part) for part in parts])
    starts = torch.tensor(np.cumsum(sizes) - sizes)
    shares = torch.tensor(np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32))
    words = (torch.tensor(np.concatenate(parts).astype(np.int64)), starts, shares)
    signs = torch.tensor(seen.hashed.signs[places])
    return words, signs, torch.tensor(seen.meaning[places]), torch.tensor(seen.votes[places])


def outputs_of(model: Voters, seen: Seen) -> NDArray[np.float32]:
    """Return the outputs for all rows."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(seen.meaning), 1024):
            places = np.arange(start, min(start + 1024, len(seen.meaning)))
            found.append(model(*batch_of(seen, places)).numpy())
    return np.concatenate(found)
