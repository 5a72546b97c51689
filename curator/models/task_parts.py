"""The parts of a prompt where it stands what is asked: its head and its tail."""

READ_HEAD, READ_TAIL = 600, 400
"""Characters at the two ends that the encoder reads."""
ASKED_HEAD, ASKED_TAIL = 240, 160
"""Characters at the two ends whose meaning is looked at by itself."""


def asked_parts(text: str) -> tuple[str, str]:
    """Return the head and the tail of a prompt, the tail empty where the head is all of it.

    The head ends with the first paragraph, which often is the instruction.
    """
    text = text.strip()
    head = text[:ASKED_HEAD].split("\n\n", 1)[0]
    return head, text[len(head) :].strip()[-ASKED_TAIL:]


def encoder_text(text: str) -> str:
    """Return the head and the tail of a prompt as the encoder reads them."""
    text = text.strip()
    if len(text) <= READ_HEAD + READ_TAIL:
        return text
    return f"{text[:READ_HEAD]} ... {text[-READ_TAIL:]}"
