"""Verdict: what an ablation shows, in sentences that a tired person understands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from curator.ablate.amounts import amount, change, loss
from curator.ablate.comparisons import Claim, Compared, Comparison, compare, means_of
from curator.ablate.remarks import limits_of, remarks_of
from curator.ablate.trial import (
    CLEAN,
    CURATED,
    DROPPED,
    LONGEST,
    OTHER,
    RANDOM,
    RAW,
    UNTOUCHED,
    Ablation,
)

Outcome = Literal["helped", "no better than random", "none", "hurt", "untold"]
_SETS = {
    CLEAN: "the clean held-out set",
    UNTOUCHED: "the held-out set as it came",
    OTHER: "the held-out set of another kind",
}
_MOST = 0.5
"""A filter without which more than this share of the gain is gone is named for most of it."""


class Said(NamedTuple):
    """A sentence about one comparison."""

    about: str
    claim: Claim
    text: str


@dataclass(frozen=True)
class Verdict:
    """What may be said of an ablation, and what not."""

    outcome: Outcome
    sentence: str
    said: tuple[Said, ...]
    remarks: tuple[str, ...]
    """What to keep in mind: lengths, epochs, what was planted."""
    limits: tuple[str, ...]
    """What the result does not show."""
    compared: Compared


def verdict_of(ablation: Ablation) -> Verdict:
    """Say what an ablation shows, from nothing but its trials and what was planned."""
    compared = compare(ablation)
    outcome = _outcome(compared)
    said = tuple(_sentences(ablation, compared))
    sentence = _sentence(ablation, compared, outcome)
    return Verdict(outcome, sentence, said, remarks_of(ablation), limits_of(ablation), compared)


def held_out_set(name: str) -> str:
    """Return a held-out set's name in words."""
    return _SETS.get(name, f"the held-out set {name}")


def _outcome(compared: Compared) -> Outcome:
    if compared.primary is None:
        return "untold"
    if compared.primary.claim != "helped":
        return compared.primary.claim
    random = compared.of(CURATED, RANDOM)
    return "no better than random" if random and random.claim != "helped" else "helped"


def _sentence(ablation: Ablation, compared: Compared, outcome: Outcome) -> str:
    main = compared.primary
    if main is None:
        return "Nothing can be claimed: CURATED and RAW have no seed in common yet."
    seeds = len(main.difference.by_seed)
    if outcome == "untold":
        few = "one seed" if seeds == 1 else "one held-out example"
        return f"Nothing can be claimed: {few} tells nothing of chance. {_plainly(main)}."
    where = f"on {held_out_set(main.asked.held_out)}"
    size = _of_seeds(amount(main.difference), seeds)
    equal = "at equal training tokens"
    if outcome == "none":
        changed = _of_seeds(change(main.difference), seeds)
        return f"No measurable effect: {where} the loss changed by {changed}, {equal}."
    if outcome == "hurt":
        return f"Curation hurt: {where} the loss rose by {size}, {equal}."
    if outcome == "no better than random":
        return (
            f"No better than fewer records taken at random: {where} the loss fell by {size} "
            f"against RAW, {equal}, but {_than_random(compared)}."
        )
    rest = f"{_mostly(compared)}{_but(compared)}"
    return f"Curation helped: {where} the loss fell by {size}, {equal}{rest}."


def _of_seeds(text: str, seeds: int) -> str:
    """Put the unit before the interval, and the seeds into it."""
    size, bracket, rest = text.partition(" (")
    inside = rest.removesuffix(")").removeprefix("95%: ")
    return f"{size} nats per token{bracket}95%: {inside}; {seeds} seeds)"


def _plainly(main: Comparison) -> str:
    went = "fell" if main.difference.change < 0 else "rose"
    return f"From RAW to CURATED the loss {went} by {amount(main.difference)} nats per token"


def _than_random(compared: Compared) -> str:
    random = compared.of(CURATED, RANDOM)
    if random is None or random.claim == "untold":
        return "whether as many random records do as well is not known"
    if random.claim == "hurt":
        return f"as many random records do better, by {amount(random.difference)}"
    return f"as many random records do as well ({change(random.difference)})"


