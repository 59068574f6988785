"""The process that logs: closes what is open when it ends, and leaves it to the parent where it is a forked child."""

from __future__ import annotations

import atexit
import os
import sys
from typing import Protocol


class Open(Protocol):
    """Something that holds events which are not in a file yet."""

    def close(self) -> None:
        """Write them."""

    def disown(self) -> None:
        """In a forked child: leave them to the parent, and take no more."""


_open: set[Open] = set()
_ending = False
_child_exit_seen = False


def register(opened: Open) -> None:
    """Have it closed when the process ends, unless it is unregistered before."""
    _open.add(opened)
    _close_before_a_child_exits()


def unregister(closed: Open) -> None:
    """It is closed, and may be forgotten."""
    _open.discard(closed)


def is_ending() -> bool:
    """Whether everything has been closed for good: what a thread holds from now on, nobody waits for."""
    return _ending


def _close_all() -> None:
    global _ending
    _ending = True
    for opened in list(_open):
        opened.close()


def _close_before_a_child_exits() -> None:
    """Tell multiprocessing, if it is in use: its forked children end by os._exit, without atexit."""
    global _child_exit_seen
    finalize = getattr(sys.modules.get("multiprocessing.util"), "Finalize", None)
    if finalize is not None and not _child_exit_seen:
        _child_exit_seen = True
        finalize(None, _close_all, exitpriority=-100)  # after everybody else's


def _disown_all() -> None:
    """In a forked child, which has none of the threads; multiprocessing forgets its finalizers there, too."""
    global _child_exit_seen
    _child_exit_seen = False
    for opened in _open:
        opened.disown()
    _open.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_all)
