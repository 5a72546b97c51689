"""Reasons: why a conversation, or an answer of it, cannot be learnt, and what to do about it."""

from curator.errors import CarryError

OVER_LONG = "over_long"
NOTHING = "nothing_to_learn"
REFUSED = "template_refuses"
MOVED = "answer_moved"
UNWRITTEN = "answer_not_written"
ENDLESS = "no_end_of_turn"

MEANINGS = {
    OVER_LONG: "longer than `max_tokens`",
    NOTHING: "no answer that is to be learnt",
    REFUSED: "the model's chat template refuses it",
    MOVED: "the model's chat template never asks for the answer as it then writes it",
    UNWRITTEN: "the model's chat template leaves out thinking, text or calls of the answer",
    ENDLESS: "the model's chat template writes no end-of-turn token behind the answer",
}
ADVICE = {
    OVER_LONG: "raise `max_tokens`, or cut them at a turn with `over_long: truncate`",
    NOTHING: "drop such records with the filter `structure`, or look at the weights of their turns",
    REFUSED: "drop such records, or mend what the template says of them: the order of turns, a "
    "system turn, tools",
    MOVED: "learn from last answers only (`learn_from: last`), or take a model whose template "
    "repeats a conversation as it grows",
    UNWRITTEN: "take a model whose template writes thinking and tool calls, or drop such records",
    ENDLESS: "mend the template: each answer must end with the end-of-turn token",
}


class UnfitError(CarryError):
    """A conversation that cannot be trained on; `reason` is one of those above."""

    def __init__(self, id_: str, reason: str, said: str = "") -> None:
        told = f": {said}" if said else ""
        super().__init__(f"record {id_}: {MEANINGS[reason]}{told}. {ADVICE[reason].capitalize()}")
        self.reason = reason
        self.said = said
