"""Recognises the passes of a training loop in a sequence of records: which kinds repeat, and where a pass begins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Kinds = npt.NDArray[np.int64]

# A period must be seen so many times, and in so many records, before rows are made of it.
_LEAST_REPEATS = 2
_LEAST_REPEATED = 24
# So many distances to an equal record are tried.
_MOST_TRIED = 8


class Passes(NamedTuple):
    """The passes at the end of a sequence, of `length` records each; the last `begun` ones belong to the next pass."""

    length: int
    begun: int


def passes(kinds: Kinds, steps: npt.NDArray[np.int64]) -> Passes | None:
    """The passes at the end of a sequence of records, told by their kinds (-1 equals nothing) and steps, [n]."""
    length = _period(kinds)
    if not length:
        return None
    # A pass begins where the step changes.
    last = steps[-length - 1 :]
    changes = np.flatnonzero(last[1:] != last[:-1])
    begun = len(last) - 1 - int(changes[-1]) if len(changes) else 0
    return Passes(length, begun % length)


def _period(kinds: Kinds) -> int:
    """After how many items a sequence repeats itself at its end, 0 where it does not."""
    count = len(kinds)
    places = np.flatnonzero(kinds == kinds[-1])[-1 - _MOST_TRIED : -1]
    for length in (count - 1 - places[::-1]).tolist():
        repeats = max(_LEAST_REPEATS, -(-_LEAST_REPEATED // length))
        if repeats * length >= count:
            return 0
        tail = kinds[count - repeats * length :].reshape(repeats, length)
        if (tail == tail[-1]).all() and (tail[-1] != -1).all():
            return int(length)
    return 0


def first_pass(kinds: Kinds, length: int, end: int) -> int:
    """Where the passes that go on to `end`, each of `length` records, begin."""
    repeats = kinds[:end][length:] == kinds[: end - length]
    differing = np.flatnonzero(~repeats)
    start = int(differing[-1]) + 1 if len(differing) else 0
    # Only whole passes count.
    return end - (end - start) // length * length
