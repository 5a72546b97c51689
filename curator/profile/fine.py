"""Fine: records that are plainly well formed, told so without measuring them."""

from curator.records import Record

_TURNS = ("user", "assistant")
_OPENINGS = (
    *("no", "output", "response", "answer", "solution", "placeholder", "lorem"),
    *("\u8f93\u51fa", "\u56de\u7b54", "\u7b54\u6848"),  # output, reply, answer
)
"""How a placeholder may begin that begins with a letter (`filters/_placeholders.py`)."""


def is_fine(record: Record) -> bool:
    """Say whether neither `structure` nor `empty` can have a reason to drop the record.

    Fine is one question and one answer that begin with letters, differ in their first words and
    are no placeholder, with nothing else about them. What is not fine may be: it is to be measured.
    """
    turns = record.messages
    if record.rejected is not None or tuple(turn["role"] for turn in turns) != _TURNS:
        return False
    asked, said = turns
    if "tool_calls" in said or "tool_calls" in asked or record.label is not None:
        return False
    first, answer = _first_word(asked["content"]), _first_word(said["content"])
    return bool(first and answer) and first != answer


def _first_word(text: str) -> str:
    """Return the first word in small letters, or nothing where it may begin a placeholder."""
    head = text[:64].lower()
    if not head[:1].isalpha() or head.startswith(_OPENINGS):
        return ""
    return head.split(None, 1)[0]
