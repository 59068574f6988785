"""The mean of several series, step by step, and how far they spread about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.model import Flags, Steps
from tui.store.snapshot import ScalarSeries

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]
_Column = npt.NDArray[np.floating[Any]]

_USUAL = 400
"""The square of 2 to a power less than that, and sums of such squares, are far from float64's limits of 2**+-1022."""


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """Several series as one; read-only arrays of shape [m], steps ascending.

    `mean`, `low` and `high` (the extremes) and `std` are of the `counts` members that have a finite value at the
    step, NaN where none has. `std` is that of a sample (n - 1): 0 for one member, infinite beyond float64. `broken`
    tells where a member's value is NaN or infinite. `interpolated` tells that the steps are not common ones.
    """

    steps: Steps
    wall_times: Floats
    mean: Floats
    low: Floats
    high: Floats
    std: Floats
    counts: Counts
    broken: Flags
    interpolated: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """One series with ascending steps, each once; at least one point."""

    steps: Steps
    wall_times: Floats
    values: npt.NDArray[np.floating[Any]]


def aggregate(series: Sequence[ScalarSeries]) -> Aggregate:
    """The mean of at least one series; superseded points are left out, and of equal steps the last point counts.

    A member takes part from its first step to its last one: where members end at different steps, the longer ones
    go on, and `counts` is less. The steps are the common ones: those that every member logged that is there. Where
    these are fewer than half the points of the member with the fewest, within its own steps, the grid is that
    member's steps, before and after them those of the next one, and so on; values between two points of a member are
    then interpolated, never extrapolated.

    NaN and infinite values do not count: one diverged seed says nothing about where the others stand, and would take
    the mean away from there on. They are told of in `broken`.

    The wall time is the mean where all members are there. From a step to the next it goes on by the mean of those
    that are there at both: so it does not jump back where a member ends that started later.
    """
    members = [_member(one.current()) for one in series]
    grid, common = _common_steps(members), True
    fewest = min(members, key=lambda member: len(member.steps))
    first, last = np.searchsorted(grid, fewest.steps[0]), np.searchsorted(grid, fewest.steps[-1], "right")
    if 2 * (last - first) < len(fewest.steps):
        grid, common = _coarse_steps(members), False
    return _statistics(members, grid, common=common)


def _member(series: ScalarSeries) -> _Member:
    steps, wall_times, values = series.steps, series.wall_times, series.values
    if not (steps[1:] > steps[:-1]).all():
        order = np.argsort(steps, kind="stable")
        ascending = steps[order]
        order = order[np.append(ascending[1:] != ascending[:-1], True)]
        steps, wall_times, values = steps[order], wall_times[order], values[order]
    return _Member(steps, wall_times, values)


def _common_steps(members: Sequence[_Member]) -> Steps:
    """The steps that were logged by every member whose first and last step lie about it."""
    longest = max(members, key=lambda member: len(member.steps)).steps
    if all(np.array_equal(member.steps, longest[: len(member.steps)]) for member in members):
        return longest  # as seeds do that log in step
    # Ascending runs of numbers are sorted by merging, ten times as fast as by np.unique.
    steps = np.sort(np.concatenate([member.steps for member in members]), kind="stable")
    steps = steps[np.append(True, steps[1:] != steps[:-1])]
    missing = np.zeros(len(steps), np.int32)
    for member in members:
        first, last = np.searchsorted(steps, member.steps[[0, -1]])
        missing[first : last + 1] += 1
        missing[np.searchsorted(steps, member.steps)] -= 1
    return np.asarray(steps[missing == 0])


def _coarse_steps(members: Sequence[_Member]) -> Steps:
    """The steps of the member with the fewest points, then those of the next before its first and after its last."""
    grid = np.empty(0, np.int64)
    for member in sorted(members, key=lambda member: len(member.steps)):
        if not len(grid):
            grid = member.steps
            continue
        first, last = np.searchsorted(member.steps, grid[0]), np.searchsorted(member.steps, grid[-1], "right")
        grid = np.concatenate((member.steps[:first], grid, member.steps[last:]))
    return grid


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """What one member says at the grid's steps that are at `place`."""

    place: slice
    values: Floats
    finite: Flags
    wall_times: Floats


