"""Which files to look at now: busy ones every time, the others by turns."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Generic, TypeVar

# Each quiet item has its turn once in so many seconds.
_ROUND = 10.0
# Quiet items may take this share of the time, where looking at one is slow; a round then takes longer. On a server
# that needs a millisecond for an answer that makes 80 questions a second: `ls -l` asks 1000.
_SHARE = 0.08

Item = TypeVar("Item")


class Rota(Generic[Item]):
    """Deals out items to look at. Whoever looks at one says by `note` whether it is busy."""

    def __init__(self, round_seconds: float = _ROUND, share: float = _SHARE) -> None:
        self.busy_seconds = 0.0
        """How long looking at the busy items took, when they were dealt out last."""
        self._round, self._share = round_seconds, share
        self._new: dict[Item, None] = {}
        self._busy: dict[Item, None] = {}
        self._quiet: OrderedDict[Item, None] = OrderedDict()
        self._last_turn = monotonic()

    def add(self, item: Item) -> None:
        """Deal out a new item next time, before all others."""
        self._new[item] = None

    def note(self, item: Item, *, busy: bool) -> None:
        """Say how an item was found."""
        self._new.pop(item, None)
        if busy:
            self._quiet.pop(item, None)
            self._busy[item] = None
        elif item not in self._quiet:
            self._busy.pop(item, None)
            self._quiet[item] = None

    def drop(self, item: Item) -> None:
        """Deal the item out no more."""
        self._new.pop(item, None)
        self._busy.pop(item, None)
        self._quiet.pop(item, None)

    def is_busy(self, item: Item) -> bool:
        """Whether it was found busy."""
        return item in self._busy

    def due(self) -> Iterator[Item]:
        """New items, every busy one, and as many quiet ones as the time since the last call asks for."""
        now = monotonic()
        elapsed, self._last_turn = now - self._last_turn, now
        new, busy = list(self._new), list(self._busy)
        share = math.ceil(len(self._quiet) * min(elapsed / self._round, 1.0))
        quiet = list(islice(self._quiet, share))
        yield from new
        start = monotonic()
        yield from busy
        now = monotonic()
        self.busy_seconds = now - start
        start = now
        for item in quiet:
            if item in self._quiet:
                self._quiet.move_to_end(item)
            yield item
            if monotonic() - start > self._share * elapsed:
                return
