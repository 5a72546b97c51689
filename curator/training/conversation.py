"""Conversation: what is trained on, before and after a tokenizer has seen it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Message = dict[str, Any]
"""One turn as chat templates read it: `role`, `content`, perhaps `tool_calls`, `name`,
`reasoning_content`. A key `learn` (true or false) overrules what is learnt by default."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One record as it is trained on."""

    id: str
    messages: list[Message]
    tools: list[dict[str, Any]] | None = None
    """JSON Schemas of the functions that may be called."""
    group: str = ""
    """What results are counted by, such as the kind of task; empty where nobody says."""


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation as tokens; `supervised[i]` says whether token i is a target of the loss."""

    id: str
    tokens: NDArray[np.int32]
    """(tokens,)"""
    supervised: NDArray[np.bool_]
    """(tokens,); the first is never true, for nothing stands before it."""
    group: str = ""

    def __len__(self) -> int:
        return len(self.tokens)
