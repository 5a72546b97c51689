"""Final answers: the number that a text says it ends with, where that is plain."""

import re

_NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?"  # noqa: RUF001 (a minus sign)
_BOXED = re.compile(r"\\boxed\s*\{([^{}]*)\}")
_FINAL = re.compile(
    rf"\bfinal answer(?: is)?\s*[:=]?\s*(?:\*\*)?\s*\$?({_NUMBER})(?![\d,.]*[\d/^%:])",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"\s*\$?\s*({_NUMBER})\s*\$?\s*")


def final_numbers(text: str) -> list[float | None]:
    """Return what stands in the text's boxes and after its "final answer"; None is no number."""
    boxed = [_PLAIN.fullmatch(found) for found in _BOXED.findall(text.replace("\\!", ""))]
    told = [found.group(1) if found else None for found in boxed]
    told += [found.group(1) for found in _FINAL.finditer(text)]
    return [None if number is None else _value(number) for number in told]


def contradicts(thought: str, said: str) -> bool:
    """Say whether an answer ends with one number, and its thinking only with others."""
    theirs, ours = final_numbers(thought), final_numbers(said)
    if not theirs or not ours or None in theirs or None in ours or len(set(ours)) > 1:
        return False
    return ours[0] not in theirs


def _value(number: str) -> float:
    return float(number.replace(",", "").replace("−", "-"))  # noqa: RUF001 (a minus sign)