def _mostly(compared: Compared) -> str:
    """Name the filter that most of the gain is gone without, where one is."""
    paid = [one for one in compared.filters if one.claim == "helped"]
    if not paid or compared.primary is None:
        return ""
    best = min(paid, key=lambda one: one.difference.change)
    if best.difference.change < _MOST * compared.primary.difference.change:
        return f"; most of it comes from `{best.about}`"
    return f"; the filter that pays off most is `{best.about}`"


def _but(compared: Compared) -> str:
    """Name the price where records of another kind are answered worse; raw ones are expected to."""
    other = [one for one in compared.elsewhere if one.asked.held_out == OTHER]
    if not other or other[0].claim != "hurt":
        return ""
    rose = amount(other[0].difference).partition(" (")[0]
    return f"; but on {held_out_set(OTHER)} it rose by {rose}"


def _sentences(ablation: Ablation, compared: Compared) -> Iterator[Said]:
    if compared.primary:
        yield Said(compared.primary.about, compared.primary.claim, _main(ablation, compared))
    for one in compared.beside:
        yield Said(one.about, one.claim, _beside(one))
    for one in sorted(compared.filters, key=lambda one: one.difference.change):
        yield Said(one.about, one.claim, _filter(ablation, one))
    for one in compared.elsewhere:
        yield Said(f"{one.about}, {one.asked.held_out}", one.claim, _elsewhere(one))


def _main(ablation: Ablation, compared: Compared) -> str:
    primary = ablation.planned.primary
    raw, curated = (means_of(ablation, arm, primary) for arm in (RAW, CURATED))
    means = [loss(sum(values) / len(values)) for values in (raw, curated)]
    text = (
        f"With the records as they came the loss is {means[0]} nats per token, curated {means[1]}."
    )
    main = compared.primary
    return f"{text} The difference is {main.held_back}." if main and main.held_back else text


def _beside(one: Comparison) -> str:
    size, moved = amount(one.difference), _moved(one)
    texts: dict[tuple[str, Claim], str] = {
        (RANDOM, "helped"): f"Better than as many random records, by {size}: which records stay "
        "matters, not how many.",
        (RANDOM, "none"): f"No measurable difference from as many random records: {moved}.",
        (RANDOM, "hurt"): f"Worse than as many random records, by {size}.",
        (LONGEST, "helped"): f"Better than the longest answers of as many records, by {size}: it "
        "is not length alone.",
        (LONGEST, "none"): f"No measurable difference from the longest answers: {moved}. Taking "
        "long answers would do as well.",
        (LONGEST, "hurt"): f"Worse than the longest answers of as many records, by {size}.",
        (DROPPED, "helped"): f"What was dropped teaches worse than all records, by {size}: the "
        "filters found what does harm.",
        (
            DROPPED,
            "none",
        ): f"What was dropped teaches no measurably worse than all records: {moved}.",
        (DROPPED, "hurt"): f"What was dropped teaches better than all records, by {size}: the "
        "filters drop good records.",
    }
    return texts.get((one.asked.other, one.claim), f"{one.about}: too few seeds to say, {moved}.")


def _moved(one: Comparison) -> str:
    return ", ".join(filter(None, (change(one.difference), one.held_back)))


def _filter(ablation: Ablation, one: Comparison) -> str:
    size, name = amount(one.difference), f"`{one.about}`"
    alone = next((arm.dropped_alone for arm in ablation.arms if arm.filter == one.about), None)
    drops = "" if alone is None else f" Records that only it drops: {alone:,}."
    if one.claim == "helped":
        return f"{name} paid off: without it the loss is {size} higher.{drops}"
    if one.claim == "hurt":
        return f"{name} hurt: without it the loss is {size} lower.{drops}"
    if one.claim == "none":
        return f"{name}: no measurable effect, {_moved(one)}.{drops}"
    return f"{name}: too few seeds to say, {_moved(one)}.{drops}"


def _elsewhere(one: Comparison) -> str:
    size, moved = amount(one.difference), _moved(one)
    where = held_out_set(one.asked.held_out)
    if one.claim == "none":
        return f"On {where} nothing measurable changed: {moved}."
    if one.claim == "untold":
        return f"On {where}: too few seeds to say, {moved}."
    if one.claim == "helped":
        return f"On {where} the loss fell by {size}."
    price = " This is the price: what was dropped is in there too." * (
        one.asked.held_out == UNTOUCHED
    )
    return f"On {where} the loss rose by {size}.{price}"
