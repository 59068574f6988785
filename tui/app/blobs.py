"""Decodes blobs that are shown, off the screen's thread, and keeps the latest."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tui.reader.payload import PayloadError

MOST_BYTES = 48 << 20
_KEPT = 4096
_MOST_WAITING = 256
_log = logging.getLogger(__name__)

_Decoded = TypeVar("_Decoded")
_Place = TypeVar("_Place", bound=Hashable)
_Wanted = tuple[Hashable, Callable[[Any], Any]]


class Unreadable(str):
    """In place of what was decoded: one line that says why it could not be."""


class BlobCache:
    """Decoded blobs by where they lie, a BlobRef or whatever else `read` takes for it. `get` never waits: what is not
    decoded yet is asked for, and announced.

    What was asked for last is decoded first, and of very many that wait the first asked for are forgotten: who goes
    through a thousand steps does not wait for those that are behind. The latest `_KEPT` are kept, as long as they take
    less than `most_bytes`, MOST_BYTES unless told.

    `on_loaded` is called on the worker thread, once for all that wait to be taken. The cache itself is touched by the
    screen's thread only, except `_loaded` and `_waiting`, which `_lock` guards: a blob that comes while others are
    taken would else be announced by nobody.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most_bytes = most_bytes
        self.on_loaded: Callable[[], None] = lambda: None
        self._known: OrderedDict[_Wanted, Any] = OrderedDict()
        self._bytes = 0
        self._asked: set[_Wanted] = set()
        self._waiting: list[_Wanted] = []
        self._loaded: list[tuple[_Wanted, Any]] = []
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def get(self, ref: _Place, read: Callable[[_Place], _Decoded]) -> _Decoded | Unreadable | None:
        """What `read` makes of the blob, or why it cannot be; None when that is not decoded yet.

        Args:
            read: runs on the worker thread and raises PayloadError for what it cannot read. The same function (or an
                equal, hashable object) each time: it is part of what is kept.
        """
        self._collect()
        wanted = ref, read
        if wanted in self._known:
            self._known.move_to_end(wanted)
            found: _Decoded | Unreadable = self._known[wanted]
            return found
        if wanted not in self._asked:
            self._ask(wanted)
        return None

    def forget(self, ref: _Place, read: Callable[[_Place], Any]) -> None:
        """Decode it anew when it is asked for: what was read may have changed."""
        self._collect()
        if (ref, read) in self._known:
            self._bytes -= _nbytes(self._known.pop((ref, read)))

    @property
    def waits(self) -> bool:
        """Whether a blob was asked for that nobody has got yet."""
        return bool(self._asked)

    def close(self) -> None:
        """Drop what waits and end the worker."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, wanted: _Wanted) -> None:
        self._asked.add(wanted)
        with self._lock:
            self._waiting.append(wanted)
            for forgotten in self._waiting[:-_MOST_WAITING]:
                self._asked.discard(forgotten)
            del self._waiting[:-_MOST_WAITING]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="tbtui-blobs")
        self._pool.submit(self._load_next)

    def _load_next(self) -> None:
        with self._lock:
            if not self._waiting:  # forgotten
                return
            wanted = self._waiting.pop()
        result = _decoded(*wanted)
        with self._lock:
            announce = not self._loaded
            self._loaded.append((wanted, result))
        if announce:
            self.on_loaded()

    def _collect(self) -> None:
        with self._lock:
            loaded, self._loaded = self._loaded, []
        for wanted, result in loaded:
            self._asked.discard(wanted)
            self._known[wanted] = result
            self._bytes += _nbytes(result)
        most_bytes = MOST_BYTES if self._most_bytes is None else self._most_bytes
        while len(self._known) > _KEPT or (self._bytes > most_bytes and len(self._known) > 1):
            _, forgotten = self._known.popitem(last=False)
            self._bytes -= _nbytes(forgotten)


def _decoded(ref: Hashable, read: Callable[[Any], Any]) -> Any:
    try:
        return read(ref)
    except PayloadError as error:
        return Unreadable(error)
    except Exception as error:  # noqa: BLE001 - a bug must not leave the widget waiting for ever
        _log.exception("reading %s failed", ref)
        return Unreadable(f"{type(error).__name__}: {error}")


def _nbytes(decoded: Any) -> int:
    """About the bytes of a decoded blob: arrays and those of ours that hold some say it themselves."""
    return int(getattr(decoded, "nbytes", 1024))
