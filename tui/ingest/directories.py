"""The directories of the logdirs: what they hold, and which of them to ask again, so that a new run is noticed.

A directory is listed when its modification time moved, when a hint names it, and by turns: not every file system keeps
that time, and those of other machines may show an old one for a minute. All others are taken as they were.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from time import monotonic

from tui.ingest.rota import Rota
from tui.model import Problem
from tui.reader.logdir import Discovery, Listing, Place, discover, list_directory, unreadable
from tui.reader.named_logdir import LogDir

# A run's directory changes when the run begins, and then seldom.
_RECENT = 60.0
# A file system may count time in steps of two seconds: within one of them nothing moves when an entry comes.
_STEP = 3.0
# Shares of the time: asking directories whether they changed, and listing those that did not, as far as is known.
_ASKED_SHARE, _LISTED_SHARE = 0.04, 0.01


class Directories:
    """Every directory below the logdirs. For one thread."""

    def __init__(
        self, logdirs: Sequence[LogDir], *, round_seconds: float = 10.0, at: Callable[[str], None] = lambda path: None
    ) -> None:
        """
        Args:
            logdirs: where to begin.
            round_seconds: in how many each directory is listed, changed or not; more where that takes long.
            at: called with each path before the file system is asked about it.
        """
        self.complete = False
        """Whether all there is has been listed once."""
        self._logdirs = tuple(logdirs)
        self._roots = [os.fspath(logdir.path) for logdir in logdirs]
        self._at = at
        self._known: dict[str, Listing] = {}
        self._places: dict[str, Mapping[int, Place]] = {}
        self._unreadable: set[str] = set()
        self._doubted: set[str] = set()
        # Why directories that were listed before cannot be now; what they held is taken as it was.
        self._failing: dict[str, str] = {}
        # By our clock: that of a server may be hours ahead or behind.
        self._changed_at: dict[str, float] = {}
        # Runs begin in directories that hold others, of which there are few: they do not wait for all the rest.
        self._inner: Rota[str] = Rota(share=_ASKED_SHARE)
        self._leaves: Rota[str] = Rota(share=_ASKED_SHARE)
        self._listed: Rota[str] = Rota(round_seconds, _LISTED_SHARE)
        self._round_seconds = round_seconds
        self._roots_listed = monotonic()
        # Devices on which an entry came or went and no time moved.
        self._timeless: set[int] = set()

    @property
    def places(self) -> Mapping[str, Mapping[int, Place]]:
        """Each logdir's file systems, by device."""
        return self._places

    @property
    def busy_seconds(self) -> float:
        """How long `changed` took for those directories that are asked each time."""
        return self._inner.busy_seconds + self._leaves.busy_seconds

    @property
    def problems(self) -> list[Problem]:
        """Directories that are known and out of reach."""
        return [Problem(path, None, reason) for path, reason in self._failing.items()]

    def device(self, path: str) -> int | None:
        """Of a directory that is known."""
        listing = self._known.get(path)
        return None if listing is None else listing.identity[0]

    def find(self, *, again: bool = False, until: float = math.inf) -> list[Discovery]:
        """What each logdir holds by now; of directories that did not change as far as is known, what they held.

        Args:
            again: list all directories.
            until: by `time.monotonic`, when to list no more; the next call goes on, as long as not `complete`.
        """
        if again:
            self._known.clear()
            self._failing.clear()
        self._list_doubted()
        found = [discover(logdir, self._known, at=self._at, until=until) for logdir in self._logdirs]
        self._places = dict(zip(self._roots, (discovery.places for discovery in found), strict=True))
        self._unreadable = {problem.path for discovery in found for problem in discovery.problems}
        known: dict[str, Listing] = {}
        for discovery in found:
            known.update(discovery.directories)
        self._take(known)
        self.complete = all(discovery.complete for discovery in found)
        return found

    def changed(self) -> bool:
        """Whether an entry came or went since the last `find`, as far as is seen by asking those that are due.

        These are the logdirs, directories that changed lately, and by turns some of the others.
        """
        changed = any(_mtime(root) is not None for root in self._roots if self._is_missing(root))
        for path in chain(self._inner.due(), self._leaves.due()):
            self._at(path)
            known = self._known.get(path)
            if known is not None and (self._may_hide(path, known) or _mtime(path) != known.mtime):
                changed |= self._list_again(path)
            self._note(path)
        for path in chain(self._roots_due(), self._listed.due()):
            self._at(path)
            changed |= path in self._known and self._list_again(path)
        return changed

    def doubt(self, paths: Iterable[str]) -> None:
        """List these, and the directories that hold them, at the next `find`: something happened there."""
        self._doubted.update(paths)

    def _is_missing(self, root: str) -> bool:
        return root not in self._known and root not in self._unreadable

    def _take(self, known: dict[str, Listing]) -> None:
        """Have these be the directories that are known."""
        for path in [path for path in self._changed_at if path not in known]:
            del self._changed_at[path]
            self._failing.pop(path, None)
            self._inner.drop(path)
            self._leaves.drop(path)
            self._listed.drop(path)
        self._known = known
        now, clock = monotonic(), time.time()
        for path, listing in known.items():
            if path not in self._changed_at:
                # At the start only its time tells how long ago it changed; a time ahead of ours tells nothing.
                age = 0.0 if self.complete else max(clock - listing.mtime / 1e9, 0.0)
                self._changed_at[path] = now - age
                self._note(path)
                self._listed.note(path, busy=False)

    def _note(self, path: str) -> None:
        recent = monotonic() - self._changed_at.get(path, -math.inf) < _RECENT
        listing = self._known.get(path)
        mine, other = self._inner, self._leaves
        if listing is None or not listing.children:
            mine, other = other, mine
        other.drop(path)
        mine.note(path, busy=recent or path in self._roots)

    def _may_hide(self, path: str, known: Listing) -> bool:
        """Whether what comes to a directory may leave its time as it is."""
        if path in self._failing or known.identity[0] in self._timeless:
            return True
        return monotonic() - self._changed_at[path] < _STEP

    def _roots_due(self) -> Sequence[str]:
        """Most runs begin directly below a logdir."""
        now = monotonic()
        if now - self._roots_listed < self._round_seconds:
            return ()
        self._roots_listed = now
        return self._roots

    def _list_doubted(self) -> None:
        doubted, self._doubted = self._doubted, set()
        for parent in {os.path.dirname(path) for path in doubted}:  # noqa: PTH120 - plain strings, by the thousand
            if parent in self._known:
                self._list_again(parent)
        self._forget(doubted)

    def _list_again(self, path: str) -> bool:
        """List a directory that is known; returns whether an entry came or went, or it itself did."""
        known = self._known[path]
        try:
            listing = list_directory(path)
        except (FileNotFoundError, NotADirectoryError):
            listing = None
        except OSError as error:
            before, self._failing[path] = self._failing.get(path), unreadable(error)
            return before != self._failing[path]
        is_back = self._failing.pop(path, None) is not None
        if listing is None:
            del self._known[path]
            return True
        self._known[path] = listing
        if listing == known:
            return is_back
        changed = listing._replace(mtime=known.mtime) != known
        if changed and listing.mtime == known.mtime and not self._may_hide(path, known):
            self._timeless.add(listing.identity[0])
        self._changed_at[path] = monotonic()
        # What is another directory by now under an old name, or may be.
        others = {child for child, inode in known.children.items() if listing.children.get(child) != inode}
        others.update(known.links)
        self._forget(others)
        return changed or is_back or bool(others)

    def _forget(self, tops: set[str]) -> None:
        """Take nothing for granted of these directories and those below them."""
        if tops:
            for path in [path for path in self._known if path in tops or _is_below(path, tops)]:
                del self._known[path]


def _is_below(path: str, tops: set[str]) -> bool:
    end = path.rfind("/")
    while end > 0:
        if path[:end] in tops:
            return True
        end = path.rfind("/", 0, end)
    return False


def _mtime(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - polled by the thousand
    except OSError:  # gone or out of reach: a change, which the next walk explains
        return None
