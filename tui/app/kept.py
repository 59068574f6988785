"""What was made of something, kept until that changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

MOST = 1 << 16


class Kept(Generic[_Key, _Value]):
    """Values by key, each with what it was made from.

    Of more than `most` the oldest go: runs are deleted, and groups of runs are called by what is being typed, so that
    over a day there are many keys that nobody asks for any more.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[_Key, tuple[object, _Value]] = OrderedDict()

    def of(self, key: _Key, made_from: object, make: Callable[[], _Value]) -> _Value:
        """The value of a key, made anew if it was made from something else."""
        known = self._known.get(key)
        if known is not None and known[0] == made_from:
            return known[1]
        value = make()
        self._known[key] = made_from, value
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return value
