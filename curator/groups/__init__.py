"""Groups: which social groups a text mentions, on nine axes."""

from curator.groups.find import Mention, find_mentions
from curator.groups.lexicon import AXES, DIGEST, GROUPS, VERSION

__all__ = ["AXES", "DIGEST", "GROUPS", "VERSION", "Mention", "find_mentions"]
