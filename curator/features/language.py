"""Language: what language each turn is written in, where its letters suffice to tell."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import ClassVar, TypedDict

import polars as pl

from curator.features.base import Feature
from curator.features.kind import kinds_of
from curator.models import Guess, card_of, kin, language_model
from curator.records import to_turns

Identify = Callable[[Sequence[str]], list[Guess]]

LANGUAGE = pl.Struct(
    {
        "language": pl.String,
        "confidence": pl.Float64,
        "other": pl.String,
        "other_confidence": pl.Float64,
    }
)
"""What is known of one turn; all is null where nothing was judged."""


class Said(TypedDict, total=False):
    """One turn's entry in the column."""

    language: str
    confidence: float
    other: str
    other_confidence: float


READ = 1_000
"""Characters of a turn that are looked at."""
DECIDES = 150
"""Characters that decide: more make no language likelier, and cost as much again."""
ENOUGH = 20
"""Letters from which on a text is judged. Of 474 Alpaca texts of 20 to 24 letters 21 get another
language than English, of 1,495 with 40 to 44 three; below 20 it is one in seven."""
ENOUGH_WORDS = 3
"""Words in small letters from which on a text is judged: a list of names has none."""
_DENSE_LETTERS = 4
"""How many letters a syllable or ideograph stands for."""
UNSURE = 0.95
"""Confidence below which sentences are judged too: two languages by halves give 0.65 to 0.93."""
MOST_SENTENCES = 3
"""Sentences that are judged, from the first to the last."""
SURE = 0.8
"""Confidence from which on a segment counts."""
SHARE = 0.2
"""Share of the judged letters from which on another language counts as one of the text's own."""

_LETTER = r"\p{L}"
_WORD = r"(?:^|[^\p{L}\p{M}])[\p{Ll}\p{Lo}][\p{L}\p{M}'\u2019-]+"
_DENSE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_FENCE = r"(?s)```.*?(?:```|\z)|~~~.*?(?:~~~|\z)"
_ASIDE = (
    r"`[^`\n]*`|<\|[^|>\n]{1,40}\|>|(?:https?://|www\.)\S+|\S+@\S+\.\w+|</?[a-zA-Z!][^<>\n]{0,200}>|\$[^$\n]{1,200}\$"
    r"|\\[a-zA-Z]+|\S*[/\\_]\S*[/\\_]\S*"
)
_QUOTED = r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»|„[^“”]*[“”]|「[^」]*」"
_CODE_SIGN = r"[{};=<>]|\w\([^()\n]*\)"
_SEGMENT = re.compile(r"[^\n.!?。！？…]+[\n.!?。！？…]*")  # noqa: RUF001 (full-width marks)
_JUDGED_ROLES = ("user", "assistant", "system")


class Language(Feature):
    """List for every turn its language, how sure that is, and a second language if it has one.

    Code, addresses, formulas and what is quoted within other words are left out, and what remains
    is cropped to its first 150 characters. A turn with fewer than twenty letters left, or nothing
    but names, is not judged: it would be a guess. Where the whole is uncertain its sentences are
    judged one by one, for it may be in two languages.
    """

    tag: ClassVar[str] = "language"
    reads_turns: ClassVar[bool] = True
    names_files: ClassVar[tuple[str, ...]] = ("model",)
    model: str = "lid.176.ftz"
    """Which model judges: a name of the catalogue, or the path of a fastText file."""

    def compute(self, records: pl.DataFrame) -> pl.Series:
        turns = (
            to_turns(records)
            .filter(pl.col("turn").is_not_null())
            .select("record", "role", text=pl.col("content"))
        )
        judged = self._judge(turns)
        listed = (
            turns.select("record", pl.Series("said", judged, dtype=LANGUAGE))
            .group_by("record", maintain_order=True)
            .agg("said")
        )
        rows = pl.DataFrame({"record": pl.int_range(records.height, dtype=pl.Int64, eager=True)})
        joined = rows.join(listed, on="record", how="left", maintain_order="left")
        said = joined.select(pl.col("said").fill_null(pl.lit([], dtype=pl.List(LANGUAGE))))
        return said.to_series().alias(self.tag)

    def files(self) -> dict[str, str]:
        card = card_of(self.model)
        return {card.name: card.sha256}

    def _judge(self, turns: pl.DataFrame) -> list[Said | None]:
        bare = _bare(turns)
        found: list[Said | None] = [None] * turns.height
        if bare.is_empty():
            return found
        identify = language_model(self.model).identify
        known: dict[str, Said] = {}
        for place, text in bare.iter_rows():
            if text not in known:
                known[text] = _judged(text, identify)
            found[place] = known[text]
        return found


