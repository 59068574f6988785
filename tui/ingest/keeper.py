"""Keeps scalars within a limit of memory: points of runs that nobody looks at are let go, and read again."""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Callable, Iterator, Mapping

from tui.ingest.rereading import Rereading
from tui.ingest.sources import Sources
from tui.ingest.wanted import NOTHING_WANTED, Wanted
from tui.model import SeriesKey
from tui.store.run import GrowingRun
from tui.store.snapshot import ScalarSeries
from tui.store.store import Store

# Runs that are drawn are kept, and read again, up to this share of the limit; beyond the limit, points are let go
# down to the other share. The first is the lesser: what was read again is not let go for what is read next.
_DRAWN_SHARE = 0.7
_TRIMMED_SHARE = 0.85

# Snapshots that others hold keep for a while what was let go.
_GIVING_SECONDS = 5.0

Farewell = Callable[[Mapping[SeriesKey, ScalarSeries]], None]


class Keeper:
    """What of the store's scalars is kept. For the ingest thread.

    The runs that are drawn, in their order, as many as fit, are `_kept`; all others go first, those that were never
    drawn before those that were, and of these the ones longest ago. The first that is drawn is kept whatever it takes.
    Only kept runs are read again, and runs whose outlines have become wrong: so nothing is read again in a circle.
    """

    def __init__(self, limit: int | None, store: Store, sources: Sources, farewell: Farewell) -> None:
        """
        Args:
            limit: bytes that scalars may take, None for any number.
            store: what they are in.
            sources: what they come from.
            farewell: called with the series of a run before their points are let go.
        """
        self.in_outline = 0
        """Runs that are drawn, and stay outlines: they do not fit, or cannot be read again."""
        self._limit = limit
        self._store = store
        self._sources = sources
        self._farewell = farewell
        self._wanted = NOTHING_WANTED
        # Runs that were drawn, the latest and first of them at the end.
        self._drawn: dict[str, None] = {}
        self._kept: dict[str, None] = {}
        self._queue: list[str] = []
        self._rereading: Rereading | None = None
        self._thinned_at = -math.inf
        # Runs that could not be read again, and how many points they had; they are tried again when they have more,
        # or something else is looked at.
        self._failed: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """Runs that are to be read again."""
        return len(self._queue) + (self._rereading is not None)

    def want(self, wanted: Wanted) -> None:
        """Keep what is looked at from now on, and read again what of it was let go."""
        self._wanted = wanted
        if self._limit is None:
            return
        for name in reversed(wanted.drawn):
            self._drawn.pop(name, None)
            self._drawn[name] = None
        self._failed.clear()
        self._plan()

    def trim(self, reading: str | None) -> None:
        """Let points go if there are too many; not those of the run that is being `reading`, which go later."""
        if self._limit is None or self._store.bytes <= self._limit:
            return
        self._plan()
        for name, kept in self._goers():
            if self._store.bytes <= _TRIMMED_SHARE * self._limit:
                break
            run = self._store.run(name)
            if run is None or not run.may_go or name == reading:
                continue
            if self._sources.may_reread(name) and not self._store.is_gone(name):
                self._thin(run, kept)
                self._thinned_at = time.monotonic()
        self._plan()

    def give_back(self) -> None:
        """Give memory back to the system: what was let go lately lies in pieces among what is kept."""
        if time.monotonic() - self._thinned_at < _GIVING_SECONDS:
            _trim_heap()

    def read(self, settle: Callable[[], None]) -> bool:
        """Read a chunk of what is to be read again; returns False where there is nothing.

        `settle` is called to bring the store up to what was read of all files.
        """
        if self._store.outdated and self._rereading is None:
            self._plan()
        if self._rereading is None and not self._begin():
            return False
        rereading = self._rereading
        assert rereading is not None
        if not rereading.read():
            settle()
            # What was logged meanwhile is read by now, of these files.
            while rereading.read():
                pass
            self._rereading = None
            self._end(rereading)
            self.trim(None)
        return True

    def _begin(self) -> bool:
        while self._queue and self._rereading is None:
            self._rereading = self._sources.again(self._queue.pop(0))
        return self._rereading is not None

    def _end(self, rereading: Rereading) -> None:
        name = rereading.name
        run = self._store.run(name)
        if run is None:  # it was moved, or forgotten
            return
        tags = None if name in self._store.outdated else self._wanted.tags
        failed = rereading.failed or not self._sources.is_current(rereading)
        if failed or not self._store.complete(name, rereading.whole, tags):
            self._failed[name] = run.points
            self._store.outdated.discard(name)
            self._plan()

    def _plan(self) -> None:
        """Which runs are kept, and which of them, and of those with wrong outlines, are to be read again."""
        assert self._limit is not None
        room = _DRAWN_SHARE * self._limit - self._store.least_bytes
        self._kept = {}
        for name in self._wanted.drawn:
            run = self._store.run(name)
            if run is None:
                continue
            room -= run.whole_bytes(self._wanted.tags)
            if room < 0 and self._kept:
                break
            self._kept[name] = None
        current = self._rereading.name if self._rereading else None
        wanting = [name for name in self._kept if self._lacks(name, self._wanted.tags)]
        outdated = [name for name in self._store.outdated if name not in wanting]
        self._queue = [name for name in (*wanting, *outdated) if name != current]
        left = [name for name in self._wanted.drawn if name not in wanting]
        self.in_outline = sum(run.lacks(self._wanted.tags) for name in left if (run := self._store.run(name)))

    def _lacks(self, name: str, tags: frozenset[str] | None) -> bool:
        run = self._store.run(name)
        return run is not None and self._failed.get(name) != run.points and run.lacks(tags)

    def _goers(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Runs whose points may be let go, in this order, and the tags that they keep."""
        nothing: frozenset[str] = frozenset()
        names = self._store.names()
        yield from ((name, nothing) for name in names if name not in self._drawn and name not in self._kept)
        yield from ((name, nothing) for name in list(self._drawn) if name not in self._kept)
        if self._wanted.tags is not None:
            yield from ((name, self._wanted.tags) for name in reversed(list(self._kept)))
        yield from ((name, nothing) for name in reversed(list(self._kept)[1:]))

    def _thin(self, run: GrowingRun, kept: frozenset[str]) -> None:
        going = {key: one.freeze(0) for key, one in run.scalars.items() if one.may_go and key.tag not in kept}
        if going:
            self._farewell(going)
            self._store.thin(run.name, kept)


def _trim_heap() -> None:
    """Have the C library give back the free pages of its heap; glibc does, others need not be told or cannot be."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
