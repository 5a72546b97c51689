"""The pool: spawned processes that neither hear the user's Ctrl-C nor outlive who started them."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Self, TypeVar

from curator.errors import RunError
from curator.places import WORKERS

Given = TypeVar("Given")
Gained = TypeVar("Gained")


class Pool:
    """Worker processes, as a context manager; on leaving it, what has not begun is cancelled.

    Processes are spawned, never forked: Polars' threads do not survive a fork.

    Raises:
        RunError: a worker ended before its work did.
    """

    def __init__(self, workers: int, advice: str = "") -> None:
        self._advice = advice
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(workers,))

    def submit(self, work: Callable[[Given], Gained], piece: Given) -> Future[Gained]:
        """Queue one piece of work; a process is started here if none is free."""
        with _unguarded_main(), _deaf_children():
            return self._pool.submit(work, piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        if kind is not None and issubclass(kind, BrokenProcessPool):
            raise RunError(
                "a worker process ended before its work did, most likely for want of memory"
                + self._advice
            ) from None


@contextlib.contextmanager
def _unguarded_main() -> Iterator[None]:
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


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes with SIGINT blocked: a mask is inherited, from their first instruction on.

    A terminal sends Ctrl-C to every process of the command. Who started the workers decides what
    becomes of their work; each of them would only print a traceback.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(workers: int) -> None:
    """Start a worker: it knows how many share the cores, and ends with its parent."""
    os.environ[WORKERS] = str(workers)
    _follow_parent()


def _follow_parent() -> None:
    """End this process when the one that started it is gone, however it was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(
        target=follow, args=(parent.sentinel,), name="follow-parent", daemon=True
    ).start()
