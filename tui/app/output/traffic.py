"""What Textual's drivers do besides: count all that is sent to the terminal, and send something last of all."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from textual.driver import Driver

MINUTE = 60.0


class Traffic:
    """Bytes sent, in all and in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self._clock = clock
        self._recent: deque[tuple[float, int]] = deque()

    def add(self, count: int) -> None:
        """So many bytes were sent just now."""
        self.total += count
        self._recent.append((self._clock(), count))
        self._drop_old()

    @property
    def last_minute(self) -> int:
        """Bytes sent in the last 60 seconds."""
        self._drop_old()
        return sum(count for _, count in self._recent)

    def _drop_old(self) -> None:
        while self._recent and self._recent[0][0] <= self._clock() - MINUTE:
            self._recent.popleft()


def counted(driver: type[Driver], traffic: Traffic) -> type[Driver]:
    """The driver, telling `traffic` of every write."""

    class CountedDriver(driver):  # type: ignore[misc, valid-type]  # a base that is chosen as the program runs
        def write(self, data: str) -> None:
            traffic.add(len(data.encode(errors="replace")))
            super().write(data)

    return CountedDriver


def ending(driver: type[Driver], last: Callable[[], str]) -> type[Driver]:
    """The driver, sending `last` before it gives the terminal back: at the end, on a crash, while it is suspended."""

    class EndingDriver(driver):  # type: ignore[misc, valid-type]  # as above
        def stop_application_mode(self) -> None:
            if text := last():
                self.write(text)
            super().stop_application_mode()

    return EndingDriver
