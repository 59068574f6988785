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
# Quiet items may take this share of the time, where looking at one is slow; a round then takes longer.
_SHARE = 0.02

Item = TypeVar("Item")


class Rota(Generic[Item]):
    """Deals out items to look at. Whoever looks at one says by `note` whether it is busy; new ones are."""

    def __init__(self) -> None:
        self._busy: dict[Item, None] = {}
        self._quiet: OrderedDict[Item, None] = OrderedDict()
        self._last_turn = monotonic()

    def note(self, item: Item, *, busy: bool) -> None:
        """Add an item, or say how it was found."""
        if busy:
            self._quiet.pop(item, None)
            self._busy[item] = None
        elif item not in self._quiet:
            self._busy.pop(item, None)
            self._quiet[item] = None

    def drop(self, item: Item) -> None:
        """Deal the item out no more."""
        self._busy.pop(item, None)
        self._quiet.pop(item, None)

    def due(self) -> Iterator[Item]:
        """Every busy item, and as many quiet ones as the time since the last call asks for."""
        now = monotonic()
        elapsed, self._last_turn = now - self._last_turn, now
        busy = list(self._busy)
        share = math.ceil(len(self._quiet) * min(elapsed / _ROUND, 1.0))
        quiet = list(islice(self._quiet, share))
        yield from busy
        start = monotonic()
        for item in quiet:
            if item in self._quiet:
                self._quiet.move_to_end(item)
            yield item
            if monotonic() - start > _SHARE * elapsed:
                return