def _bare(turns: pl.DataFrame) -> pl.DataFrame:
    """Return `place` and what is left of each turn that has enough words of its own to judge."""
    text = pl.col("text")
    letters = text.str.count_matches(_LETTER)
    dense = text.str.count_matches(_DENSE) * (_DENSE_LETTERS - 1)
    outside = text.str.replace_all(_QUOTED, " ")
    left = (
        turns.with_columns(pl.int_range(pl.len()).alias("place"), text.str.slice(0, READ))
        .filter(pl.col("role").is_in(_JUDGED_ROLES))
        .select("place", text.str.replace_all(_FENCE, "\n").str.replace_all(_ASIDE, " "))
        .with_columns(pl.when(outside.str.contains(_LETTER)).then(outside).otherwise(text))
        .filter(letters + dense >= ENOUGH)
        .filter(text.str.contains(_UNSPACED) | (_small().str.count_matches(_WORD) >= ENOUGH_WORDS))
    )
    coded = left.filter(text.str.contains(_CODE_SIGN))
    kinds = kinds_of(coded.select("text", asked=pl.lit(""), calls=pl.lit(value=False)))
    code = coded.filter(kinds.is_in(["code", "tool"]))
    return left.join(code, on="place", how="anti", maintain_order="left")


def _small() -> pl.Expr:
    """Return the text, in small letters where it is all in capitals."""
    text = pl.col("text")
    return pl.when(text.str.contains(r"\p{Ll}")).then(text).otherwise(text.str.to_lowercase())


def _judged(text: str, identify: Identify) -> Said:
    """Judge one text, in segments where the whole is uncertain."""
    (guess,) = identify([text[:DECIDES]])
    if guess.confidence < UNSURE and (parted := _parted(text, identify)):
        return parted
    return {"language": guess.language, "confidence": round(guess.confidence, 6)}


def _parted(text: str, identify: Identify) -> Said | None:
    """Judge a text by its segments; nothing where they do not agree on two languages at most."""
    segments = [part[:DECIDES] for part in _SEGMENT.findall(text) if _speaks(part)]
    if len(segments) > MOST_SENTENCES:
        step = (len(segments) - 1) / (MOST_SENTENCES - 1)
        segments = [segments[round(place * step)] for place in range(MOST_SENTENCES)]
    weights: defaultdict[str, float] = defaultdict(float)
    sure: dict[str, float] = {}
    for part, guess in zip(segments, identify(segments), strict=True):
        if guess.confidence >= SURE:
            weights[guess.language] += _letters(part)
            sure[guess.language] = max(sure.get(guess.language, 0), guess.confidence)
    whole = sum(map(_letters, segments))
    ranked = sorted(weights, key=lambda name: (-weights[name], name))
    if not ranked or sum(weights.values()) < whole / 2:
        return None
    main, rest = ranked[0], [name for name in ranked[1:] if kin(name) != kin(ranked[0])]
    said: Said = {"language": main, "confidence": round(sure[main], 6)}
    if rest and weights[rest[0]] >= SHARE * whole:
        said["other"], said["other_confidence"] = rest[0], round(sure[rest[0]], 6)
    return said


def _speaks(text: str) -> bool:
    """Say whether a sentence has letters enough, and not in names alone."""
    words = text.split()
    small = sum(word[0].isalpha() and not word[0].isupper() for word in words)
    return _letters(text) >= ENOUGH and (small >= ENOUGH_WORDS or len(words) < ENOUGH_WORDS)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
