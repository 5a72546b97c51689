"""Placeholders: what stands where an answer should be; patterns for Rust's regex and Python's."""

# ruff: noqa: RUF001 (signs of other scripts are meant)
# What tokenisers write at the ends of a turn (the `special_tokens` repair has the exact list).
SPECIAL_TOKENS = r"(?:\s|<\|[A-Za-z_]{2,30}\|>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>)*"

# `<noinput>`, `<No Output>` and their like are in the seed of Self-Instruct and Alpaca
# (AlpacaDataCleaned looks for them); the template ones are what people forget to fill in.
PLACEHOLDER = (
    r"(?i)^\s*(?:"
    r"[<\[({]\s*(?:no|without)[ _-]?(?:in|out)puts?\b[^\n>\])}]{0,40}[>\])}]"
    r"|no_?(?:in|out)puts?"
    r"|<\s*(?:output|response|answer|text|result|input|empty|none|null|blank|n/?a|unk|pad)\s*/?>"
    r"|\[(?:output|response|answer|result|blank|empty|unk|pad|eos|bos|mask)\]"
    r"|[<\[({]\s*(?:please )?(?:insert|enter|add|put|fill in|type)\b[^\n>\])}]{0,100}[>\])}]"
    r"|[<\[({]\s*your\b[^\n>\])}]{0,60}\bhere\s*[>\])}]"
    r"|[<\[({【]\s*(?:插入|填写|在此|无输入|无输出|没有输入|没有输出)[^\n>\])}】]{0,60}[>\])}】]"
    r"|(?:output|response|answer|solution|输出|回答|答案)\s*[:：]"
    r"|placeholder(?: text)?|lorem ipsum[\p{L}\s,.]*"
    r")\s*[.!]?\s*$"
)

# Right answers at times: "which of these are prime?" - "None."
NULL_WORD = (
    r"(?i)^\s*(?:n\.?/a\.?|none|null|nan|nil|undefined|tbd|tba|todo|not applicable"
    r"|no (?:in|out)put(?: (?:provided|given|needed|required|available))?|不适用|无输入|无输出)"
    r"\s*[.!。]?\s*$"
)

# A bracketed name of what should be there: [MUSICAL PIECE], <sketch/drawing>.
STAND_IN = r"^(?:\[\p{L}[\p{L}\s/.-]{2,80}\]|<\p{L}+[ /][\p{L}\s/]{2,80}>)$"

# One mark, repeated or not, and nothing else; "?" and "!" answer too many questions.
PUNCTUATION = r"^\s*(?:\.+|-+|_+|\*+|…+|·+|~+|,+|;+|:+|/+|—+|。+|，+|#+)\s*$"
ASKS_FOR_SIGNS = (
    r"(?i)punctuat|symbol|operator|\bsigns?\b|\bmarks?\b|morse|hyphen|\bdash|\bdots?\b|comma|colon"
    r"|period|character|delimiter|separator|regex|emoji|标点|符号|运算符|电码|字符"
)
