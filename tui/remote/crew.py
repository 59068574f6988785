"""A few threads that do what is handed to them, the most urgent first, until there is no more or one thing fails."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from heapq import heappop, heappush


class Crew:
    """At most `most` threads, started as they are needed. They end with the work, and never keep the process alive."""

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._threads = self._busy = 0
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def hand(self, urgency: float, work: Callable[[], None]) -> None:
        """Have this done; less `urgency` comes first. Nothing more is begun once something failed."""
        with self._changed:
            if self._error is not None:
                return
            heappush(self._waiting, (urgency, next(self._numbers), work))
            if self._threads < self._most and self._threads - self._busy < len(self._waiting):
                self._start()

    def _start(self) -> None:
        try:
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except RuntimeError:  # the system gives none: those that are there will do
            if not self._threads:
                self._waiting.clear()
                raise
        else:
            self._threads += 1

    def wait(self, seconds: float) -> bool:
        """Wait until all is done or so long; whether all is done.

        Raises:
            BaseException: what the first work that failed raised, once no other is under way.
        """
        with self._changed:
            self._changed.wait_for(self._is_done, seconds)
            if not self._is_done():
                return False
            if self._error is not None:
                raise self._error
            return True

    def _is_done(self) -> bool:
        return not self._waiting and not self._busy

    def _run(self) -> None:
        while (work := self._next()) is not None:
            error: BaseException | None = None
            try:
                work()
            except BaseException as raised:  # noqa: BLE001 - whoever waits raises it
                error = raised
            with self._changed:
                self._busy -= 1
                if error is not None:
                    self._error = self._error or error
                    self._waiting.clear()
                self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if not self._waiting:
                self._threads -= 1
                return None
            self._busy += 1
            return heappop(self._waiting)[2]
