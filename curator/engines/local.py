"""The local engine: spawned worker processes on this machine."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from curator.engines.pool import Pool

_ADVICE = ": run again with fewer --workers; what is measured already is kept"


class LocalEngine:
    """Share shards among processes; with one worker, work right here."""

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
        waiting: dict[Future[None], str] = {}
        with Pool(self.workers, _ADVICE) as pool:
            for shard in shards:
                waiting[pool.submit(work, shard)] = shard
                yield from _done(waiting, block=False)
            while waiting:
                yield from _done(waiting, block=True)


def _done(waiting: dict[Future[None], str], *, block: bool) -> Iterator[str]:
    finished, _ = wait(waiting, None if block else 0, FIRST_COMPLETED)
    for future in finished:
        shard = waiting.pop(future)
        future.result()
        yield shard
