"""The local engine: spawned worker processes on this machine."""

import contextlib
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from curator.errors import RunError


class LocalEngine:
    """Share shards among spawned processes; with one worker, work right here.

    Processes are spawned, never forked: Polars' threads do not survive a fork.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(
        self, work: Callable[[str], None], shards: Iterable[str], *, gpus: float = 0
    ) -> Iterator[str]:
        """Yield every shard once its work is done."""
        if self.workers > 1:
            yield from self._share(work, shards)
            return
        for shard in shards:
            work(shard)
            yield shard

    def _share(self, work: Callable[[str], None], shards: Iterable[str]) -> Iterator[str]:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.workers, mp_context=context)
        waiting: dict[Future[None], str] = {}
        try:
            with unguarded_main():
                for shard in shards:
                    waiting[pool.submit(work, shard)] = shard
                    yield from _done(waiting, block=False)
            while waiting:
                yield from _done(waiting, block=True)
        except BrokenProcessPool:
            raise RunError(
                "a worker process ended before its work did, most likely for want of memory: run "
                "again with fewer --workers; what is measured already is kept"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def unguarded_main() -> Iterator[None]:
    """Keep spawned workers from running the caller's script again.

    A spawned process imports the main module, so that a script without an `if __name__` guard would
    start over in every worker. The work needs nothing from there.
    """
    main = sys.modules["__main__"]
    hidden = {name: vars(main).pop(name) for name in ("__file__",) if name in vars(main)}
    spec, main.__spec__ = main.__spec__, None
    try:
        yield
    finally:
        vars(main).update(hidden)
        main.__spec__ = spec


def _done(waiting: dict[Future[None], str], *, block: bool) -> Iterator[str]:
    finished, _ = wait(waiting, None if block else 0, FIRST_COMPLETED)
    for future in finished:
        shard = waiting.pop(future)
        future.result()
        yield shard
