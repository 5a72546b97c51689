"""Scripts: how many letters of each a text has, and what excuses a second one; for Rust's regex."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

SCRIPTS = {
    "latin": r"\p{Latin}",
    "han": r"\p{Han}",
    "kana": r"[\p{Hiragana}\p{Katakana}]",
    "hangul": r"\p{Hangul}",
    "cyrillic": r"\p{Cyrillic}",
    "arabic": r"\p{Arabic}",
    "hebrew": r"\p{Hebrew}",
    "devanagari": r"\p{Devanagari}",
    "thai": r"\p{Thai}",
    "greek": r"\p{Greek}{3,}",
}
"""The letters of each script; Greek counts by words, for its letters are signs of mathematics."""

FAMILIES = {"han": ("kana", "hangul")}
"""Scripts beside which a script is at home: Han letters stand in Japanese and Korean."""

ASIDE = r"[(（\[【「『《«“\"'‘`][^)）\]】」』》»”\"'’`\n]{0,200}[)）\]】」』》»”\"'’`]"
"""What stands in brackets or quotes: names and quotations."""

_EAST = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_OTHER = r"[\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Thai}]"
LEAK = (
    rf"[a-z,] ?{_EAST}+ ?[a-z]|[a-z][.,!?:;]?\s+{_EAST}{{4,}}|{_EAST}{{4,}}\s+[A-Za-z]+ [a-z]"
    rf"|[a-z,] {_OTHER}{{2,}}[^\n.]{{0,40}} [a-z]|[a-z][.,!?]?\s+{_OTHER}{{3,}}\s+{_OTHER}{{3,}}"
    rf"|\p{{Han}}[\p{{Hiragana}}\p{{Katakana}}]{{3,}}|\p{{Han}}\s?{_OTHER}{{3,}}"
)
"""Letters of another script in the middle of a sentence, or a sentence of them."""

LOOKALIKE = (
    r"[A-Za-z][асеорхуіјѕһԁАВЕКМНОРСТХІЅЈ]{1,3}[A-Za-z]|(?:^|[^\p{L}])[асеорхіјѕАВЕКМНОРСТХІЅЈ]{1,2}[a-z]{2}"
    r"|[A-Za-z]{2}[асеорхуіјѕһԁ]{1,2}(?:$|[^\p{L}])|\p{Cyrillic}[aceopxyABCEHKMOPTX]{1,2}\p{Cyrillic}"
    r"|[a-z][οαενρτυιχκ][a-z]{2}|[a-z]{2}[οενρτυικ][a-z]"
)
"""A letter inside a word that only looks like its neighbours' script (Cyrillic or Greek). The
Latin i in Ukrainian and Kazakh is a habit of typing, and does not count."""

ASKS_FOR_SCRIPT = (
    r"(?i)translat|english|language|lingual|pronounc|alphabet|kanji|hiragana|katakana|hanzi|pinyin|hangul"
    r"|unicode|emoji|symbol|character|calligraph|spell|transliterat|etymolog|origin of|phrase|greet"
    r"|lyric|haiku|proverb|prayer|bible|quran|mantra|surname|nickname"
    r"|(?-u:\b)(?:scripts?(?-u:\b)|words?(?-u:\b)|say |songs?|poem|quot|verses?|names?|tao|zen)"
    r"|chin|japan|korea|russia|ukrain|arab|persia|(?-u:\b)iran|iraq|hebrew|israel|jew|hindi|india|sanskrit"
    r"|thai|greek|greece|bulgaria|serbia|macedonia|mongol|urdu|pakistan|bengal|tamil|tibet|taiwan"
    r"|hong kong|tokyo|kyoto|beijing|shanghai|seoul|moscow|buddh|hindu|islam|muslim"
    r"|wechat|weibo|alibaba|samurai|anime|manga|sushi|kung|yoga|translate|vietnam"
    r"|翻译|语|文|字|词|诗|句|名|日本|韩国|俄罗斯"
)
"""What in a prompt explains letters of another script."""
ASKS_FOR_LATIN = (
    r"(?i)[a-z]{3}|译|语|英|文|字母|拼音|代码|程序|函数|名|公式|网址|网站|邮箱|邮件|密码|缩写"
    r"|单词|词|句|编|写|国"
)
"""What in a prompt of another script explains an answer in Latin letters."""
SENTENCE = r"[a-z]{2,} [a-z]{2,} [a-z]{2,}"
"""Three small words in a row: more than names."""
