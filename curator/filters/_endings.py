"""How texts end when they are cut, and when they only look so; for Rust's regex."""

# ruff: noqa: RUF001 (signs of other scripts are meant)
SPECIAL_TOKENS = r"(?:<\|[A-Za-z_]{2,30}\|>|</s>|<end_of_turn>)$"

_CUT_WORD = (
    r"(?:the|an|and|or|but|because|which|whose|their|our|your|my|into|than|although|while|whereas"
    r"|unless|nor|such as|und|oder|der|das|et|ou|les|des|los|las)"
)
CUT_END = rf"(?:[\p{{L}}\p{{N}})\"'][,，、]|[\p{{Ll}}\d,] {_CUT_WORD})$"
"""A comma, or a word no sentence ends with; "to", "in", "for", "is" or "a" can (log in, option a).
Small letters only: words in reverse order end in "The"."""
PROMPT_CUT_END = rf"[\p{{Ll}}\d,] {_CUT_WORD}$"
"""A comma at a prompt's end is a cue to go on ("In a nutshell,")."""
GREETING = (
    r"(?i)^\s*(?:dear|hi|hello|hey|good (?:morning|evening)|亲爱的|尊敬的|liebe|cher|chère|estimad)"
)

DOUBTFUL_END = r"(?:^|\s)[^\s#@]*[\p{Ll}\p{Lo}\p{N}]$"
"""A small letter, a sign of a script without case, or a digit, and no mark after it; no hashtag."""

PROSE_END = (
    r"[.!?。！？…][\"'”’)]?\s+\S[^\n]*$|[。！？][^\n。！？]+$|[.!?。！？][\"'”’)]?\s*\n\s*\S[^\n]*$"
)
"""The last line, or the one before it, has a sentence that did end."""

CODE = r"[{};=<>|\\$`_~^]|://|\w\(|^\s{4,}|^\s*(?://|import |def |return |print|@)"
MARKED_LINE = (
    r"^\s*(?:[-*+•·>#–—]|\d{1,3}[.):、]|\(?[A-Za-z][.)]\s|[A-Z][\w ]{0,30}:|[^\n]{0,30}：|\|)"
)
"""Items of lists, headings, table rows, labels: they need no full stop."""

ENDED_ITEMS = (
    r"(?:^|\n)\s*(?:[-*+•·]|\d{1,3}[.)、])[^\n]*[.!?。！？]\s*\n\s*(?:[-*+•·]|\d{1,3}[.)、])[^\n]+$"
)
"""The last line is an item, and the item before it ended like a sentence."""

PROMISE = (
    r"(?i)^[^\n]*\b(?:following|below)\b[^.?!\n]{0,60}[:：]$"
    r"|^[^\n]*(?:以下|下列|下面)[^。？！\n]{0,30}[:：]$"
)
"""A prompt that says "the following text:" and gives none: one line, and nothing before it."""

OPEN_END = r"[(（\[][^)）\]]{0,200}$"
"""A bracket that nothing closes."""

BARE_ITEM = r"(?:^|\n)\s*(?:[-*+•·]|\d{1,3}[.)、])\s[^\n]*\S[^\n]*\n\s*(?:[-*+•·]|\d{1,3}[.)、])$"
"""The last line is nothing but the mark of an item, and an item stands before it."""

BARE_PROMISE = (
    r"(?i)\b(?:following|below|as follows|these(?: \w+){0,3})\b[^.?!:\n]{0,60}:$"
    r"|(?:以下|下列|如下|下面)[^。？！\n]{0,30}[:：]$"
)
"""An answer that ends where the list it speaks of should begin."""

JSON_START = r"^\s*[{\[]\s*[\"'{\[]"
"""An object or a list of data and not "[Verse 1]" or "[0, 1)"."""
