"""Clearing: find the score below which texts need not be shown to a costly model, on real data."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from curator.errors import ModelError
from curator.ingest import Ingested, Source, read_source, sniff
from curator.models import (
    RECALL,
    Clearing,
    Named,
    bundled_digest,
    find_threshold,
    keep_clearing,
    located,
    read_name,
    toxicity_judge,
)

_ROLES = frozenset({"user", "assistant"})


class Wanted(NamedTuple):
    """What a threshold has to keep: `recall` of what the costly model scores above `flags_from`."""

    flags_from: float = 0.5
    recall: float = RECALL


def calibrate(
    sources: Sequence[Source],
    named: Named,
    wanted: Wanted = Wanted(),  # noqa: B008 (a tuple)
    labels: Mapping[str, str] | None = None,
) -> Clearing:
    """Find the threshold on the turns of some data, and keep it with the models in the cache.

    No labels are needed: what the costly model says is the truth here.

    Raises:
        ModelError: the model is the bundled one, or flags too few of the texts.
    """
    if named.kind == "bundled":
        raise ModelError("the bundled model clears for others: name one of detoxify: or hub:")
    texts = texts_of(sources)
    cheap = toxicity_judge(read_name("bundled"), {}).score(texts)[:, 0].astype(np.float64)
    costly = toxicity_judge(named, labels or {}).score(texts)[:, 0]
    found = find_threshold(cheap.round(6), costly > wanted.flags_from, wanted.recall)
    keep_clearing(located(named).sha256, bundled_digest(), found)
    return found


def texts_of(sources: Sequence[Source]) -> list[str]:
    """List what users and assistants say in some files, each text once, in its order."""
    said = (
        turn.get("content")
        for source in sources
        for item in read_source(source, sniff(source))
        if isinstance(item, Ingested)
        for turn in item.record.messages
        if turn["role"] in _ROLES
    )
    return list(dict.fromkeys(text for text in said if text))
