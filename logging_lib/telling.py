"""Warnings, and which thread is just telling one: the writer's may then have to wait for the one who waits for it.

Python's logging calls a handler under that handler's lock. Where the handler itself logs its lines to a writer and
flushes, and the disk is full, the thread has a warning to tell, which needs the same lock.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import traceback

_logger = logging.getLogger("logging_lib")
_telling: set[int] = set()


def warn(message: str, *arguments: object) -> None:
    """Log a warning as "logging_lib"; on stderr where somebody's handler fails: what is logged goes on."""
    thread = threading.get_ident()
    _telling.add(thread)
    try:
        _logger.warning(message, *arguments, stacklevel=2)
    except Exception:  # noqa: BLE001  # a handler may raise anything
        with contextlib.suppress(Exception):  # there may be no stderr
            print(f"logging_lib: {message % arguments}", file=sys.stderr)  # noqa: T201
            traceback.print_exc()
    finally:
        _telling.discard(thread)


def is_telling(thread: int | None) -> bool:
    """Whether a thread, by its identifier, is inside somebody's logging handler."""
    return thread in _telling


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_telling.clear)  # a thread of the child may get the identifier of the parent's
