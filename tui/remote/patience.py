"""How often something that fails on the way is tried again, and how long between."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_TRIES = 3
_FIRST_SECONDS = 0.3
_BACKOFF_FIRST, _BACKOFF_MOST = 1.0, 60.0


class StoppedError(Exception):
    """Whatever is under way is to end."""


def backoff(failures: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds until the next try after so many failures in a row (1 or more): longer each time, and never in step
    with others."""
    return float(min(_BACKOFF_FIRST * 2.0 ** min(failures - 1, 10), _BACKOFF_MOST) * (0.5 + 0.5 * chance()))


def tried(work: Callable[[], _T], may_help: Callable[[BaseException], bool], stopping: threading.Event) -> _T:
    """What the work returns; where it fails and trying again may help, it is tried up to three times.

    Raises:
        Exception: what it raised in the end.
        StoppedError: `stopping` was set meanwhile.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return work()
        except Exception as error:
            if attempt == _TRIES or not may_help(error):
                raise
            if stopping.wait(_FIRST_SECONDS * 3.0 ** (attempt - 1) * (0.5 + 0.5 * random.random())):
                raise StoppedError from error
    raise AssertionError
