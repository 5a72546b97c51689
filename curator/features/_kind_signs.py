"""What gives away the kind of a text: regular expressions for trimmed lines and signs, for Rust.

Word boundaries and names are ASCII: Rust's quick engines give up at a Unicode boundary.
"""

# ruff: noqa: RUF001 (signs of other scripts are meant)

_END = r"(?-u:\b)"
_NAME = r"[A-Za-z_$@][A-Za-z0-9_.$]*"
_COMMENT = r"(?:\s*(?:#|//|--|/\*).*)?$"
_WORDS = (
    r"(?:(?:async )?def \S+[(（]|class [A-Z][A-Za-z0-9_]*|import [A-Za-z_.{*]"
    r"|from [A-Za-z0-9_.]+ import |(?:try|finally|do|else|pass|break|continue)\s?[:;{]?$"
    rf"|(?:return|yield|raise|throw|delete|assert|del){_END}[^?!]*[^.?!:,]$|return [^?!]*[.\d]\d$"
    rf"|(?:if|elif|for|while|switch|catch|with|foreach|except|else if){_END}.*[:{{)]{_COMMENT}"
    r"|(?:public|private|protected|static|final|const|let|var|val|func|fn|function|package|using"
    r"|namespace|struct|enum|interface|int|void|float|double|char|bool|string|String)\s.*[;{(=)]"
    rf"|#(?:include|define|!|ifdef|endif|import){_END}|(?:end|done|fi|esac|begin|fi;)$"
    r"|@[A-Za-z]+(?:\(.*)?$|(?:sudo|pip3?|npm|apt-get|kubectl|curl|wget|chmod|ls|rm|cp|mv|tar) -"
    r"|(?:pip3?|npm|apt|brew|yarn) install |git [a-z]+ ?[-./\w]*$|docker (?:run|build|pull|exec) "
    r"|(?:cd|mkdir|curl|wget|rm|ls) [-./~:\w]+$|echo [\"'$]|<\?[a-z=]|\?>|<!|&lt;[/!a-z]"
    r"|package [a-z.]+$|>>> |\$ [a-z]+ [-./]|print\s[\"'(]|puts |Module [A-Z]|End [A-Z][a-z]+$"
    r"|(?:Sub|Function) [A-Za-z]+\(|Dim [a-z]|Next$|For .* To |IF .* THEN$|END ?(?:IF|FOR|WHILE)$"
    r"|FOR [a-z]+ ?=|.*; ?(?:then|do)$|\.[a-z][A-Za-z_]*\(.*)"
)
_QUERY = (
    r"(?:SELECT |select (?:\*|[A-Za-z0-9_., ]+ from )|FROM [\w\[`\"]|WHERE |GROUP BY |ORDER BY "
    r"|HAVING |JOIN |(?:INNER|LEFT|RIGHT|OUTER|CROSS) |INSERT INTO |UPDATE [A-Za-z]|DELETE FROM"
    r"|CREATE (?:TABLE|VIEW|INDEX|DATABASE|PROCEDURE|FUNCTION|OR )|DROP [A-Z]|ALTER TABLE"
    r"|VALUES ?\(|UNION|LIMIT \d|ON [a-z_]+\.|SET [A-Za-z_]+ ?=|(?:PRIMARY|FOREIGN) KEY"
    r"|[`\w]+ (?:(?i:n?varchar|char|decimal) ?\(|(?:INT|INTEGER|TEXT|DATE|DATETIME|FLOAT|BOOLEAN"
    r"|TIMESTAMP|SERIAL|BIGINT)(?-u:\b)|(?:int|integer|text|date|datetime|float|boolean)"
    r"(?: [a-zA-Z ]+)?,$))"
)
_BRACKETED = (
    r"[\])}{(\[][\])}{(\[;,&+]*$|\[(?:[\d\"'{\[-].*)?\][,;]?$|\{.*\}[,;]?$|\(.*\),$|[^{]*\}[,;)]*$"
    rf"|{_NAME}\(.*\)[;,.]?{_COMMENT}|[a-z_][a-z0-9_.]+ ?= ?(?:[\[{{\"']|[A-Za-z_.]+\().*{_COMMENT}"
    r"|[.#]?[A-Za-z][\w-]*(?:[ ,:>.#][\w .,#:>-]*)?\{"
    r"|[\"'][^\"']+[\"']\s?[:：]\s?\S"
)
_ENDED = (
    r".*(?:[{]|\)\s*[:：]|=>|\)\s?\{.*\}|\\n[\"']\))" + _COMMENT + r"|.*[=(){}<>_$\[\]+*/].*[;；]"
    rf"{_COMMENT}|[A-Za-z0-9_+-]+;$|[a-z-]+:\s?[^ ]+(?: [^ ]+){{0,4}};{_COMMENT}"
    r"|[A-Za-z_][\w.]* <- |/?\^.*\$(?:/[a-z]*)?$"
)
CODE_LINE = (
    rf"^(?:{_WORDS}|{_QUERY}|</?[A-Za-z][\w-]*[^<>]*>|=[A-Z]{{2,}}\s?\(|//|/\*|\*/|\"\"\""
    rf"|{_BRACKETED}|{_ENDED})"
)
"""A line of code, whatever the language: keywords, tags, calls, brackets, ends in ; {."""

