"""Named cells of a row -> its step, its time and its numbers: what CSV, JSON lines and a Trainer's state share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tui.reader.peers.numbers import step_of, time_of
from tui.reader.peers.rows import Rows

STEP_NAMES = (
    "step",
    "_step",
    "global_step",
    "train/global_step",
    "total_steps",
    "time/total_timesteps",
    "timesteps_total",
    "iteration",
    "iter",
    "training_iteration",
    "epoch",
)
"""By what a row's step is called, the best first."""
TIME_NAMES = ("_timestamp", "timestamp", "wall_time", "walltime", "time")
_MOST_DEEP = 8


class Table:
    """Adds rows to `rows`. Which of the names is the step, and which the time, the first row decides."""

    def __init__(self, rows: Rows, number: Callable[[Any], float | None]) -> None:
        self._rows = rows
        self._number = number
        self._step: str | None = None
        self._time: str | None = None
        self._begun = False

    def begin(self, names: Iterable[str]) -> bool:
        """Choose the step among the names of columns; False where none is one."""
        self._begun = False
        self._step = _named(STEP_NAMES, names)
        return self._step is not None

    def looks_right(self, row: Mapping[str, Any]) -> bool:
        """Whether this may be the first row of a log: it has a step and a number besides."""
        if not self.begin(row) or self._step is None or step_of(row[self._step]) is None:
            return False
        time = _named(TIME_NAMES, row)
        return any(self._number(value) is not None for name, value in row.items() if name not in (self._step, time))

    def add(self, row: Mapping[str, Any], offset: int) -> None:
        """Add the numbers of a row; what is none is left out, and told where it was one before."""
        if not self._begun:
            self._begun = True
            time = _named(TIME_NAMES, row)
            self._time = time if time is not None and time_of(row[time]) is not None else None
        step = step_of(row.get(self._step)) if self._step is not None else None
        if step is None:
            self._rows.tell_once(offset, f"row without a whole number as {self._step!r}; it is left out")
            return
        wall_time = time_of(row.get(self._time)) if self._time is not None else None
        self._rows.add(step, math.nan if wall_time is None else wall_time, self._values(row, offset))

    def _values(self, row: Mapping[str, Any], offset: int) -> Iterable[tuple[str, float]]:
        own = (self._step, self._time)
        for name, cell in row.items():
            if name in own:
                continue
            value = self._number(cell)
            if value is not None:
                yield name, value
            elif isinstance(cell, str) and self._rows.has(name):
                reason = f"{name!r} holds {cell[:40]!r}, which is no number; it is left out"
                self._rows.tell_once(offset, reason, name)


def flat(value: Mapping[str, Any], before: str = "", deep: int = 0) -> Iterable[tuple[str, Any]]:
    """The members of nested objects, names joined by `/`; without wandb's media (`_type`) and what is too deep."""
    for name, member in value.items():
        if not isinstance(member, Mapping):
            yield before + name, member
        elif "_type" not in member and deep < _MOST_DEEP:
            yield from flat(member, f"{before}{name}/", deep + 1)


def _named(wanted: Iterable[str], names: Iterable[str]) -> str | None:
    by_lower: dict[str, str] = {}
    for name in names:
        by_lower.setdefault(name.lower(), name)
    return next((by_lower[name] for name in wanted if name in by_lower), None)
