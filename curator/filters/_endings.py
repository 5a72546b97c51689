"""How texts end when they are cut, and when they only look so; for Rust's regex."""

SPECIAL_TOKENS = r"(?:<\|[A-Za-z_]{2,30}\|>|</s>|<end_of_turn>)$"

# No sentence ends so; "to", "in", "for", "is" or "a" can (log in, option a).
CUT_END = (
    r"(?i)(?:[\p{L}\p{N})\"'][,，、]|[\s,](?:the|an|and|or|but|because|which|whose|their|our|your|my"
    r"|into|than|although|while|whereas|unless|nor|including|such as|und|oder|der|das|et|ou|les|des"
    r"|y|los|las))$"
)
DOUBTFUL_END = r"[\p{Ll}\p{Lo}\p{N}]$"
"""A small letter, a sign of a script without case, or a digit, and no mark after it."""

PROSE_END = r"[.!?。！？…][\"'”’)]?\s+\S[^\n]*$|[。！？][^\n。！？]+$|[.!?。！？][\"'”’)]?\s*\n\s*\S[^\n]*$"
"""The last line, or the one before it, has a sentence that did end."""

CODE = r"[{};=<>|\\$`_~^]|://|\w\(|^\s{4,}|^\s*(?://|import |def |return |print|@)"
MARKED_LINE = r"^\s*(?:[-*+•·>#–—]|\d{1,3}[.):、]|\(?[A-Za-z][.)]\s|[A-Z][\w ]{0,30}:|[^\n]{0,30}：|\|)"
"""Items of lists, headings, table rows, labels: they need no full stop."""

PROMISE = (
    r"(?i)\b(?:following|below|given|these|this|provided)\b[^.?!\n]{0,60}[:：]$"
    r"|(?:以下|下列|下面|给定)[^。？！\n]{0,30}[:：]$"
)
"""A prompt that says "the following text:" and gives none."""
