"""Groups: which social groups a text mentions, on nine axes, and texts with them turned round."""

from curator.groups.find import Mention, find_mentions
from curator.groups.lexicon import AXES, DIGEST, GROUPS, VERSION
from curator.groups.pairs import DIGEST as SWAP_DIGEST
from curator.groups.swap import Swap, find_swaps, swap

__all__ = [
    "AXES",
    "DIGEST",
    "GROUPS",
    "SWAP_DIGEST",
    "VERSION",
    "Mention",
    "Swap",
    "find_mentions",
    "find_swaps",
    "swap",
]
