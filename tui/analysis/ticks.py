"""Round numbers along an axis, with their labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice
from typing import NamedTuple, TypeVar

_Point = TypeVar("_Point")

_MANTISSAS = (10, 20, 25, 50)
_UNITS = ((12, "T"), (9, "G"), (6, "M"), (3, "k"))
"""Powers of ten that have a letter."""
_PLAIN_BELOW = 10**15
_PLAIN_FROM = Fraction(1, 10**4)


class Tick(NamedTuple):
    """A place on an axis and the text beside it."""

    value: float
    label: str


def ticks(lo: float, hi: float, most: int, *, whole: bool = False) -> list[Tick]:
    """The most multiples of 1, 2, 2.5 or 5 x 10^k in [lo, hi], ascending, `most` at most; `whole` leaves out fractions.

    Labels differ from each other: 0, 0.5, 1 or 500, 1k, 1.5k; e-notation is for ranges within 1e-4
    of zero or beyond 1e15. A range of one number has that number; one that is not finite or runs backwards has no
    ticks, as has `most` below 1.
    """
    if not is_range(lo, hi, most):
        return []
    if lo == hi:
        exact = Fraction(Decimal(f"{lo:.6g}"))
        return [Tick(lo, _labeller(abs(exact), exact)(exact))]
    steps = (step for step in _steps(lo, hi, most) if not whole or step.denominator == 1)
    chosen = most_that_fit((_multiples(_decimal(lo), _decimal(hi), step) for step in steps), most)
    if not chosen:  # no whole number lies between
        return []
    step = chosen[1] - chosen[0] if len(chosen) > 1 else chosen[0]
    label = _labeller(max(abs(chosen[0]), abs(chosen[-1])), step)
    return distinct(Tick(float(value), label(value)) for value in chosen)


def log_ticks(lo: float, hi: float, most: int) -> list[Tick]:
    """Ticks of a logarithmic axis in [lo, hi] (positive, else none), ascending, `most` at most.

    1, 2 and 5 times every power of ten where there is room, else the powers of ten, or every so many of them. A
    range with less than two of those is short enough for the ticks of a linear axis.
    """
    if not is_range(lo, hi, most) or lo <= 0:
        return []
    exponents = range(math.floor(math.log10(lo)) - 1, math.ceil(math.log10(hi)) + 2)
    low, high = _decimal(lo), _decimal(hi)
    decades = [power for power in map(_power_of_ten, exponents) if low <= power <= high]
    between = [digit * power for power in map(_power_of_ten, exponents) for digit in (1, 2, 5)]
    between = [value for value in between if low <= value <= high]
    if len(between) < 2:
        return ticks(lo, hi, most)
    chosen = between if len(between) <= most else decades[:: -(-len(decades) // most) or 1] or between[:most]
    return distinct(Tick(float(value), _labeller(value, value)(value)) for value in chosen)


def is_range(lo: float, hi: float, most: int) -> bool:
    """Whether there is anything to put ticks on."""
    return most >= 1 and math.isfinite(lo) and math.isfinite(hi) and lo <= hi


def most_that_fit(grids: Iterable[Iterable[_Point]], most: int) -> list[_Point]:
    """The first of ever coarser grids with `most` points at most, or part of the one before if it has none at all.

    A grid is read no further than it takes to see that it has too many points.
    """
    finer: list[_Point] = []
    for grid in grids:
        points = list(islice(grid, most + 1))
        if len(points) <= most:
            return points or finer[:most]
        finer = points
    return finer[:most]


def distinct(chosen: Iterable[Tick]) -> list[Tick]:
    """Without the ticks that neither float64 nor the calendar tells from one before."""
    kept: dict[str, Tick] = {}
    for tick in chosen:
        if not kept or tick.value > next(reversed(kept.values())).value:
            kept.setdefault(tick.label, tick)
    return list(kept.values())


def _decimal(value: float) -> Fraction:
    """The shortest decimal fraction that is this float64: an axis up to 0.3 has a tick at 0.3."""
    return Fraction(repr(float(value)))


def _steps(lo: float, hi: float, most: int) -> Iterator[Fraction]:
    """Round steps, ascending, from one that is too fine or just right."""
    span = max((hi / 2 - lo / 2) / most, 5e-324)  # half of it, which cannot overflow
    for exponent in count(math.floor(math.log10(span))):
        for mantissa in _MANTISSAS:
            yield mantissa * _power_of_ten(exponent - 1)


def _multiples(lo: Fraction, hi: Fraction, step: Fraction) -> Iterator[Fraction]:
    """The multiples of `step` in [lo, hi]; exact, so that none lies beside its label."""
    return (index * step for index in range(math.ceil(lo / step), math.floor(hi / step) + 1))


def _labeller(largest: Fraction, step: Fraction) -> Callable[[Fraction], str]:
    """How to write the multiples of `step` up to `largest`: each in the greatest unit that it reaches, of those that
    leave all of them two decimals or fewer.
    """
    if largest and not _PLAIN_FROM <= largest < _PLAIN_BELOW:
        return _scientific
    units = [(10**power, letter) for power, letter in _UNITS if (step / 10**power * 100).denominator == 1]

    def label(value: Fraction) -> str:
        unit, letter = next((known for known in units if abs(value) >= known[0]), (1, ""))
        return _plain(value / unit) + letter

    return label


def _plain(value: Fraction) -> str:
    """All digits of a decimal fraction."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{number.normalize():f}"


def _scientific(value: Fraction) -> str:
    sign, digits, exponent = (Decimal(value.numerator) / Decimal(value.denominator)).normalize().as_tuple()
    if not value:
        return "0"
    mantissa = "".join(map(str, digits))
    point = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' * sign}{mantissa[0]}{point}e{int(exponent) + len(mantissa) - 1}"


def _power_of_ten(exponent: int) -> Fraction:
    return Fraction(10) ** exponent
