"""Floats as the shortest text that reads back the same in the width they are stored in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

# The powers of ten that a float64 holds exactly: a whole number divided by one is rounded but once.
_POWERS = np.array([float(f"1e{power}") for power in range(23)])
# Significant digits that tell any two float32 apart.
_MOST_DIGITS = 9


def float_texts(values: npt.NDArray[np.floating[Any]]) -> list[str]:
    """Texts of float32 or float64 values, shape [n], in Python's notation: `0.1`, `1e-05`, `nan`, `inf`, `-inf`."""
    if values.dtype != np.float32:
        return list(map(repr, values.tolist()))
    return list(map(repr, _shortest(values).tolist()))


def _shortest(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """For each float32 the float64 of the decimal number with the fewest digits that rounds to it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = values.astype(np.float64)
        # A power of two has a gap below that is half of that above, and the nearest decimal need not be the shortest.
        mantissas, _ = np.frexp(wide)
        exponents = np.floor(np.log10(np.abs(wide)))
        ordinary = np.isfinite(exponents) & (np.abs(exponents) <= len(_POWERS) - _MOST_DIGITS)
    waiting = np.flatnonzero(ordinary & (np.abs(mantissas) != 0.5))
    shortest = wide.copy()
    found = np.zeros(len(wide), np.bool_)
    for digits in range(1, _MOST_DIGITS + 1):
        decimals = _rounded(wide[waiting], digits - 1 - exponents[waiting])
        same = decimals.astype(np.float32) == values[waiting]
        shortest[waiting[same]] = decimals[same]
        found[waiting[same]] = True
        waiting = waiting[~same]
    odd = np.flatnonzero(~found & (wide != 0) & np.isfinite(wide))
    shortest[odd] = [float(str(value)) for value in values[odd]]
    return shortest


def _rounded(values: npt.NDArray[np.float64], places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values to so many decimal places, which may be negative; those that _POWERS has."""
    powers = _POWERS[np.abs(places).astype(np.intp)]
    rounded: npt.NDArray[np.float64] = np.where(
        places >= 0, np.rint(values * powers) / powers, np.rint(values / powers) * powers
    )
    return rounded