def _share(member: _Member, grid: Steps) -> _Share:
    """A member's values at the steps of the grid from its first to its last one."""
    first, last = np.searchsorted(grid, member.steps[0]), np.searchsorted(grid, member.steps[-1], "right")
    steps = grid[first:last]
    columns = [member.values, member.wall_times]
    if not np.array_equal(steps, member.steps):
        columns = _at(steps, member.steps, columns)
    values, wall_times = (column.astype(np.float64) for column in columns)
    return _Share(slice(int(first), int(last)), values, np.isfinite(values), wall_times)


def _at(steps: Steps, known: Steps, columns: Sequence[_Column]) -> list[_Column]:
    """The columns' values at steps from the first to the last known one, on straight lines between their points."""
    after = np.searchsorted(known, steps)
    between = np.flatnonzero(known[after] != steps)
    found = [column[after].astype(np.float64) for column in columns]
    if len(between):
        right = after[between]
        start, end = (known[at].astype(np.float64) for at in (right - 1, right))
        part = (steps[between] - start) / (end - start)
        for column, values in zip(columns, found, strict=True):
            with np.errstate(invalid="ignore"):  # an infinite point
                values[between] = column[right - 1] * (1 - part) + column[right] * part
    return list(found)


def _statistics(members: Sequence[_Member], grid: Steps, *, common: bool) -> Aggregate:
    shares = [_share(member, grid) for member in members]
    counts, broken = np.zeros(len(grid), np.int32), np.zeros(len(grid), np.bool_)
    low, high = np.full(len(grid), np.inf), np.full(len(grid), -np.inf)
    for share in shares:
        counts[share.place] += share.finite
        broken[share.place] |= ~share.finite
        np.minimum(low[share.place], share.values, out=low[share.place], where=share.finite)
        np.maximum(high[share.place], share.values, out=high[share.place], where=share.finite)
    mean, std = _mean_and_std(shares, counts)
    # Rounding may put the mean of equal values beside them.
    mean, none = np.clip(mean, low, high), counts == 0
    for array in (mean, low, high, std):
        array[none] = np.nan
    wall_times, steps = _wall_times(shares, len(grid)), grid.view()
    for array in (steps, wall_times, mean, low, high, std, counts, broken):
        array.flags.writeable = False
    return Aggregate(steps, wall_times, mean, low, high, std, counts, broken, not common)


def _mean_and_std(shares: Sequence[_Share], counts: Counts) -> tuple[Floats, Floats]:
    """Of the finite values at each step; any number where there is none."""
    exponent = _exponent(shares)
    total, squares = np.zeros(len(counts)), np.zeros(len(counts))
    for share in shares:
        np.add(total[share.place], np.ldexp(share.values, -exponent), out=total[share.place], where=share.finite)
    mean = total / np.maximum(counts, 1)
    for share in shares:
        deviations = np.ldexp(np.where(share.finite, share.values, 0.0), -exponent) - mean[share.place]
        np.add(squares[share.place], deviations**2, out=squares[share.place], where=share.finite)
    std = np.sqrt(squares / np.maximum(counts - 1, 1))
    with np.errstate(over="ignore"):  # a sample may deviate by more than any of its members
        return np.ldexp(mean, exponent), np.ldexp(std, exponent)


def _exponent(shares: Sequence[_Share]) -> int:
    """The power of two to divide by so that neither sums nor squares overflow, or vanish; 0 for usual values."""
    largest = max(float(np.max(np.abs(s.values), initial=0.0, where=s.finite)) for s in shares)
    exponent = math.frexp(largest)[1]
    return exponent if abs(exponent) > _USUAL else 0


def _wall_times(shares: Sequence[_Share], length: int) -> Floats:
    """Wall times that start at the mean and go on by the mean; NaN throughout where none is known at the start."""
    starts = [float(share.wall_times[0]) for share in shares if share.place.start == 0 and share.place.stop]
    known = [start for start in starts if math.isfinite(start)]
    total, counts = np.zeros(length), np.zeros(length, np.int32)
    with np.errstate(invalid="ignore", over="ignore"):  # wall times of +-1e308, or infinite ones
        for share in shares:
            paces, later = np.diff(share.wall_times), slice(share.place.start + 1, share.place.stop)
            finite = np.isfinite(paces)
            np.add(total[later], paces, out=total[later], where=finite)
            counts[later] += finite
        start = sum(start / len(known) for start in known) if known else math.nan
        return np.asarray(start + np.cumsum(total / np.maximum(counts, 1)))
