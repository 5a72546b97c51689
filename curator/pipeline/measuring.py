"""Measuring: shards are measured while later ones are still being read."""

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from curator.engines import Engine
from curator.pipeline.events import Event, Listener
from curator.pipeline.journal import LogWatcher
from curator.pipeline.measure import MeasureShard
from curator.recipe import Recipe
from curator.run import Layout, Shard, adopt


class Measuring:
    """Take shards as they appear and measure what they lack, in a thread that drives the engine.

    On leaving the block every shard is measured, or the first failure is raised.
    """

    def __init__(self, layout: Layout, recipe: Recipe, engine: Engine, listener: Listener) -> None:
        selected = recipe.select.features() if recipe.select else ()
        self._work = MeasureShard(layout, tuple(recipe.filters), selected)
        self._engine = engine
        self._listener = listener
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._taken: set[str] = set()
        self._total = 0
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="measuring", daemon=True)
        self._stopped = False

    def add(self, shard: Shard) -> None:
        """Take a shard, unless everything about it is known or a twin of it was taken."""
        if self._failure is not None:
            raise self._failure
        if shard.hash in self._taken or self._is_measured(shard):
            return
        self._taken.add(shard.hash)
        self._total += shard.records
        self._waiting.put(f"{shard.file}#{shard.hash}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the last shard; after a failure elsewhere only for those being measured."""
        self._stopped = error is not None
        self._waiting.put(None)
        self._thread.join()
        if error is None and self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        watcher = LogWatcher(self._work.layout)
        try:
            for _ in self._engine.map(self._work, self._addresses()):
                for label, rows, seconds in watcher.measured():
                    self._listener(Event("measured", label, rows, self._total, seconds))
        except BaseException as failure:  # raised again in the thread that waits
            self._failure = failure

    def _addresses(self) -> Iterator[str]:
        while (address := self._waiting.get()) is not None and not self._stopped:
            yield address

    def _is_measured(self, shard: Shard) -> bool:
        layout, filters = self._work.layout, self._work.filters
        paths = [layout.score(entry, shard.hash) for entry in filters if not entry.sees_all]
        paths += [layout.feature(feature, shard.hash) for feature in self._work.needed]
        missing = [path for path in paths if not adopt(layout, path)]
        return not missing
