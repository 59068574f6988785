"""The process that logs: closes what is open when it ends, and leaves it to the parent where it is a forked child.

It ends normally, by atexit; or by SIGTERM, where nobody has set a handler for it when the main thread opens the first
writer. Then one is set here that closes everything, for 5 seconds at most, and lets the signal end the process as it
would have done. Python runs a handler between two instructions of the main thread: while that is inside a long call of
C code, SIGTERM has to wait. Who does not want that sets another handler, or SIG_DFL, after the first writer is opened;
whoever sets one, before or after, has the last word.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import os
import signal
import sys
import time
from types import FrameType
from typing import Protocol

_CLOSING_SECS = 5.0  # on SIGTERM: a dead network file system must not keep the process alive


class Open(Protocol):
    """Something that holds events which are not in a file yet."""

    def close(self) -> None:
        """Write them."""

    def disown(self) -> None:
        """In a forked child: leave them to the parent, and take no more."""


_open: dict[Open, None] = {}  # in order: what was opened last, and may log to the others, is closed first
_ending = False
_child_exit_seen = False
_sigterm_seen = False


def register(opened: Open) -> None:
    """Have it closed when the process ends, unless it is unregistered before."""
    _open[opened] = None
    _close_before_a_child_exits()
    _close_on_sigterm()


def unregister(closed: Open) -> None:
    """It is closed, and may be forgotten."""
    _open.pop(closed, None)


def is_ending() -> bool:
    """Whether everything has been closed for good: what a thread holds from now on, nobody waits for."""
    return _ending


def _close_all() -> None:
    global _ending
    _ending = True
    with contextlib.ExitStack() as closing:  # all of them, also where one fails
        for opened in list(_open):
            closing.callback(opened.close)


def _close_before_a_child_exits() -> None:
    """Tell multiprocessing, if it is in use: its forked children end by os._exit, without atexit."""
    global _child_exit_seen
    finalize = getattr(sys.modules.get("multiprocessing.util"), "Finalize", None)
    if finalize is not None and not _child_exit_seen:
        _child_exit_seen = True
        finalize(None, _close_all, exitpriority=-100)  # after everybody else's


def _close_on_sigterm() -> None:
    """Handle SIGTERM, once in a process, where its default action would end it; process 1 of a container ignores it."""
    global _sigterm_seen
    if _sigterm_seen or os.getpid() == 1:
        return
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        with contextlib.suppress(ValueError):  # only the main thread may set one; a writer may come that it opens
            signal.signal(signal.SIGTERM, _on_sigterm)
            _sigterm_seen = True


def _on_sigterm(number: int, frame: FrameType | None) -> None:
    """Close everything, and then end of the signal; in the main thread, inside whatever it was doing."""
    if signal.getsignal(signal.SIGTERM) is not _on_sigterm:
        return  # called by the handler that took this one's place, which decides what becomes of the process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a second one ends the process at once
    try:
        with contextlib.suppress(RuntimeError):  # no more threads, as when the interpreter ends
            _thread.start_new_thread(_end_after, (_CLOSING_SECS,))  # takes none of the locks that threading's take
        _close_all()
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def _end_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGTERM)


def _disown_all() -> None:
    """In a forked child, which has none of the threads; multiprocessing forgets its finalizers there, too.

    One that never logs must not have to wait for Python to end on SIGTERM, as a data loader's that hangs in C code.
    """
    global _child_exit_seen, _sigterm_seen
    _child_exit_seen = False
    if _sigterm_seen and signal.getsignal(signal.SIGTERM) is _on_sigterm:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _sigterm_seen = False
    for opened in _open:
        opened.disown()
    _open.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_all)
