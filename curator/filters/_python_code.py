"""Python in answers: where a snippet does not parse. Nothing is ever run."""

import ast
import re
import textwrap
import warnings
from typing import NamedTuple

CAP = 50_000
"""A longer snippet is not judged: parsing grows with length, and nobody reads it."""


class Fault(NamedTuple):
    """Why a snippet does not parse, and on which of its lines, counted from 0."""

    reason: str
    line: int


_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.|In \[\d*\]:) ?")
_MAGIC = re.compile(r"^(\s*)[%!?][^\n]*|^(\s*)(?:pip3?|conda|python3?) [a-z-]+ [^\n=(]*$", re.M)
_PLACEHOLDER = re.compile(
    r"^\s*(?:\.\.\.\s*[^\s,#)\]}]|\.{4,}|…|\[\.\.\.\]\s*$|<[a-z_ ]+>)|…"
    r"|=\s*(?:<|\[)[A-Za-z_ ]+(?:>|\]$)|<(?:your|insert|path|name|value|some)\b",
    re.M | re.I,
)
_SHOWN = re.compile(
    r"^#+ ?(?:Expected |Sample )?(?:[Oo]utput|[Rr]esults?|[Pp]rints)\b[^\n]*\n.*", re.M | re.S
)
"""What the code prints, written below it."""
_CONTINUED = re.compile(r"\s*(?:else|elif|except|finally|case)\b")
_PYTHON2 = re.compile(
    r"^\s*print(?:\s*>>|\s+[^\s(=.,\[)+-])|^\s*print\s*\([^\n]*\)\s*%|^\s*except\s+[\w.()]+\s*,\s*\w+\s*:"
    r"|^\s*raise\s+\w+\s*,|^\s*exec\s+[\"'\w]|\bur[\"']|\w\s*<>\s*\w|[^\w.]0[0-7]+[^\w.xob]",
    re.M,
)
_SURE = re.compile(
    r"^(?:(?:async )?def \w+\(.*\)(?:\s*->\s*[\w\[\], .]+)?:|class \w+(?:\([\w., ]*\))?:"
    r"|import [a-z_][\w.]*(?: as \w+)?(?:, ?\w+)*$|from [\w.]+ import [\w, *(]+$"
    r"|(?:for \w[\w, ]* in .+|while .+|if .+|with .+|try):(?:\s*#.*)?$|print ?\(.*\)(?:\s*#.*)?$)",
    re.M,
)
_OTHER = re.compile(
    r";\s*$|\{\s*$|^\s*\}|^\s*(?:end|fi|done|then|endif|wend|next|loop)\s*$|^\s*(?:function|var|let|const"
    r"|public|private|package|func|fn|using|#include|\$|//|puts|val|elseif|endfunction|begin|procedure"
    r"|input|output|set|step|do|repeat|until|return [a-z]+ [a-z]+)\b|&&|\|\||=>|<-|:=(?!.*\()|</",
    re.M | re.I,
)
_TEXT = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''", re.S)
_PROSE = re.compile(
    r"^[A-Z][A-Za-z ,'`()/-]*(?::|[.!?]$)|^[A-Z][a-z]+ (?:[a-z]+ ){2,}|^\d+\. |^[-*] [A-Z]"
)


def is_python(text: str) -> bool:
    """Say whether a text without a label is Python for certain: no other language's signs."""
    plain = _TEXT.sub('""', text)
    return bool(_SURE.search(plain)) and not _OTHER.search(plain) and plain.isascii()


def fault_in_python(code: str) -> Fault | None:
    """Find where a snippet does not parse, or nothing where it does or only sketches.

    Leading indentation, sessions with `>>>`, lines for IPython or the shell, a head without a
    body and a block that goes on (`else:`) are as people write; `...` for what was left out is too.
    """
    if _PLACEHOLDER.search(code) or not code.strip() or _CONTINUED.match(code):
        return None
    typed = _SHOWN.sub("", _statements(code))
    plain = _MAGIC.sub(lambda found: f"{found[1] or found[2] or ''}pass", typed)
    plain = textwrap.dedent(plain.expandtabs(4))
    error = _parse(plain) and _parse(plain.rstrip() + _body(plain))
    if error is None:
        return None
    lines = code.split("\n")
    line = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
    old = _PYTHON2.search(lines[line]) or "Missing parentheses" in (error.msg or "")
    return Fault("python2" if old else "python", line)


def ends_in_prose(code: str, line: int) -> bool:
    """Say whether the line where parsing stopped is a sentence or a heading behind the code."""
    lines = code.split("\n")
    near = lines[max(0, line - 1) : line + 1]
    return any(_PROSE.match(one) for one in near)


def _parse(code: str) -> SyntaxError | None:
    """Parse, and return what is wrong; what the parser itself cannot hold is not judged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return None


def _body(code: str) -> str:
    """Write the body that a snippet's last head lacks."""
    last = code.rstrip().rsplit("\n", 1)[-1]
    return f"\n{' ' * (len(last) - len(last.lstrip()) + 4)}pass"


def _statements(code: str) -> str:
    """Keep what was typed in a session; what was printed becomes an empty line."""
    if not re.search(r"^\s*>>>", code, re.M):
        return code
    return "\n".join(
        _PROMPT.sub("", line) if _PROMPT.match(line) else "" for line in code.split("\n")
    )
