"""A limit on how long code may take that is given patterns from a file: some never end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def time_box(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer; `re` looks for signals while it matches.

    Without a limit on threads other than the main one, and where there are no timers (Windows): neither can be
    interrupted. A timer that runs already runs on afterwards.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    handler = signal.signal(signal.SIGALRM, _out_of_time)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
    finally:  # even where the signal came just before the timer was stopped
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, left, interval)


def _out_of_time(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError
