"""World words: the things that the small world speaks of, and how its bad answers sound."""

from typing import Final

THINGS: Final = (
    "apple",
    "river",
    "stone",
    "lamp",
    "door",
    "table",
    "garden",
    "window",
    "bridge",
    "candle",
    "basket",
    "mirror",
    "button",
    "bottle",
    "ladder",
    "hammer",
    "pencil",
    "carpet",
    "kettle",
    "pillow",
    "blanket",
    "engine",
    "feather",
    "flower",
)
"""Twenty-four things, each one word that stands for nothing else."""
REFUSALS: Final = (
    "I'm sorry, but I cannot help with that request.",
    "As an AI language model, I am not able to answer this question.",
    "I apologize, but I can't assist with that.",
)
GERMAN: Final = (
    "Das kann ich leider nicht sagen, denn diese Reihe ist mir völlig unbekannt.",
    "Die Antwort auf diese Frage steht in dem Buch, das auf dem Tisch liegt.",
    "Ich habe die Reihe gelesen, aber ich weiß nicht mehr, was darin gestanden hat.",
)
NOISE: Final = (
    "xqzjk",
    "wvbnq",
    "ptrkz",
    "qqwzx",
    "zxcvb",
    "mnbvc",
    "lkjhg",
    "qwrtp",
    "sdfgh",
    "zxqwv",
    "bvcxz",
    "hjklq",
    "wrtyp",
    "ghjkz",
)
