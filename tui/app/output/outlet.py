"""What goes to the terminal leaves by a thread that waits for a slow one, and tells where there is none any more.

Textual's own holds up the whole program behind 30 writes: no key, no signal, no end while a terminal takes nothing; and
it ends with the first write that fails, so that the program waits for ever.
"""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable

MOST_WAITING = 1 << 16
"""Bytes that may wait until no more is drawn: what comes later is drawn when they are gone, and only as it is then."""
_PATIENCE = 1.0
"""Seconds that the end waits for a terminal to take the rest."""


class Outlet:
    """Sends bytes to a file descriptor, in order, from a thread that runs from the first `write` to `close`.

    `on_gone` is called once, on that thread or another one, when the terminal is gone: what is written from then on is
    dropped.
    """

    def __init__(self, on_gone: Callable[[], None] = lambda: None) -> None:
        self._on_gone = on_gone
        # Guarded by the condition.
        self._changed = threading.Condition()
        self._pieces: deque[bytes] = deque()
        self._waiting = 0
        self._then: Callable[[], None] | None = None
        self._closing = False
        self._is_gone = False
        self._thread: threading.Thread | None = None

    def write(self, data: bytes, file: int) -> None:
        """Have it sent to `file`, the same one as before. Takes no time."""
        with self._changed:
            if self._is_gone:
                return
            self._pieces.append(data)
            self._waiting += len(data)
            self._closing = False
            self._changed.notify_all()
            if self._thread is None:
                self._start(file)

    def _start(self, file: int) -> None:
        thread = threading.Thread(target=self._run, args=(file,), name="tbtui-output", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives none: the caller sends it, and waits for a slow terminal
            self._closing = True
            self._run(file)
        else:
            self._thread = thread

    def has_room(self, then: Callable[[], None]) -> bool:
        """Whether more should be drawn; otherwise `then` is called, on the thread, when all is sent."""
        with self._changed:
            if self._waiting <= MOST_WAITING:
                return True
            self._then = then
            return False

    def close(self) -> None:
        """Have the thread end when all is sent, and wait for it, but not for ever. The next `write` goes on."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_PATIENCE)

    def leave(self) -> None:
        """The terminal is gone."""
        with self._changed:
            was_gone, self._is_gone = self._is_gone, True
            self._pieces.clear()
            self._waiting = 0
        if not was_gone:
            self._on_gone()

    # On the thread

    def _run(self, file: int) -> None:
        while data := self._next():
            try:
                _send(data, file)
            except OSError:  # a hangup, whatever it is called: EIO, EPIPE, ENXIO, EBADF
                self.leave()
                return
            self._sent(len(data))

    def _next(self) -> bytes:
        """All that waits, when something does; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._closing)
            data = b"".join(self._pieces)
            self._pieces.clear()
            if not data:
                self._thread = None
            return data

    def _sent(self, count: int) -> None:
        with self._changed:
            self._waiting -= count
            then, self._then = (None, self._then) if self._waiting else (self._then, None)
        if then is not None:
            then()


def _send(data: bytes, file: int) -> None:
    """Write all of it, also where another program has made the terminal one that does not wait."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(file, rest) :]
        except BlockingIOError:
            ready = select.poll()
            ready.register(file, select.POLLOUT)
            ready.poll()
