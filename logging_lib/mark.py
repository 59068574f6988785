"""What a flush or close waits for."""

from __future__ import annotations

import threading
from contextlib import suppress


class Mark:
    """Set, once, when all that was in the inbox before it is in the files (with `sync` on the disk), or cannot be.

    A bare lock instead of an Event: that one takes a lock of its own for a moment, where a signal may find it, whose
    handler then waits for the thread, which waits to set it.
    """

    __slots__ = ("_lock", "kept", "sync")

    def __init__(self, sync: bool = False) -> None:
        self.sync = sync
        self.kept = False
        """Whether it is in the files."""
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Whether it was set meanwhile; by one thread alone, which waits no more then."""
        return self._lock.acquire(timeout=seconds)


def set_all(marks: list[Mark]) -> None:
    """Set each, and take it away; another thread may do so, too."""
    with suppress(IndexError):
        while True:
            marks.pop().set()
