"""Closed answers: a yes or no, a number, a choice or a label, where two answers can disagree."""

from typing import Final

import polars as pl

FEW_WORDS: Final = 4
"""A label or a name has at most this many words."""
_SHORT: Final = 80
"""Bytes of the longest answer that is looked at as a whole."""
_ENDS: Final = (100, 160)
"""Characters at the head and the tail of a prompt in which the instruction is looked for."""

_YES = "yes|yeah|yep|true|correct|right|是|是的|对|正确|sí|si|oui|ja|да|はい"
_NO = "no|nope|false|incorrect|wrong|否|不是|不|不对|错|错误|不正确|non|nein|нет|いいえ"
_POLARITY = rf"^(?:{_YES}|{_NO})$|^(?:yes|no|sí|oui|non|ja|nein|да|нет|是的|不是)[\p{{Po}}]"
_NUMBER = r"[-\x{2212}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
_YEAR = r"^[12]\d{3}$"
_MARKED = (
    rf"####\s*\$?({_NUMBER})\s*$",
    rf"\\boxed\{{\$?({_NUMBER})\}}",
    rf"(?i)\b(?:final answer|answer)(?: is)?:? *\$?({_NUMBER})\.?\s*$",
)
_LEAD = (
    r"^(?:.*=\s*|(?:the|it|its|that|this|there|in|on|my|your) (?:[\w'-]+ ){0,8}?"
    r"(?:is|was|are|were) (?:about |approximately |the )?|(?:it|that|there)'s (?:the )?"
    r"|(?:the |final |correct )*(?:answer|result|label|sentiment|category) ?:\s*|答案是?:?\s*)"
)
_RIM = r"[\s\p{P}--[%#*&@/\\_-]]+"
_EDGES = rf"^{_RIM}|{_RIM}$"

_OPEN = (
    r"\b(?:write|generate|create|suggest|invent|compose|come up|brainstorm|think of|random\w*|"
    r"example|synonym|antonym|name (?:a|an|one|some|any|two|three)|"
    r"give (?:me )?(?:a|an|one|some|any)|tell me (?:a|an|one|some)|list|describe|recommend|"
    r"favou?rite|rewrite|rephrase|paraphrase|translate|complete|title|headline|rhymes?|summar\w+|"
    r"adjectives?|keywords?|concepts?|pick (?:a|an|one|some|any)|choose (?:a|an|any))\b"
    r"|写|生成|举|例子|建议|推荐|随机|翻译|改写|起名|列出|描述|同义|反义|总结|标题|创作|想象"
)
_HEDGED = (
    r"\b(?:may|might|could|would|should|likely|probably|feel\w*|opinion|think|any|some|fill|"
    r"opposite|meaning|best|good|purpose|main|definition|term|word|sentence|phrase|reason|way|"
    r"similar)\b"
)
_GUESS = r"\b(?:random\w*|pick|guess|estimate|any|think of|example|roughly|about how)\b|随机|估计"
_ASKS = (
    r"\b(?:who|whom|whose|when|where|which|what (?:is|was|are|were) the|what's the|"
    r"(?:in|on|at|for|by) (?:what|which)|"
    r"what (?:year|day|date|city|country|colou?r|name|type|kind)|"
    r"qui[eé]n|cu[aá]ndo|d[oó]nde|cu[aá]l|wer|wann|welche\w*|quand|où|quel\w*)\b"
    r"|谁|哪|何时|什么时候|首都"
)
_OFFERS = (
    r"\b(?:or|options?|choices?|choose|classif\w+|categor\w+|labels?|whether)\b|还是|选项|分类"
)
_CHOICE = r"^\(?([a-h])(?:[).:]|$)"


def closed_answers(prompt: pl.Expr, response: pl.Expr) -> list[pl.Expr]:
    """Return `kind`, `value` and `unit` of an answer that can be held against another.

    `kind` is polarity, choice, number or words (a short text that may be a label or a name); null
    where the answer is open. Numbers are compared within their `unit`.
    """
    told = response.str.to_lowercase().str.replace_all(_EDGES, "")
    bare = _bare(response, told)
    yes = told.str.contains(rf"^(?:{_YES})(?:[^\w]|$)")
    polarity = pl.when(told.str.contains(_POLARITY)).then(
        pl.when(yes).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    choice = bare.str.extract(_CHOICE)
    marked = pl.coalesce(response.str.extract(pattern) for pattern in _MARKED)
    number = _number(bare, marked, prompt)
    found = {"polarity": polarity, "choice": choice, "number": number, "words": bare}
    unit = bare.str.replace(_NUMBER, "").str.replace_all(_EDGES, "")
    alone = polarity.is_null() & choice.is_null() & marked.is_null() & number.is_not_null()
    kinds = [pl.when(value.is_not_null()).then(pl.lit(kind)) for kind, value in found.items()]
    return [
        pl.coalesce(kinds).alias("kind"),
        pl.coalesce(found.values()).alias("value"),
        pl.when(alone & ~number.str.contains(_YEAR)).then(unit).otherwise(pl.lit("")).alias("unit"),
    ]


def _bare(response: pl.Expr, told: pl.Expr) -> pl.Expr:
    """Return a short answer without "The answer is"; null where it is long, or a question."""
    asks = response.str.contains(r"[?\x{ff1f}]\s*$")
    short = pl.when(response.str.len_bytes() <= _SHORT, ~asks).then(told)
    bare = short.str.replace(_LEAD, "").str.replace_all(_EDGES, "")
    return pl.when(bare.str.count_matches(r"\S+").is_between(1, FEW_WORDS)).then(bare)


def _number(bare: pl.Expr, marked: pl.Expr, prompt: pl.Expr) -> pl.Expr:
    """Return the marked final number, or the only one; null where the prompt asks for a guess."""
    single = pl.when(bare.str.count_matches(_NUMBER) == 1).then(bare.str.extract(f"({_NUMBER})"))
    number = pl.coalesce(marked, single).str.replace_all(",", "").str.replace(r"\x{2212}", "-")
    return pl.when(~_instruction(prompt).str.contains(_GUESS)).then(number)


def is_open(prompt: pl.Expr) -> pl.Expr:
    """Say whether a prompt asks for one of many right answers."""
    return _instruction(prompt).str.contains(_OPEN)


def asks_for_a_fact(prompt: pl.Expr) -> pl.Expr:
    """Say whether a prompt asks who, when, where, which or what the thing is, for sure."""
    instruction = _instruction(prompt)
    return instruction.str.contains(_ASKS) & ~instruction.str.contains(_HEDGED)


def is_offered(prompt: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Say whether a prompt names the answer among others to choose from."""
    instruction = _instruction(prompt)
    return instruction.str.contains(_OFFERS) & instruction.str.contains(value, literal=True)


def _instruction(prompt: pl.Expr) -> pl.Expr:
    """Return the two ends of a prompt, where what is to be done is said."""
    ends = pl.concat_str(prompt.str.head(_ENDS[0]), prompt.str.tail(_ENDS[1]), separator=" ")
    return ends.str.to_lowercase()
