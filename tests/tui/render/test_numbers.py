"""The exact texts of numbers, counts, durations, percentages, sizes and clock times."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.numbers import (
    age,
    bytes_,
    clock,
    count,
    duration,
    next_age_change,
    next_change,
    number,
    percent,
)

HOUR, DAY, YEAR = 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.18344, "0.1834"),
        (0.25, "0.25"),
        (12.4, "12.4"),
        (999.96, "1000"),
        (9120, "9120"),
        (123456, "123456"),
        (123456.7, "123457"),
        (-123456.7, "-123457"),
        (999999, "999999"),
        (999999.7, "1e6"),
        (1234567, "1.235e6"),
        (1e-4, "0.0001"),
        (0.000123456, "0.0001235"),
        (9.9999e-5, "0.0001"),
        (9.99e-5, "9.99e-5"),
        (1.2e-5, "1.2e-5"),
        (5e-324, "4.941e-324"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(-1.79e308, 1.79e308))
def test_number_keeps_four_digits_and_its_width(value: float) -> None:
    text = number(value)
    assert len(text) <= 11
    assert float(text) == pytest.approx(value, rel=5.01e-4)


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (12_449, "12.4k"),
        (99_949, "99.9k"),
        (99_951, "100k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_200_000, "1.2M"),
        (3_400_000_000, "3.4G"),
        (-1500, "-1.5k"),
        (2**63, "9.2E"),
        (10**24, "1e24"),
    ],
)
def test_count(n: int, text: str) -> None:
    assert count(n) == text


@given(st.integers(-(2**63), 2**63))
def test_count_is_narrow(n: int) -> None:
    assert len(count(n)) <= 6


@pytest.mark.parametrize(("n", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (12_345_678, "12.3 MB")])
def test_bytes(n: int, text: str) -> None:
    assert bytes_(n) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.021, "2.1%"),
        (0.12, "12%"),
        (0.0, "0.0%"),
        (-0.0001, "0.0%"),
        (-0.034, "-3.4%"),
        (0.0994, "9.9%"),
        (0.0996, "10%"),
        (9.99, "999%"),
        (10.0, ">999%"),
        (-math.inf, "<-999%"),
        (math.nan, "NaN"),
    ],
)
def test_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@given(st.floats())
def test_percent_is_narrow(fraction: float) -> None:
    assert len(percent(fraction)) <= 6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (2.9, "2s"),
        (59.9, "59s"),
        (60, "1m"),
        (14 * 60 + 59, "14m"),
        (HOUR, "1h"),
        (DAY - 1, "23h"),
        (2 * DAY, "2d"),
        (YEAR, "1y"),
        (1e300, "999y"),
        (math.inf, "999y"),
        (math.nan, "NaN"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_age_is_now_for_a_minute() -> None:
    assert [age(s) for s in (-3, 0, 59.9, 60, 3 * HOUR)] == ["now", "now", "now", "1m", "3h"]


@given(st.floats(-1e6, 400 * YEAR))
def test_next_change_is_when_the_duration_changes(seconds: float) -> None:
    wait = next_change(seconds)
    assert duration(seconds + wait * 0.999 - 1e-4) in (duration(seconds), duration(seconds - 1e-4))
    assert duration(seconds + wait + 1e-4) != duration(seconds)


@given(st.floats(-1e6, 400 * YEAR))
def test_next_age_change_is_when_the_age_changes(seconds: float) -> None:
    wait = next_age_change(seconds)
    assert age(seconds + wait * 0.999 - 1e-4) in (age(seconds), age(seconds - 1e-4))
    assert age(seconds + wait + 1e-4) != age(seconds)


def test_the_longest_duration_never_changes() -> None:
    assert next_change(999 * YEAR) == next_age_change(math.inf) == next_change(math.nan) == math.inf


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_clock_is_local_and_dated_on_another_day() -> None:
    moment = datetime(2026, 3, 4, 14, 5, 9).timestamp()
    assert clock(moment) == "14:05:09"
    assert clock(moment, now=moment + HOUR) == "14:05:09"
    assert clock(moment, now=moment + 10 * HOUR) == "2026-03-04 14:05:09"
    assert clock(0) == "01:00:00"


@given(st.floats())
def test_clock_shows_any_wall_time(epoch: float) -> None:
    assert clock(epoch)


@pytest.mark.parametrize(("epoch", "text"), [(1e300, "1e300"), (math.nan, "NaN"), (math.inf, "inf"), (-1e13, "-1e13")])
def test_clock_outside_the_calendar(epoch: float, text: str) -> None:
    assert clock(epoch, now=0) == text
