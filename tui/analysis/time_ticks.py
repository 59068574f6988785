"""Round durations and clock times along an axis, with their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, count, pairwise
from typing import NamedTuple

from tui.analysis.ticks import Tick, distinct, is_range, most_that_fit, ticks

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SIXTIETHS = (1, 2, 5, 10, 15, 30)
_WITHIN_A_DAY = (*_SIXTIETHS, *(MINUTE * n for n in _SIXTIETHS), *(HOUR * n for n in (1, 2, 3, 6, 12)))
_DAYS = (1, 2, 7, 14)
"""Days between dates. Grids of weeks begin on Mondays, since the calendar's first day was one."""
_MONTHS = (1, 2, 3, 6)
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1, "s"))


class _Format(NamedTuple):
    """How a clock tick is written, and how where what the short form leaves out has changed."""

    short: str
    full: str
    left_out: str


_SECOND_FORMAT = _Format("%H:%M:%S", "%m-%d %H:%M:%S", "%x")
_MINUTE_FORMAT = _Format("%H:%M", "%m-%d %H:%M", "%x")
_DAY_FORMAT = _Format("%m-%d", "%Y-%m-%d", "%Y")
_MONTH_FORMAT = _Format("%Y-%m", "%Y-%m", "")
_YEAR_FORMAT = _Format("%Y", "%Y", "")


class _Moment(NamedTuple):
    epoch: float
    format: _Format


def duration_ticks(lo: float, hi: float, most: int) -> list[Tick]:
    """Ticks of a range of seconds: 0, 30s, 1m, 1h 30m, 2d; ascending, `most` at most, ranges as with `ticks`."""
    if not is_range(lo, hi, most):
        return []
    if hi - lo < most:
        return _in_unit(ticks(lo, hi, most), "s")
    if hi - lo > DAY * most:
        days = (Tick(tick.value * DAY, tick.label) for tick in ticks(lo / DAY, hi / DAY, most))
        return _in_unit(distinct(tick for tick in days if lo <= tick.value <= hi), "d")
    seconds = most_that_fit((_multiples(lo, hi, step) for step in (*_WITHIN_A_DAY, DAY, 2 * DAY)), most)
    # Beyond 2**53 seconds, floats lie further apart than these.
    return distinct(Tick(float(value), _duration(value)) for value in seconds)


def clock_ticks(lo: float, hi: float, most: int) -> list[Tick]:
    """Ticks of a range of epoch seconds in local time, ascending, `most` at most, ranges as with `ticks`.

    14:05, 03-05 00:00 (where the day changes), 03-05, 2026-01-01 (where the year does), 2026-03, 2026. A range
    within one second has one tick, where it begins; one that the calendar does not reach has the ticks of a number.
    """
    if not is_range(lo, hi, most):
        return []
    try:
        chosen = most_that_fit(chain(_times(lo, hi), _dates(lo, hi), _months(lo, hi)), most)
        return _labelled(chosen or [_Moment(lo, _SECOND_FORMAT)])
    except (ValueError, OverflowError, OSError):
        return ticks(lo, hi, most)


def _in_unit(chosen: list[Tick], unit: str) -> list[Tick]:
    return [tick if tick.label == "0" else Tick(tick.value, tick.label + unit) for tick in chosen]


def _multiples(lo: float, hi: float, step: int) -> range:
    return range(-(-math.ceil(lo) // step) * step, math.floor(hi) + 1, step)


def _duration(seconds: int) -> str:
    """Every unit that is not 0, so that it tells all: 1d 2h, -15m."""
    parts = []
    rest = abs(seconds)
    for unit, letter in _UNITS:
        amount, rest = divmod(rest, unit)
        if amount:
            parts.append(f"{amount}{letter}")
    return ("-" if seconds < 0 else "") + " ".join(parts) if parts else "0"


def _times(lo: float, hi: float) -> Iterator[Iterator[_Moment]]:
    """Grids of times of day, by the clock as it stands at `lo`."""
    offset = datetime.fromtimestamp(lo).astimezone().utcoffset()
    ahead = math.floor(offset.total_seconds()) if offset else 0
    for step in _WITHIN_A_DAY:
        form = _SECOND_FORMAT if step < MINUTE else _MINUTE_FORMAT
        epochs = (float(local - ahead) for local in _multiples(lo + ahead, hi + ahead, step))
        yield _moments(lo, hi, epochs, form)


def _dates(lo: float, hi: float) -> Iterator[Iterator[_Moment]]:
    first, last = (datetime.fromtimestamp(epoch).toordinal() - 1 for epoch in (lo, hi))
    for step in _DAYS:
        days = (date.fromordinal(day + 1) for day in _multiples(first, last, step))
        yield _midnights(lo, hi, days, _DAY_FORMAT)


def _months(lo: float, hi: float) -> Iterator[Iterator[_Moment]]:
    begin, end = datetime.fromtimestamp(lo), datetime.fromtimestamp(hi)
    first, last = begin.year * 12 + begin.month - 1, end.year * 12 + end.month - 1
    for step in chain(_MONTHS, (12 * digit * 10**power for power in count() for digit in (1, 2, 5))):
        months = (date(month // 12, month % 12 + 1, 1) for month in _multiples(first, last, step))
        yield _midnights(lo, hi, months, _MONTH_FORMAT if step < 12 else _YEAR_FORMAT)


def _midnights(lo: float, hi: float, days: Iterator[date], form: _Format) -> Iterator[_Moment]:
    return _moments(lo, hi, (datetime.combine(day, time()).timestamp() for day in days), form)


def _moments(lo: float, hi: float, epochs: Iterator[float], form: _Format) -> Iterator[_Moment]:
    return (_Moment(epoch, form) for epoch in epochs if lo <= epoch <= hi)


def _labelled(chosen: list[_Moment]) -> list[Tick]:
    times = [datetime.fromtimestamp(moment.epoch) for moment in chosen]
    form = chosen[0].format
    changed = [False, *(a.strftime(form.left_out) != b.strftime(form.left_out) for a, b in pairwise(times))]
    labels = [when.strftime(form.full if is_new else form.short) for when, is_new in zip(times, changed, strict=True)]
    in_full = [when.strftime(form.full) for when in times]
    if len(set(labels)) < len(set(in_full)):
        labels = in_full
    return distinct(Tick(moment.epoch, label) for moment, label in zip(chosen, labels, strict=True))
