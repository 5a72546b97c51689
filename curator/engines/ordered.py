"""In order: share work among spawned processes, and take the results in the order of the work."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from curator.engines.local import unguarded_main
from curator.errors import RunError

Given = TypeVar("Given")
Gained = TypeVar("Gained")
_WAITING = 2
"""Pieces of work that wait for each process: more would only fill memory."""


def map_in_order(
    work: Callable[[Given], Gained], pieces: Iterable[Given], workers: int
) -> Iterator[Gained]:
    """Yield what comes of every piece, in the order of the pieces; few are held at a time."""
    if workers < 2:  # noqa: PLR2004 (one process is this one)
        yield from map(work, pieces)
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    waiting: deque[Future[Gained]] = deque()
    try:
        with unguarded_main():
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) > _WAITING * workers:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise RunError(
            "a worker process ended before its work did, most likely for want of memory"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
