"""Decodes blobs that are shown, off the screen's thread, and keeps the latest."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import takewhile
from typing import Any, TypeVar

from tui.reader.payload import PayloadError
from tui.render.numbers import bytes_
from tui.render.text import printable

MOST_BYTES = 12 << 20
MOST_IN_VIEW = 192 << 20
_KEPT = 4096
_MOST_WAITING = 256
_LONGEST_END = 0.1  # seconds
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

    What is on the screen is kept beyond that: else the parts of one picture would push each other out, and be decoded
    for ever. It is what was asked for since the last `trim`, which who draws calls for each announcement, before it
    asks again. That too may take `most_bytes`, and MOST_IN_VIEW at least: what comes on top is Unreadable, until there
    is room.

    `on_loaded` is called on the worker thread, once for all that wait to be taken. The cache itself is touched by the
    screen's thread only, except `_loaded`, `_waiting` and `_closed`, which `_changed` guards: a blob that comes while
    others are taken would else be announced by nobody.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most_bytes = most_bytes
        self.on_loaded: Callable[[], None] = lambda: None
        self._known: OrderedDict[_Wanted, Any] = OrderedDict()
        self._bytes = 0
        self._in_view: set[_Wanted] = set()
        self._asked: set[_Wanted] = set()
        self._waiting: list[_Wanted] = []
        self._loaded: list[tuple[_Wanted, Any]] = []
        self._closed = False
        self._changed = threading.Condition()
        self._worker: threading.Thread | None = None

    def get(self, ref: _Place, read: Callable[[_Place], _Decoded]) -> _Decoded | Unreadable | None:
        """What `read` makes of the blob, or why it cannot be; None when that is not decoded yet.

        Args:
            read: runs on the worker thread and raises PayloadError for what it cannot read. The same function (or an
                equal, hashable object) each time: it is part of what is kept.
        """
        wanted = ref, read
        self._in_view.add(wanted)
        self._collect()
        found: _Decoded | Unreadable | None = self._known.get(wanted)
        if isinstance(found, _NoRoom) and self._fits(found.needs, self._asked_since(wanted)):
            self._drop(wanted)
        elif found is not None:
            self._known.move_to_end(wanted)
            return found
        if wanted not in self._asked:
            self._ask(wanted)
        return None

    def forget(self, ref: _Place, read: Callable[[_Place], Any]) -> None:
        """Decode it anew when it is asked for: what was read may have changed."""
        self._collect()
        if (ref, read) in self._known:
            self._drop((ref, read))

    def trim(self) -> None:
        """What was asked for until now may be no more in view: keep what was asked for since the last time, and of all
        else as much as there is room for."""
        self._collect()
        self._make_room()
        self._in_view.clear()

    @property
    def waits(self) -> bool:
        """Whether a blob was asked for that nobody has got yet."""
        return bool(self._asked)

    def close(self) -> None:
        """Drop what waits, and end the worker; where it is busy with something long it ends with the program."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._worker is not None:
            self._worker.join(_LONGEST_END)

    def _ask(self, wanted: _Wanted) -> None:
        self._asked.add(wanted)
        with self._changed:
            self._waiting.append(wanted)
            for forgotten in self._waiting[:-_MOST_WAITING]:
                self._asked.discard(forgotten)
            del self._waiting[:-_MOST_WAITING]
            self._changed.notify()
        if self._worker is None:
            # Not one of a pool: Python waits at its end for those, and a file of points may take half a minute.
            worker = threading.Thread(target=self._work, name="tbtui-blobs", daemon=True)
            try:
                worker.start()
            except RuntimeError as error:  # the system gives none: who asks for something else tries again
                self._refuse(error)
            else:
                self._worker = worker

    def _refuse(self, error: RuntimeError) -> None:
        with self._changed:
            self._loaded += [(wanted, Unreadable(error)) for wanted in self._waiting]
            self._waiting.clear()
        self._announce()

    def _work(self) -> None:
        while (wanted := self._next()) is not None:
            result = _decoded(*wanted)
            with self._changed:
                announce = not (self._loaded or self._closed)
                self._loaded.append((wanted, result))
            if announce:
                self._announce()

    def _announce(self) -> None:
        try:
            self.on_loaded()
        except Exception:  # noqa: BLE001 - the worker must go on
            _log.exception("nobody could be told of what is decoded")

    def _next(self) -> _Wanted | None:
        """What was asked for last, when something is; None when there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return None if self._closed else self._waiting.pop()

    def _collect(self) -> None:
        with self._changed:
            loaded, self._loaded = self._loaded, []
        for wanted, result in loaded:
            self._asked.discard(wanted)
            kept = self._fitting(wanted, result)
            self._known[wanted] = kept
            self._bytes += _nbytes(kept)
            if isinstance(kept, _NoRoom):  # all else was asked for since
                self._known.move_to_end(wanted, last=False)
        if loaded:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest that are not in view, as far as there are too many, or too large ones."""
        over = len(self._known) - _KEPT
        most_bytes = self._limit
        if over <= 0 and self._bytes <= most_bytes:
            return
        newest = next(reversed(self._known))
        for wanted in [wanted for wanted in self._known if wanted not in self._in_view and wanted != newest]:
            if over <= 0 and self._bytes <= most_bytes:
                return
            self._drop(wanted)
            over -= 1

    def _drop(self, wanted: _Wanted) -> None:
        self._bytes -= _nbytes(self._known.pop(wanted))

    @property
    def _limit(self) -> int:
        return MOST_BYTES if self._most_bytes is None else self._most_bytes

    def _fitting(self, wanted: _Wanted, result: Any) -> Any:
        """What was decoded, unless there is too much in view already."""
        needs = _nbytes(result)
        return result if self._fits(needs, self._in_view - {wanted}) else _NoRoom(needs)

    def _fits(self, needs: int, beside: Iterable[_Wanted]) -> bool:
        """Whether so many bytes can be in view beside others; alone anything can, for it is there already."""
        held = sum(_nbytes(self._known[other]) for other in beside if other in self._known)
        return not held or held + needs <= max(self._limit, MOST_IN_VIEW)

    def _asked_since(self, wanted: _Wanted) -> Iterator[_Wanted]:
        """What was asked for since that was."""
        return takewhile(lambda other: other != wanted, reversed(self._known))


class _NoRoom(Unreadable):
    """In place of what is too large beside all else that is shown."""

    needs: int

    def __new__(cls, needs: int) -> _NoRoom:
        made = super().__new__(cls, f"{bytes_(needs)}, more than there is room for beside what is shown")
        made.needs = needs
        return made


def _decoded(ref: Hashable, read: Callable[[Any], Any]) -> Any:
    try:
        return read(ref)
    except PayloadError as error:
        return Unreadable(printable(str(error)))
    except Exception as error:  # noqa: BLE001 - a bug must not leave the widget waiting for ever
        _log.exception("reading %s failed", ref)
        return Unreadable(printable(f"{type(error).__name__}: {error}"))


def _nbytes(decoded: Any) -> int:
    """About the bytes of a decoded blob: arrays and those of ours that hold some say it themselves."""
    return int(getattr(decoded, "nbytes", 1024))
