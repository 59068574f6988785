"""Ticks of durations, and of clock times where the clock stands still for nobody."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.analysis.test_ticks import check
from tui.analysis.time_ticks import clock_ticks, duration_ticks

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture(autouse=True, scope="module")
def berlin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("lo", "hi", "most", "expected"),
    [
        (0, 1, 3, "0|0.5s|1s"),
        (0, 90, 4, "0|30s|1m|1m 30s"),
        (0, HOUR, 5, "0|15m|30m|45m|1h"),
        (0, 5400, 4, "0|30m|1h|1h 30m"),
        (0, 2 * DAY + 3 * HOUR, 5, "0|12h|1d|1d 12h|2d"),
        (0, 116 * DAY, 5, "0|25d|50d|75d|100d"),
        (-900, 900, 4, "-10m|0|10m"),
        (5, 5, 2, "5s"),
        (1, 0, 2, ""),
        (0, math.nan, 2, ""),
    ],
)
def test_duration_labels(lo: float, hi: float, most: int, expected: str) -> None:
    assert "|".join(tick.label for tick in duration_ticks(lo, hi, most)) == expected


@pytest.mark.parametrize("lo", [-2.8483943054992686e18, 1e17, 2.0**60])
@pytest.mark.parametrize("floats", [2, 3, 10, 1000])
@pytest.mark.parametrize("most", [2, 10, 50])
def test_durations_that_floats_hardly_tell_apart(lo: float, floats: int, most: int) -> None:
    hi = lo + floats * math.ulp(lo)
    check(duration_ticks(lo, hi, most), lo, hi, most)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.integers(1, 12))
def test_durations_lie_inside_in_order_with_labels_of_their_own(lo: float, span: float, most: int) -> None:
    found = duration_ticks(lo, lo + span, most)
    if found:
        check(found, lo, lo + span, most)
    else:
        assert most == 1 or span < 1


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("lo", "hi", "most", "expected"),
    [
        ("2026-03-04 14:00:01", "2026-03-04 14:00:31", 4, "14:00:10|14:00:20|14:00:30"),
        ("2026-03-04 14:01", "2026-03-04 14:20", 5, "14:05|14:10|14:15|14:20"),
        ("2026-03-04 22:00", "2026-03-05 02:00", 5, "22:00|23:00|03-05 00:00|01:00|02:00"),
        ("2026-03-04 14:00", "2026-03-06 14:00", 4, "03-05 00:00|03-05 12:00|03-06 00:00|03-06 12:00"),
        ("2026-03-04 14:00", "2026-03-09 14:00", 6, "03-05|03-06|03-07|03-08|03-09"),
        ("2025-12-30 14:00", "2026-01-02 14:00", 4, "12-31|2026-01-01|01-02"),
        ("2026-03-01 14:00", "2026-04-05 14:00", 5, "03-02|03-09|03-16|03-23|03-30"),
        ("2026-03-04 14:00", "2027-01-02 14:00", 4, "2026-04|2026-07|2026-10|2027-01"),
        ("2026-03-04 14:00", "2031-01-02 14:00", 5, "2027|2028|2029|2030|2031"),
        ("1999-03-04 14:00", "2026-01-02 14:00", 3, "2000|2010|2020"),
        # The clock goes from 02:00 to 03:00, and from 03:00 back to 02:00.
        ("2026-03-29 00:30", "2026-03-29 05:30", 5, "01:00|03:00|04:00|05:00"),
        ("2026-10-25 00:30", "2026-10-25 04:30", 6, "01:00|02:00|03:00|04:00"),
        ("2026-03-28 12:00", "2026-03-30 12:00", 3, "03-29|03-30"),
        ("2026-03-04 14:00", "2026-03-04 14:00", 3, "14:00:00"),
        ("2026-03-04 14:00:00.25", "2026-03-04 14:00:00.75", 3, "14:00:00"),
    ],
)
def test_clock_labels(lo: str, hi: str, most: int, expected: str) -> None:
    assert "|".join(tick.label for tick in clock_ticks(at(lo), at(hi), most)) == expected


def test_clock_ticks_lie_on_what_they_say() -> None:
    found = clock_ticks(at("2026-03-04 22:00"), at("2026-03-05 02:00"), 5)
    assert [tick.value for tick in found] == [at("2026-03-04 22:00") + hour * HOUR for hour in range(5)]


@pytest.mark.parametrize(("lo", "hi"), [(0.0, 1e300), (-1e300, 0.0)])
def test_what_no_calendar_reaches_is_a_number(lo: float, hi: float) -> None:
    assert [tick.value for tick in clock_ticks(lo, hi, 3)]


@given(st.floats(-1e9, 4e9), st.floats(0, 1e4) | st.floats(0, 1e10), st.integers(1, 12))
def test_clock_ticks_lie_inside_in_order_with_labels_of_their_own(lo: float, span: float, most: int) -> None:
    check(clock_ticks(lo, lo + span, most), lo, lo + span, most)