WEAK_LINE = (
    r"^(?:[\p{Han}A-Za-z_$@][\p{Han}A-Za-z0-9_.$]*(?:\[[^\]]*\])*(?:, [A-Za-z_]+)*"
    r"(?:\s?[-+*/%.|&]?=|\s?:=)\s?[^\s=]|(?:返回|打印|如果|对于|否则|别的|导入|elif|else)[^。！？]*$)"
)
"""A value given to a name, or code whose keywords were translated: code only among code."""

NEUTRAL_LINE = r"^(?:\s*(?:#|--)|\s+\*)"
"""A comment, or else a heading: it counts for neither side. This line is not trimmed."""

TABLE_LINE = (
    r"^(?:\|.*|[^|$;{}=&\\]*(?:\s[|｜]\s?|[|｜]\s)[^$;{}]*|[^|$;{}&\\]*\s\|[^|]*\|[^$;{}]*"
    r"|[+|]?[-=+]{3,}[-=+|\s]*|[^\t]{1,40}(?:\t[^\t]{1,40})+|[─│┌┐└┘├┤┬┴┼═║╔╗╚╝].*)$"
)
"""A row of cells between bars or tabs, a ruled line, or a part of a drawing."""

ADDRESS = r"https?://[^\s)\"'>]+"
"""An address on the web, whose signs reckon nothing."""

EQUATION = (
    r"\s?[=≈≠≤≥≡∝]\s?[-−+(√{\[$£€]*\\?[\p{L}\p{N}]"
    r"|[\d)²³%]\s?[+*×÷·^⋅]\s?[-−(√{$£€]*[A-Za-z\d]|[A-Za-z] [*×÷] [$£€(]?[A-Za-z\d]"
    r"|(?-u:\b)[a-z]\s?[+*×÷^]\s?[\da-z(]|[a-zA-Z\d] / [$£€]?[\d(]|\d [a-z]+ [-−+] [$£€]?\d"
    r"|\d\s?[-−–]\s?[$£€]?\d[\d.,]*\s?=|/\s?[$£€]?\d[\d.,]*\s?=|\d ?x ?\$?\d"
    r"|\d (?:times|plus|minus|divided by|multiplied by) \d|(?-u:\b)equals? \$?\d"
    r"|\\(?:frac|sqrt|sum|int|cdot|times|left|right|mathbb|mathbf|mathrm|text|leq?|geq?|neq?|approx"
    r"|in|to|rangle|alpha|beta|gamma|delta|theta|lambda|mu|pi|sigma|phi|psi|Psi|omega|infty"
    r"|partial)(?-u:\b)|\$[^$\s\d][^$\n]{0,60}\$"
)
"""A sign of reckoning: an equation, an operator between numbers, a command of LaTeX."""

CALL = r"(?-u:\b)([A-Za-z_][A-Za-z0-9_.]*)\((?:['\"{\[][^\n]*['\"}\]])?\)"
"""A call with a literal, as answers write to their tools."""

TOOL_MARKS = (
    r"<\|?(?:tool_calls?|function_?calls?|python_tag|tools?)\|?>"
    r"|(?m:^\s*Action: ?[A-Za-z_]+\s*\n\s*Action Input:)"
    r"|^\s*\[?\{\s*\"(?:name|function|tool|action)\"\s*:[^}]{1,80}"
    r"\"(?:arguments|parameters|args|action_input)\"\s*:"
)
"""Calls that are written out in the text."""
