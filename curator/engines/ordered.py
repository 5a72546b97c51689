"""In order: share work among processes, and take the results in the order of the work."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

from curator.engines.pool import Gained, Given, Pool

_WAITING = 2
"""Pieces of work that wait for each process: more would only fill memory."""


def map_in_order(
    work: Callable[[Given], Gained], pieces: Iterable[Given], workers: int
) -> Iterator[Gained]:
    """Yield what comes of every piece, in the order of the pieces; few are held at a time."""
    if workers < 2:  # noqa: PLR2004 (one process is this one)
        yield from map(work, pieces)
        return
    waiting: deque[Future[Gained]] = deque()
    with Pool(workers) as pool:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > _WAITING * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
