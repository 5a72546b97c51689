"""Preambles: openings that many prompts share, which hide what really differs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = 64
"""Prompts are grouped by this many leading code points: longer than usual instruction openings
("Write a function that …"), shorter than the shortest preamble worth a remark."""
_FEWEST = 20
_SHARE = 0.01


@dataclass(frozen=True)
class Preamble:
    """An opening shared by `records` prompts: `chars` code points, `text` its first words."""

    records: int
    chars: int
    text: str


def shared_preambles(prompts: Sequence[str], most: int = 10) -> list[Preamble]:
    """Return openings of 64 code points or more that 20 prompts and 1% of all share.

    Each is as long as all its prompts agree; the commonest come first.
    """
    heads = Counter(prompt[:_HEAD] for prompt in prompts if len(prompt) > _HEAD)
    fewest = max(_FEWEST, _SHARE * len(prompts))
    common = {head for head, count in heads.most_common(most) if count >= fewest}
    groups: dict[str, list[str]] = {head: [] for head in common}
    for prompt in prompts:
        if prompt[:_HEAD] in common:
            groups[prompt[:_HEAD]].append(prompt)
    found = [_preamble(group) for group in groups.values()]
    return sorted(found, key=lambda preamble: (-preamble.records, preamble.text))


def _preamble(prompts: list[str]) -> Preamble:
    first, last = min(prompts), max(prompts)
    same = (
        place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other
    )
    chars = next(same, min(len(first), len(last)))
    return Preamble(len(prompts), chars, first[:_HEAD])
