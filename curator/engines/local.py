"""The local engine: spawned worker processes on this machine."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from curator.errors import RunError


class LocalEngine:
    """Share shards among spawned processes; with one worker, or one shard, work right here.

    Processes are spawned, never forked: Polars' threads do not survive a fork.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(
        self, work: Callable[[str], None], shards: Sequence[str], *, gpus: float = 0
    ) -> Iterator[str]:
        """Yield every shard once its work is done."""
        workers = min(self.workers, len(shards))
        if workers <= 1:
            for shard in shards:
                work(shard)
                yield shard
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            waiting = {pool.submit(work, shard): shard for shard in shards}
            try:
                for done in as_completed(waiting):
                    done.result()
                    yield waiting[done]
            except BrokenProcessPool:
                raise RunError(
                    "a worker process was killed, most likely for want of memory: run again with "
                    "fewer --workers; what is measured already is kept"
                ) from None
            finally:
                for future in waiting:
                    future.cancel()
