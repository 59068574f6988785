"""What is a number, a step, a time: in texts and in what JSON holds."""

from __future__ import annotations

import math
import re

_SPELLED = frozenset(sign + name for name in ("nan", "inf", "infinity") for sign in ("", "-", "+"))
_LEAST_STEP, _MOST_STEP = -(1 << 63), (1 << 63) - 1
_WHOLE = re.compile(r"[-+]?[0-9]{1,19}")
_LONGEST = 400
"""Characters of a number: 1e308 written out, and more digits than a float holds."""
# Seconds since the epoch between 1973 and 5138, in which no counter of anything else is likely to be; likewise in ms.
_LEAST_TIME, _MOST_TIME = 1e8, 1e11


def number_of_text(text: str) -> float | None:
    """The number that a text is, in whatever way NaN and infinities are spelled; None where it is none."""
    if len(text) > _LONGEST or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def number_of(value: object) -> float | None:
    """The number that a JSON value is; a text is one only where it spells NaN or an infinity. None where it is none."""
    match value:
        case bool():
            return None
        case float():
            return value
        case int():
            try:
                return float(value)
            except OverflowError:
                return math.inf if value > 0 else -math.inf
        case str() if value.strip().lower() in _SPELLED:
            return float(value)
        case _:
            return None


def step_of(value: object) -> int | None:
    """The step that a number or its text is; None where it is no whole number of 64 bits."""
    if isinstance(value, str):
        value = int(value) if _WHOLE.fullmatch(value) else number_of_text(value)
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if not isinstance(value, int) or isinstance(value, bool) or not _LEAST_STEP <= value <= _MOST_STEP:
        return None
    return value


def time_of(value: object) -> float | None:
    """The time in seconds since the epoch that a number in seconds or milliseconds, or its text, is; else None."""
    number = number_of_text(value) if isinstance(value, str) else number_of(value)
    if number is None:
        return None
    if _LEAST_TIME <= number < _MOST_TIME:
        return number
    return number / 1000 if _LEAST_TIME <= number / 1000 < _MOST_TIME else None
