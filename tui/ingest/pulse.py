"""Whether the file system answers the thread that reads: one that hangs cannot say so itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from tui.ingest.mounts import mount_of

_LOOK_SECONDS = 2.0
# An answer may take as long: a busy file server, a disk that spins up, a network that is gone for a moment.
_PATIENCE = 10.0


class Silence(NamedTuple):
    """Who has not answered, a mount point or a path, and since when by the clock on the wall."""

    place: str
    since: str

    def __str__(self) -> str:
        return f"no answer since {self.since} from {self.place}"


class Pulse:
    """Beats while a thread works. That thread calls `at`, `beat` and `rest`; who waits for it asks the others."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called by a thread of this object, `watch`ing, when `silence` has changed."""
        self.silence: Silence | None = None
        """Set while there is no answer."""
        self.beats = 0
        """Another number whenever the thread has gone on."""
        self._path = ""
        self._on_change = on_change
        self._ended = threading.Event()

    def at(self, path: str) -> None:
        """The thread is about to ask the file system about an absolute or relative path."""
        self._path = path
        self.beats += 1

    def beat(self) -> None:
        """The thread goes on."""
        self.beats += 1

    def rest(self) -> None:
        """The thread asks the file system for nothing: however long it takes, that is its own doing."""
        self._path = ""

    @property
    def is_asking(self) -> bool:
        """Whether the file system was asked for something, and the thread may wait for the answer."""
        return bool(self._path)

    def watch(self) -> None:
        """Have a thread look after it until `stop`."""
        self._ended.clear()
        threading.Thread(target=self._watch, name="tbtui-pulse", daemon=True).start()

    def stop(self) -> None:
        """Look after it no more."""
        self._ended.set()

    def _watch(self) -> None:
        last = self.beats, time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                last = self._look(*last)
            except Exception as error:  # noqa: BLE001 - the next look may do better
                threading.excepthook(threading.ExceptHookArgs((type(error), error, None, threading.current_thread())))

    def _look(self, beats: int, since: float) -> tuple[int, float]:
        """Tell what has changed since the thread was at so many beats; returns at how many it is, and since when."""
        path, now = self._path, time.monotonic()
        if not path or beats != self.beats:
            beats, since = self.beats, now
            self._tell(None)
        elif self.silence is None and now - since >= _PATIENCE:
            when = time.strftime("%H:%M:%S", time.localtime(time.time() - (now - since)))
            # Where nothing is mounted but the root, the path says more.
            place = mount_of(path)[0]
            self._tell(Silence(place if place not in ("", "/") else path, when))
        return beats, since

    def _tell(self, silence: Silence | None) -> None:
        if silence != self.silence:
            self.silence = silence
            self._on_change()
