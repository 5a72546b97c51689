"""Groups: which social groups a text mentions, on nine axes."""

from curator.groups.find import Mention, find_mentions
from curator.groups.lexicon import AXES, GROUPS, VERSION

__all__ = ["AXES", "GROUPS", "VERSION", "Mention", "find_mentions"]
