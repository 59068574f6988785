"""Numbers as short text: values, counts, durations, percentages, sizes, clock times."""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY
# A log may hold any wall time; a column is only so wide.
_LONGEST = 999 * YEAR
_AGE_NOW = MINUTE
_PER = ((1.0, "s"), (MINUTE, "min"), (HOUR, "h"))
_LEAST_RATE = 0.1


class _Unit(NamedTuple):
    seconds: float
    letter: str


_UNITS = (_Unit(YEAR, "y"), _Unit(DAY, "d"), _Unit(HOUR, "h"), _Unit(MINUTE, "m"), _Unit(1.0, "s"))


def number(value: float) -> str:
    """A value with four significant digits, without trailing zeros; at most 11 characters.

    Whole numbers below 1e6 keep every digit. The e-notation (`1.2e-5`) is for magnitudes outside 1e-4..1e6.
    """
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    if abs(value) >= 1000 and abs(round(value)) < 1_000_000:
        return f"{value:.0f}"
    mantissa, exponent = f"{value:.3e}".split("e")
    power = int(exponent)
    if -4 <= power < 6:
        return _without_zeros(f"{value:.{max(0, 3 - power)}f}")
    return f"{_without_zeros(mantissa)}e{power}"


def count(n: float) -> str:
    """How many, or a step: 999, 1k, 12.4k, 123k, 1.2M, 3.4G; at most 6 characters up to 2**63."""
    scaled, prefix = _scaled(n)
    return scaled + prefix


def plural(n: int, noun: str) -> str:
    """How many of what: `1 run`, `12.4k points`."""
    return f"{count(n)} {noun}" if n == 1 else f"{count(n)} {noun}s"


def rate(per_second: float, noun: str = "") -> str:
    """How often: `1.2k/s`; with the noun `step` `12 steps/min`. Per minute or hour where it is rare."""
    seconds, unit = next((per for per in _PER if per_second * per[0] >= _LEAST_RATE), _PER[-1])
    return f"{count(float(f'{per_second * seconds:.3g}'))}{f' {noun}s' if noun else ''}/{unit}"


def bytes_(n: float) -> str:
    """A size in bytes, in powers of 1000: 999 B, 12.3 MB; `n` is finite."""
    scaled, prefix = _scaled(n)
    return f"{scaled} {prefix}B"


def percent(fraction: float) -> str:
    """A fraction as 2.1%, 12% or >999%; at most 6 characters, sign included."""
    if math.isnan(fraction):
        return "NaN"
    points = fraction * 100
    if abs(points) >= 999.5:
        return ">999%" if points > 0 else "<-999%"
    if abs(points) >= 9.95:
        return f"{points:.0f}%"
    text = f"{points:.1f}%"
    return "0.0%" if text == "-0.0%" else text


def duration(seconds: float) -> str:
    """Whole units of the largest that fits: 2s, 14m, 3h, 2d, 5y. Negative is 0s, 999y is the most, NaN is NaN."""
    if math.isnan(seconds):
        return "NaN"
    seconds = min(max(seconds, 0.0), _LONGEST)
    unit = _unit_of(seconds)
    return f"{int(seconds // unit.seconds)}{unit.letter}"


def next_change(seconds: float) -> float:
    """Seconds until the text of `duration` changes as time passes; inf where it never does."""
    if math.isnan(seconds) or seconds >= _LONGEST:
        return math.inf
    if seconds < 0:
        return 1.0 - seconds
    unit = _unit_of(seconds).seconds
    return unit - seconds % unit


def age(seconds: float) -> str:
    """How long ago, at the pace of a glance: `now` in the first minute, then as `duration`."""
    return "now" if seconds < _AGE_NOW else duration(seconds)


def next_age_change(seconds: float) -> float:
    """Seconds until the text of `age` changes; inf where it never does."""
    return _AGE_NOW - seconds if seconds < _AGE_NOW else next_change(seconds)


def clock(epoch: float, now: float | None = None) -> str:
    """Local time of an epoch second, `14:05:09`; with its date where `now` (epoch seconds) is on another day.

    A wall time that the calendar does not reach is shown as a number.
    """
    try:
        moment = datetime.fromtimestamp(epoch)
    except (ValueError, OverflowError, OSError):
        return number(epoch)
    today = now is None or moment.date() == datetime.fromtimestamp(now).date()
    return moment.strftime("%H:%M:%S") if today else moment.isoformat(" ", "seconds")


def _unit_of(seconds: float) -> _Unit:
    return next((unit for unit in _UNITS if seconds >= unit.seconds), _UNITS[-1])


def _scaled(n: float) -> tuple[str, str]:
    """Three digits at most, and the prefix of the power of 1000; past E the digits are those of `number`."""
    if abs(n) < 1000:
        return number(n), ""
    scaled = float(n)
    for prefix in "kMGTPE":
        scaled /= 1000
        # The limit is what would be rounded up to 1000.
        if abs(scaled) < 999.5:
            return _without_zeros(f"{scaled:.1f}") if abs(scaled) < 99.95 else f"{scaled:.0f}", prefix
    return number(n), ""


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
