"""Quality signs: what can be counted of a prompt and its answer, to tell good ones from poor."""

import polars as pl

_SAID, _ASKED = pl.col("response"), pl.col("prompt")
_WORD = r"[\p{L}\p{N}]+(?:['\u2019][\p{L}]+)*"
_SENTENCE_END = r"[.!?][\"'\u201d\u2019)]*(?:\s|\z)"
_NUMBERED = r"(?m)^\s*\(?(?:\d{1,2}|[a-zA-Z])[.):]\s"
_BULLET = r"(?m)^\s*[-*\u2022]\s"
_COUNTED = r"(?i)\b(two|three|four|five|six|seven|eight|nine|ten|[2-9]|1\d|20)\b"
_NUMBERS = {
    name: str(number)
    for number, name in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2
    )
}
_MOST = 8_000
"""Characters of a text that are read, as many as the embedder reads."""

_RATES = {
    "numbers": r"\b\d[\d.,]*\b",
    "names": r"[\p{Ll},;:]\s+\p{Lu}\p{Ll}+",
    "quotes": r"[\"\u201c\u00ab`]",
    "examples": r"(?i)\b(?:for example|for instance|such as|e\.g\.|like a|including|namely)",
    "reasons": r"(?i)\b(?:because|since|therefore|thus|hence|so that|due to|as a result|which means"
    r"|this means|leads? to|reason|in order to|by \p{L}+ing)\b",
    "contrasts": r"(?i)\b(?:however|although|though|but|while|whereas|unless|except|instead|rather"
    r"|on the other hand|in contrast|depends?)\b",
    "steps": r"(?i)\b(?:first|second|third|then|next|after|finally|once|until|before)\b",
    "links": r"(?i)\b(?:additionally|furthermore|moreover|also|in addition|as well as)\b",
    "hedges": r"(?i)\b(?:may|might|could|perhaps|possibly|usually|often|generally|typically)\b",
    "vague": r"(?i)\b(?:various|many|several|things?|stuff|etc|some|important|good|nice|great"
    r"|different|very|really|lots?|aspects?|factors?)\b",
    "filler": r"(?i)\b(?:it is important to|plays? an? (?:important|vital|crucial|key) role"
    r"|in conclusion"
    r"|overall|in today's|a (?:wide|broad) (?:range|variety)|essential|crucial|needless to say"
    r"|at the end of the day|it is worth noting|when it comes to)",
    "you": r"(?i)\b(?:you|your|yours|yourself)\b",
    "me": r"(?i)\b(?:i|my|me|mine)\b",
    "we": r"(?i)\b(?:we|our|us)\b",
    "commas": r"[,;:]",
    "brackets": r"\(",
    "exclaims": r"!",
    "asks": r"\?",
    "long_words": r"\b\p{L}{9,}\b",
    "small_words": r"(?i)\b(?:the|of|to|in|and|a|is|that|for|with)\b",
}
_MARKS = {
    "refuses": r"(?i)(?:\bsorry\b|\bcannot\b|\bcan't (?:help|answer|do|provide)|\bunable to\b"
    r"|\bas an ai\b"
    r"|\bnot (?:able|possible) to\b|\bi (?:do not|don't) (?:know|have))",
    "wants_more": r"(?i)(?:please provide|no input|need more (?:information|context)"
    r"|not enough information"
    r"|could you (?:clarify|provide))",
    "dodges": r"(?i)(?:it depends|there (?:are|is) (?:many|a lot|no)|hard to say|look it up"
    r"|up to you"
    r"|search online|do some research|varies)",
    "opens_small": r"^\s*\p{Ll}",
    "opens_chatty": r"(?i)^\s*(?:sure|certainly|of course|great question|absolutely|here (?:is"
    r"|are)|well,)",
    "ends_well": r"[.!?:)\]}\"'\u201d`|*]\s*\z",
    "code": r"```|(?m:^\s*(?:def|class|import|function|SELECT|#include|for|return"
    r"|print)\b.*[(){};:=])|</\p{L}+>",
    "table": r"(?m)^\s*\|.*\|\s*$",
    "emphasis": r"\*\*[^*\n]+\*\*|(?m:^#{1,4}\s)",
    "colon_list": r":\s*\n",
    "slot": r"\[[A-Z][^\]\n]{2,30}\]|<[A-Za-z ]{2,20}>|\{\{",
    "verse": r"(?m)\A(?:[^\n]{5,60}\n+){3,}",
    "equation": r"\d\s*[-+*/x=\x{d7}\x{f7}]\s*\d",
}
_ASKS = {
    "why": r"(?i)\b(?:why|how|explain|describe|discuss|what (?:is|are) the (?:difference"
    r"|benefits?|effects?"
    r"|causes?|impacts?|advantages?))\b",
    "what": r"(?i)\b(?:what|who|when|where|which)\b",
    "make": r"(?i)\b(?:write|create|compose|generate|design|construct|develop|draft|come up with"
    r"|invent)\b",
    "list": r"(?i)\b(?:list|name|give|suggest|provide|examples?|ideas)\b",
    "change": r"(?i)\b(?:rewrite|edit|correct|convert|change|paraphrase|translate|summari[sz]e"
    r"|shorten|fix"
    r"|replace|rearrange|reword|transform|complete)\b",
    "choose": r"(?i)\b(?:classify|categori[sz]e|identify|select|choose|determine|find|label"
    r"|detect|predict"
    r"|true or false|yes or no|odd one|best)\b",
    "reckon": r"(?i)\b(?:calculate|compute|solve|how (?:many|much|far|long)|sum|average|evaluate"
    r"|equation)\b",
    "code": r"(?i)\b(?:code|function|python|javascript|java|sql|html|css|program|algorithm|regex"
    r"|script|query)\b",
    "brief": r"(?i)\b(?:short|brief|briefly|one (?:word|sentence|line)|single|concise"
    r"|in a sentence|tweet"
    r"|slogan|headline|title)\b",
    "full": r"(?i)\b(?:detailed|in detail|essay|paragraphs?|article|thorough|in-depth"
    r"|comprehensive|report|blog)\b",
    "creative": r"(?i)\b(?:story|poem|haiku|song|joke|dialogue|scene|metaphor|character|fiction"
    r"|limerick)\b",
    "advice": r"(?i)\b(?:tips?|advice|should i|how (?:can|do|to)|ways|steps|recipe|plan"
    r"|recommend|instructions)\b",
    "question": r"\?",
    "given": r"\n\s*\n|:\s*\n",
}
ANSWERS = ("why", "make", "list", "change", "choose", "reckon", "code", "brief", "given")
"""What is asked that decides how long an answer should be: each has a sign of length of its own."""


