"""Engine: the one method that local workers and a cluster have in common."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol


class Engine(Protocol):
    """Run the same work on every shard, in any order, and name each shard when it is done."""

    def map(
        self, work: Callable[[str], None], shards: Iterable[str], *, gpus: float = 0
    ) -> Iterator[str]:
        """Yield every shard once its work is done; the first failure ends the map.

        Shards may still be coming while the first are worked on.
        """
        ...
