"""Remarks: what may explain a result besides the filters, and what it does not show."""

from collections.abc import Iterator

from curator.ablate.trial import CURATED, LONGEST, RANDOM, RAW, Ablation, ArmFacts
from curator.report.figures import number

_LONGER = 0.1
"""From this share on, answers are told to be longer or shorter."""
_REPEATED = 1.5
_SMALL = 1_000_000_000


def remarks_of(ablation: Ablation) -> tuple[str, ...]:
    """Return what else differs between the arms, and what the trials lack."""
    return (*_lengths(ablation), *_epochs(ablation), *_missing(ablation))


def limits_of(ablation: Ablation) -> tuple[str, ...]:
    """Return what the result does not show, in whole sentences."""
    small = (
        f"A model this small ({number(ablation.parameters)} parameters) need not rank data as a "
        "large one does."
    )
    other = "Another model may rank data differently."
    return (
        "It is about this recipe, this data and this model. "
        + (small if ablation.parameters < _SMALL else other),
        "A smaller loss means that held-out answers surprise the model less. It is not a judgement "
        "of the answers that the model itself writes.",
        "Every arm learns from equally many tokens. Where records are cheap and time is not, fewer "
        "records are a gain of their own, which the loss does not show.",
        "Leaving out one filter shows what it adds to the others: of two filters that drop the "
        "same records neither shows, though both would do.",
    )


def _arm(ablation: Ablation, name: str) -> ArmFacts | None:
    return next((arm for arm in ablation.arms if arm.name == name), None)


def _lengths(ablation: Ablation) -> Iterator[str]:
    raw, curated = _arm(ablation, RAW), _arm(ablation, CURATED)
    if raw is None or curated is None or not raw.mean_answer:
        return
    share = curated.mean_answer / raw.mean_answer - 1
    sizes = f"{curated.mean_answer:,.1f} tokens on average instead of {raw.mean_answer:,.1f}"
    if abs(share) < _LONGER:
        yield f"The kept answers are as long as before ({sizes})."
        return
    word = "longer" if share > 0 else "shorter"
    yield f"The kept answers are {abs(share):.0%} {word}: {sizes}."
    if _arm(ablation, LONGEST) is None:
        yield f"{LONGEST}, which would tell length from quality, was not run."


def _epochs(ablation: Ablation) -> Iterator[str]:
    raw, curated = (_mean_epochs(ablation, arm) for arm in (RAW, CURATED))
    if raw is None or curated is None:
        return
    text = (
        f"At equal training tokens each kept record was seen {curated:.1f} times, "
        f"each record of RAW {raw:.1f} times"
    )
    random = _mean_epochs(ablation, RANDOM)
    if curated < _REPEATED * raw:
        yield f"{text}."
    elif random is None:
        yield (
            f"{text}: part of the difference may be repetition, and {RANDOM}, "
            "which repeats as much, was not run."
        )
    else:
        yield f"{text}; {RANDOM}, seen {random:.1f} times, tells repetition from quality."


def _mean_epochs(ablation: Ablation, arm: str) -> float | None:
    found = [trial.epochs for trial in ablation.trials_of(arm)]
    return sum(found) / len(found) if found else None


def _missing(ablation: Ablation) -> Iterator[str]:
    planned = ablation.planned
    done = {(trial.arm, trial.seed) for trial in ablation.trials}
    wanted = [(arm, seed) for arm in planned.arms for seed in planned.seeds]
    missing = [one for one in wanted if one not in done]
    if missing:
        arms = sorted({arm for arm, _ in missing}, key=planned.arms.index)
        yield (
            f"{len(missing)} of {len(wanted)} planned trials are missing ({', '.join(arms)}): "
            "two arms are compared by the seeds that both have."
        )
