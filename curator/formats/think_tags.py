"""Think tags: where thinking begins and ends in a text, and where a tag is only spoken of."""

# ruff: noqa: RUF001 (signs of chat templates are meant)

import re
from typing import NamedTuple

_NAMES = r"think|thinking|thoughts?|reasoning|reflection|scratchpad"
_OPEN = (
    rf"<(?:{_NAMES})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>"
    r"|<\|channel\|>analysis<\|message\|>"
)
_CLOSE = (
    rf"</(?:{_NAMES})>|\[/THINK\]|◁/think▷"
    r"|<\|end_of_thought\|>(?:\s*<\|begin_of_solution\|>)?"
    r"|<\|end\|>(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>"
)
_TAG = re.compile(f"({_OPEN})|{_CLOSE}", re.IGNORECASE)
_MAYBE = re.compile(
    r"<(?:/?(?:[tT][hH][iIoO]|[rR][eE][aAfF]|[sS]cratch)|\|(?:be|ch|end(?:_of_th|\|)))"
)
"""Begins with a plain sign, which is what makes the search for it quick."""
_FAMILIES = ("<|begin_of_thought", "<|end_of_thought", "<|channel|>analysis", "<|end|>")
_LOOSE = frozenset(("thought", "thoughts", "reasoning", "reflection", "scratchpad"))
"""Names that a document in XML may have too: they count at the start, closed, before an answer."""
_QUOTES = "`'\"“”‘’«»「」"
_ABOUT = re.compile(r"[ \t]+(?:is|are|was|and|or|marks?|means?|denotes?|tags?|tokens?|blocks?)\b")
_LABEL = re.compile(r"[ \t]*[:：=]|[ \t]+[–—-][ \t]")
"""What follows a tag that is being explained."""
_AFTER_WORD = re.compile(r"[\w,)] +$")
_GOES_ON = re.compile(r" +[a-z(]|[.,;:!?)](?:\s|$)")
_EXAMPLE = frozenset(("", "...", "…", "and", "or", "/", "to", "through"))


class Tag(NamedTuple):
    """One think tag of a text: where it stands, its family, whether it opens."""

    start: int
    end: int
    family: str
    opens: bool


class Block(NamedTuple):
    """One stretch of thinking: from `start` to `end` with its tags, `inner` to `outer` without."""

    start: int
    inner: int
    outer: int
    end: int
    is_closed: bool


def may_think(text: str) -> bool:
    """Say whether there may be a think tag; ruling it out is what most texts need."""
    if "<" in text and _MAYBE.search(text) is not None:
        return True
    return "THINK]" in text or "◁" in text


def find_blocks(text: str) -> list[Block]:
    """Find the stretches of thinking, in order; tags that are only spoken of are text."""
    tags = [_tag(found) for found in _TAG.finditer(text)]
    blocks: list[Block] = []
    place = at = 0
    while place < len(tags):
        block, place = _block(text, at, tags, place)
        if block is not None:
            blocks.append(block)
            at = block.end
    return blocks


def _tag(found: re.Match[str]) -> Tag:
    said = found.group().lower()
    family = "".join(sign for sign in said if sign.isalpha())
    for number, start in enumerate(_FAMILIES):
        if said.startswith(start):
            family = _FAMILIES[number // 2 * 2]
    return Tag(found.start(), found.end(), family, found.group(1) is not None)


def _block(text: str, at: int, tags: list[Tag], place: int) -> tuple[Block | None, int]:
    """Read the block that begins with a tag, if one does, and say which tag is next."""
    tag = tags[place]
    if not tag.opens:
        ends = _ends_thinking(text, at, tag, tags[:place])
        block = Block(at, at, tag.start, tag.end, is_closed=True)
        return (block if ends else None), place + 1
    closing = _closing(text, tags, place)
    starts = _starts_line(text, at, tag) if closing is None else _starts_thinking(text, at, tag)
    is_loose = tag.family in _LOOSE
    if not starts or (is_loose and (closing is None or not text[tags[closing].end :].strip())):
        return None, place + 1
    if closing is None:
        return Block(tag.start, tag.end, len(text), len(text), is_closed=False), len(tags)
    close = tags[closing]
    return Block(tag.start, tag.end, close.start, close.end, is_closed=True), closing + 1


def _starts_line(text: str, at: int, tag: Tag) -> bool:
    """Say whether nothing stands before a tag on its line, and it is not the line's subject."""
    before = text[at : tag.start]
    if _ABOUT.match(text, tag.end) or _LABEL.match(text, tag.end):
        return False
    return not before.strip() or ("\n" in before and _is_bare(before, tag))


def _is_bare(before: str, tag: Tag) -> bool:
    """Say whether a tag behind other text is alone on its line, and neither code nor example."""
    if tag.family in _LOOSE or before.rstrip()[-1] in ":：" or before.count("```") % 2:
        return False
    return not before.rpartition("\n")[2].strip()


def _starts_thinking(text: str, at: int, tag: Tag) -> bool:
    """Say whether a closed tag begins thinking: at the start, on a new line, or after a sentence.

    Behind an earlier block any place will do that is not in code or quotes.
    """
    before = text[at : tag.start]
    if not before.strip():
        return not _LABEL.match(text, tag.end) and not _is_example(text, tag)
    line = before.rpartition("\n")[2]
    if not line.strip():
        return _is_bare(before, tag)
    if tag.family in _LOOSE or _ABOUT.match(text, tag.end) or before.count("```") % 2:
        return False
    if line.replace("```", "").count("`") % 2 or before[-1] in _QUOTES:
        return False
    return at > 0 or before.rstrip()[-1] in ".!?。！？…"


def _is_example(text: str, tag: Tag) -> bool:
    """Recognise an answer that begins by naming the tags: "<think> and </think> are tags"."""
    close = next((t for t in map(_tag, _TAG.finditer(text, tag.end)) if not t.opens), None)
    if close is None or "\n" in text[tag.end : close.start]:
        return False
    inner = text[tag.end : close.start].strip().lower()
    return inner in _EXAMPLE - {""} and bool(_GOES_ON.match(text, close.end))


def _closing(text: str, tags: list[Tag], place: int) -> int | None:
    """Find the tag that closes: the first one not spoken of, or else the last one there is."""
    opened = tags[place]
    closing = [
        number
        for number, tag in enumerate(tags[place + 1 :], place + 1)
        if not tag.opens and tag.family == opened.family
    ]
    meant = (number for number in closing if not _is_spoken_of(text, opened.end, tags[number]))
    return next(meant, closing[-1] if closing else None)


def _ends_thinking(text: str, at: int, tag: Tag, earlier: list[Tag]) -> bool:
    """Say whether a closing tag that nothing opens ends thinking: its template opened it."""
    if tag.family in _LOOSE or (not text[at : tag.start].strip() and not text[tag.end :].strip()):
        return False
    if any(other.opens and other.start >= at for other in earlier):
        return False
    return not _is_spoken_of(text, at, tag)


def _is_spoken_of(text: str, start: int, tag: Tag) -> bool:
    """Say whether a closing tag is quoted, in code, or a word of a sentence."""
    before, after = text[start : tag.start], text[tag.end : tag.end + 2]
    if before[-1:] in _QUOTES and after[:1] in _QUOTES and before and after:
        return True
    line = before.rpartition("\n")[2]
    if before.count("```") % 2 or line.replace("```", "").count("`") % 2:
        return True
    return bool(_AFTER_WORD.search(line) and _GOES_ON.match(text, tag.end))
