"""Crew: threads that wait for a service, and that nobody has to wait for."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Given = TypeVar("Given")
Gained = TypeVar("Gained")


def worked(
    work: Callable[[Given], Gained], pieces: Iterable[Given], threads: int
) -> Iterator[tuple[Given, Gained]]:
    """Give each piece with what became of it, in the order in which they are done.

    No more pieces are begun than there are threads, and none after the first failure, which is
    raised. The threads are daemons: a Ctrl-C ends the process without their last answers.
    """
    todo: queue.SimpleQueue[Given | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Given, Gained | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        while (piece := todo.get()) is not None:
            try:
                done.put((piece, work(piece), None))
            except BaseException as error:  # raised again by whoever waits
                done.put((piece, None, error))

    for number in range(threads):
        threading.Thread(target=run, name=f"asking-{number}", daemon=True).start()
    waiting = iter(pieces)
    try:
        under_way = _feed(todo, waiting, threads)
        while under_way:
            piece, gained, failure = done.get()
            if failure is not None:
                raise failure
            yield piece, gained  # type: ignore[misc]
            under_way += _feed(todo, waiting, 1) - 1
    finally:
        for _ in range(threads):
            todo.put(None)


def _feed(todo: "queue.SimpleQueue[Given | None]", waiting: Iterator[Given], most: int) -> int:
    """Hand out up to so many pieces; say how many there were."""
    count = 0
    for count in range(1, most + 1):
        piece = next(waiting, None)
        if piece is None:
            return count - 1
        todo.put(piece)
    return count
