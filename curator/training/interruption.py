"""Interruption: Ctrl-C and SIGTERM are heard at once, and obeyed when a step is done."""

import signal
import threading
from types import FrameType
from typing import Any, Self


class Interruption:
    """Within its context the first signal is noted; a second one acts as it always did."""

    def __init__(self, *, heard: bool) -> None:
        """Listen for signals only where `heard`: the run can be saved."""
        self.asked = False
        # Only the main thread may say what a signal does.
        self._hears = heard and threading.current_thread() is threading.main_thread()
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if self._hears:
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, action in self._before.items():
            signal.signal(number, action)
        self._before = {}