def quality_signs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Count the signs of `prompt` and `response`: a column of floats each, one row a pair."""
    texts = pairs.select(pl.col("prompt", "response").fill_null("").str.slice(0, _MOST))
    counted = texts.with_columns(
        _SAID.str.count_matches(_WORD).cast(pl.Float64).alias("n"),
        _ASKED.str.count_matches(_WORD).cast(pl.Float64).alias("asked"),
        _words(_SAID).alias("said_words"),
        _words(_ASKED).alias("asked_words"),
    )
    found = counted.select(**_lengths(), **_forms(), **_wordings(), **_asked())
    return found.with_columns(
        (pl.col(f"ask_{one}") * pl.col("words")).alias(f"words_if_{one}") for one in ANSWERS
    ).cast(pl.Float64)


def specific_share() -> pl.Expr:
    """Return the share of a response's words that are numbers, names or lead to examples."""
    counts = pl.sum_horizontal(
        _SAID.str.count_matches(_RATES[name]) for name in ("numbers", "names", "examples")
    )
    words = _SAID.str.count_matches(_WORD).clip(1)
    return (counts / words).clip(0, 1)


def _words(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.extract_all(r"\p{L}{3,}")


def _lengths() -> dict[str, pl.Expr]:
    words = pl.col("n").log1p()
    return {
        "words": words,
        "words_above_20": (words - 3).clip(0),
        "words_above_55": (words - 4).clip(0),
        "words_above_120": (words - 4.8).clip(0),
        "words_asked": pl.col("asked").log1p(),
        "words_ratio": words - pl.col("asked").log1p(),
    }


def _forms() -> dict[str, pl.Expr]:
    numbered = _SAID.str.count_matches(_NUMBERED).cast(pl.Float64)
    bullets = _SAID.str.count_matches(_BULLET).cast(pl.Float64)
    lines = (_SAID.str.count_matches(r"\n+") + 1).cast(pl.Float64)
    sentences = _SAID.str.count_matches(_SENTENCE_END).cast(pl.Float64)
    items = pl.max_horizontal(numbered, bullets)
    listed = pl.max_horizontal(items, pl.when(lines > 1).then(lines).otherwise(0))
    named = _ASKED.str.extract(_COUNTED).str.to_lowercase().replace(_NUMBERS)
    wanted = named.cast(pl.Float64, strict=False).fill_null(0)
    return {
        "form_numbered": numbered.log1p(),
        "form_bullets": bullets.log1p(),
        "form_lines": lines.log(),
        "form_sentences": sentences.log1p(),
        "form_sentence_words": (pl.col("n") / (sentences + 1)).log1p(),
        "form_item_words": pl.when(items > 1).then((pl.col("n") / items).log1p()).otherwise(0),
        "form_counted": ((wanted > 1) & (listed >= wanted)).cast(pl.Float64),
        "form_miscounted": ((wanted > 1) & (items > 0) & (items != wanted)).cast(pl.Float64),
        **{
            f"form_{name}": _SAID.str.contains(sign).cast(pl.Float64)
            for name, sign in _MARKS.items()
        },
    }


def _wordings() -> dict[str, pl.Expr]:
    said, asked = pl.col("said_words"), pl.col("asked_words")
    kinds, whole = said.list.n_unique().cast(pl.Float64), said.list.len().cast(pl.Float64)
    shared = said.list.set_intersection(asked).list.len().cast(pl.Float64)
    rates = {
        f"rate_{name}": (_SAID.str.count_matches(sign) / (pl.col("n") + 10)).sqrt()
        for name, sign in _RATES.items()
    }
    letters = _SAID.str.count_matches(r"\p{L}").cast(pl.Float64)
    return {
        **rates,
        "word_kinds": (kinds + 1).log() / (whole + 2).log(),
        "word_kinds_count": (kinds + 1).log(),
        "word_length": letters / (pl.col("n") + 1),
        "shared_of_said": shared / (kinds + 1),
        "shared_of_asked": shared / (asked.list.n_unique() + 1),
        "copied": _SAID.str.strip_chars().str.slice(0, 60).pipe(_is_in_prompt),
    }


def _is_in_prompt(start: pl.Expr) -> pl.Expr:
    return (_ASKED.str.contains(start, literal=True) & (start.str.len_chars() > 0)).cast(pl.Float64)


def _asked() -> dict[str, pl.Expr]:
    return {
        f"ask_{name}": _ASKED.str.contains(sign).cast(pl.Float64) for name, sign in _ASKS.items()
    }
