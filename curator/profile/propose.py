"""Propose: a commented recipe whose thresholds suit the data."""

from collections.abc import Sequence

from curator.filters import FILTERS
from curator.filters.length import Length
from curator.profile.look import Look
from curator.profile.model import QUANTILES, Profile
from curator.remote import is_remote

_SHORT, _LONG = 5, 50
_ALL = 0.99
"""From this share on, all prompts have a shared opening, but for strays."""
_MUCH = 0.2
_ROUND = (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)


def propose_recipe(name: str, paths: Sequence[str], profile: Profile, look: Look) -> str:
    """Write a recipe for these paths; every choice has its reason beside it."""
    parts = [
        f"# {_looked_at(profile)}; made by `curator init`, yours to change.",
        f"name: {name}",
        "",
        "input:",
        *(line for path in paths for line in _input(path, look)),
        *(
            f"  # {source.name}: {source.shape} ({source.confidence:.0%} sure), {source.container}"
            for source in profile.sources[:20]
        ),
        "",
        *_repairs(profile),
        "",
        "# Every filter measures every record; a record's reason is the first that drops it.",
        "filters:",
        *_filters(profile),
        "",
        "export:",
        f"  - to: {_target(profile)}",
        "    splits: {train: 95, validation: 5}   # leak-free: near-duplicates never straddle",
        "",
        "seed: 0",
    ]
    return "\n".join(parts) + "\n"


def _looked_at(profile: Profile) -> str:
    """Say how many records the counts below are about."""
    if profile.is_whole:
        return f"All {profile.records:,} records looked at"
    return f"The first {profile.records:,} records looked at, so counts are of those"


def _input(path: str, look: Look) -> list[str]:
    lines = [f"  - path: {_quoted(path)}"]
    if look.shape:
        lines.append(f"    format: {look.shape}")
    if look.allow_private and is_remote(path):
        lines.append("    allow_private: true")
    return lines


def _quoted(text: str) -> str:
    import yaml

    dumped = yaml.safe_dump(text, allow_unicode=True, width=10_000).strip()
    return dumped.removesuffix("\n...").strip()


def _repairs(profile: Profile) -> list[str]:
    why = {
        "unicode": "mojibake and control characters",
        "special_tokens": "end-of-text and chat markers at the ends of turns",
        "placeholders": "<noinput> and the like where nothing was meant",
        "whitespace": "trailing blanks and stray invisible characters",
    }
    lines = ["# What is mended before measuring; every change is recorded.", "repairs:"]
    for name, purpose in why.items():
        count = profile.repairs.get(name, 0)
        lines.append(f"  - {name:<15} # {purpose}: {count:,} records")
    lines.append(
        "  # - redact        # personal values and secrets become [EMAIL_1], [KEY_1] and so on"
    )
    return lines


_APART = frozenset(
    {
        *("structure", "reasoning", "empty", "length", "exact_duplicate", "near_duplicate"),
        *("safety", "counterfactual", "decontaminate", "ifd", "judge"),
        *("quality", "diversity", "semantic_duplicate"),
    }
)
"""Filters with a place of their own in the list, or with none: what needs a model or a set that the
recipe names is nobody's default."""
_OFFERED = (
    "  # - filter: counterfactual   # decides nothing: audits the scorer of toxicity",
    "  # - filter: quality          # decides nothing: grades answers, for `select:` and `prefer:`",
    "  # - filter: diversity        # decides nothing: the map of the data in the report",
    "  # - filter: decontaminate    # drops questions of the evaluation sets that you name",
    "  #   paths: [benchmarks/]",
)
"""Filters that are not in the list, and what they would be for."""


def _filters(profile: Profile) -> list[str]:
    longest = {view: _ceiling(profile, view) for view in ("response", "prompt")}
    lines = [f"  - filter: {tag}" for tag in ("structure", "reasoning", "empty", "length")]
    lines += [
        "    min_words: 1            # short answers are answers",
        f"    max_words: {longest['response'][0]:<12} # {longest['response'][1]}",
        "  - filter: length",
        "    name: prompt_length",
        "    view: prompt",
        *_shortest(profile),
        f"    max_words: {longest['prompt'][0]:<12} # {longest['prompt'][1]}",
    ]
    tags = [str(leaf.model_fields["filter"].default) for leaf in FILTERS]
    lines += [f"  - filter: {tag}" for tag in tags if tag not in _APART]
    lines += _OFFERED
    lines += ["  - filter: exact_duplicate", "  - filter: near_duplicate"]
    lines += _view(profile) + _similarity(profile)
    return [*lines, "  # - filter: semantic_duplicate   # the same request in other words"]


def _covered(profile: Profile) -> float:
    """Return the share of the prompts that begin with a shared opening."""
    return sum(preamble.records for preamble in profile.preambles) / max(profile.records, 1)


def _shortest(profile: Profile) -> list[str]:
    """Choose the fewest words of a prompt: more than the preamble, where all have one."""
    if not profile.preambles or _covered(profile) < _ALL:
        return ["    min_words: 1"]
    words = min(preamble.words for preamble in profile.preambles)
    return [
        f"    min_words: {words + 1:<12} # a shared opening alone has {words}, and asks nothing"
    ]


def _view(profile: Profile) -> list[str]:
    """Choose what duplicates compare: where prompts open alike, never the prompts alone."""
    if not profile.preambles:
        return []
    most = [f"{one.records:,} with {one.chars:,} characters" for one in profile.preambles[:3]]
    return [
        f"    # {_covered(profile):.0%} of the prompts share an opening ({', '.join(most)}),",
        "    # so prompts look alike: similar responses are what tells them apart",
        "    view: pair              # of prompt and response the smaller similarity counts",
    ]


def _similarity(profile: Profile) -> list[str]:
    """Choose the similarity of duplicates: stricter where equal answers prove little.

    A short answer equals many others, so that the prompts alone decide; and long prompts that
    share a passage, or a preamble, but ask different things are similar. Of such pairs about one in
    eight was wrongly dropped at 0.8, one in twenty at 0.95 (read by eye, docs/quality.md).
    """
    prompts, responses = profile.lengths.get("prompt"), profile.lengths.get("response")
    quarter, half = QUANTILES.index(0.25), QUANTILES.index(0.5)
    alike = (prompts is not None and prompts[half] >= _LONG) or _covered(profile) >= _MUCH
    if responses and responses[quarter] <= _SHORT and alike:
        return ["    min_similarity: 0.95    # answers are short, so equal answers prove little"]
    return ["    min_similarity: 0.8     # of prompt and of response; always a similarity"]


def _ceiling(profile: Profile, view: str) -> tuple[int, str]:
    """Choose the upper word limit: the default, or the next round number that loses under 1%."""
    default = int(Length.model_fields["max_words"].default)
    quantiles = profile.lengths.get(view)
    if not quantiles:
        return default, "the default"
    at_99 = quantiles[QUANTILES.index(0.99)]
    if at_99 <= default:
        return default, f"the default; 99% have at most {at_99:,.0f}"
    chosen = next((size for size in _ROUND if size >= at_99), int(at_99) + 1)
    return chosen, f"99% have at most {at_99:,.0f} words, the default {default:,} would lose more"


def _target(profile: Profile) -> str:
    return "preference" if profile.with_preference * 2 > profile.records else "messages"
