"""The profile's own words: what it says of files, and of what is wrong in them."""

from dataclasses import dataclass, field

from curator.profile.preambles import Preamble

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Problem:
    """Something wrong with one row: where, and what."""

    place: str
    problem: str


@dataclass
class SourceProfile:
    """How one file was read, and what it gave."""

    name: str
    container: str
    shape: str | None
    confidence: float
    ranking: list[tuple[str, float]]
    rows: int = 0
    records: int = 0
    quarantined: int = 0


@dataclass
class Profile:
    """What some files hold. Lengths are in words; quantiles as in QUANTILES.

    `measured` says of how many records the texts were looked at. Where it is less than `records`,
    `lengths`, `scripts`, `preambles` and `repairs` are those of a sample; all else is of all.
    """

    sources: list[SourceProfile]
    records: int = 0
    measured: int = 0
    quarantined: int = 0
    is_whole: bool = True
    lengths: dict[str, list[float]] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)
    preambles: list[Preamble] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    with_system: int = 0
    with_tools: int = 0
    with_reasoning: int = 0
    with_preference: int = 0
    problem_count: int = 0
    problem_kinds: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
