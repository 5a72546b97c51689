"""What debris looks like: wrong decodings, escapes, blobs and key mashing; for Rust's regex."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

_TRAIL = r"[\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
MOJIBAKE = (
    rf"[ÃÂ]{_TRAIL}|â[€\x{{80}}-\x{{9f}}„]|ï[»¿]|ð[Ÿ\x{{9f}}]|(?:[ÐÑ]{_TRAIL}){{2}}"
    rf"|(?:[äåæçèé]{_TRAIL}{{2}}){{2}}|锟斤拷|烫烫烫|屯屯屯"
)
"""UTF-8 read as a one-byte encoding, or GBK's marks of a buffer that was never filled."""
BROKEN = r"[\x{FFFD}\x{80}-\x{9f}\x{E000}-\x{F8FF}\x{FFF9}-\x{FFFB}]|[□▯]{3,}"
"""Signs that stand for what could not be decoded or shown."""
ESCAPE = r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|[a-z.,!?]\\n(?:\\n)?[A-Z]"
"""Escapes of JSON and Python that were never undone; HTML's are for `artifacts`."""
SPEAKS_OF_ESCAPES = (
    r"(?i)html|xml|unicode|utf|escap|entit|encod|markup|json|regex|character code|ascii|<[a-z/!]"
)
BLOB = r"[A-Za-z0-9+/=]{48,}"
"""A stretch without spaces that is longer than any word."""
HEX = r"^(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)$"
ASKS_FOR_SIGNS = (
    r"(?i)base ?64|sha-?\d|md5|checksum|digest|fingerprint|encod|decod|encrypt|decrypt|cipher"
    r"|password|(?-u:\b)(?:hash|token|hex|url|link|image|spell|grid|draw|tree|m?rna|phone|code|commit)"
    r"|(?-u:\b)(?:keys?|pi)(?-u:\b)|binary|random|generat\w* (?:a |an )?(?:id|uuid|string)"
    r"|barcode|sequence|dna|protein|genom|certificate|signature|ascii|pattern|digits|decimal"
    r"|keyboard|gibberish|nonsense|made-up|acronym|abbreviat|emoji|emoticon|morse|braille"
    r"|letters|anagram|scrambl|puzzle|crossword|word ?search|maze|sudoku"
    r"|regular expression|coordinate|parse|notation|gps|acrostic"
    r"|alphabet|syllab|transcri|symbol|identifier"
    r"|随机|密码|编码|加密|谜|数独|游戏|正则|字母|拼写|数字|符号|代码|序列"
)
"""What in a prompt explains an answer of odd signs."""
_CONSONANT = "[bcdfghjklmnpqrstvwxz]"
MASH = (
    r"(?-u:\b)(?:[a-z]*(?:asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwert|werty|zxcv|xcvb|cvbn)[a-z]*"
    rf"|{_CONSONANT}{{6,}}|[a-z]*{_CONSONANT}{{7,}}[a-z]*)(?-u:\b)"
)
"""A word typed by running fingers along a row, or one without a vowel for too long."""
_STRANGERS = (
    r"(?:b[cfpqxz]|c[bdfgmpvwx]|d[x]|f[bcdghjkmpqvwxz]|g[fpvz]|h[ghpxz]|j[bcfghlpqrvwxyz]|k[cqxz]|l[qxz]|m[dgkqvxz]|n[x]"
    r"|o[q]|p[bgknqvxz]|q[bcdfghjkmnpqsvwxyz]|r[qx]|s[x]|t[q]|v[bcdfghkmpqtvwx]|w[cgjmpqvwxz]|x[bdfgjklnqrsvwxz]|y[qxy]|z[bcfglmpqx])"
)
"""Neighbours met less than once in 100,000 in English (24 million pairs of t0_55k) and in fewer
than one word of a hundred in each of the 75 languages tried. Of words of 4 to 8 random letters,
64% have such a pair; of Xhosa's, the most, 6%."""
ODD_WORD = rf"(?-u:\b)[a-z]*(?:{_STRANGERS}|{_CONSONANT}{{5}})[a-z]*(?-u:\b)"
"""A word that may be random letters; where many words are such, they are."""
SPACED = r"(?:(?:^|\s)\p{L}(?: \p{L}){7,}(?:$|[\s.,!?]))"
"""Eight letters and more, each by itself."""
LINK = r"(?:https?://|www\.|data:image)[^\s)\"'>]+"
TICKED = r"```[\s\S]*?(?:```|\z)|`[^`\n]+`"
SYMBOL = (
    r"[^\p{L}\p{M}\p{N}\s\p{So}\p{Sk}\x{200d}\x{fe0f}.,;:!?'\"’‘“”()。，、；：！？"
    r"（）《》「」…—–―─_•·-]"
)
"""A sign that is no letter, digit, emoji or common punctuation."""
