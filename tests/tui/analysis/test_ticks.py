"""Ticks of linear and logarithmic axes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.ticks import Tick, log_ticks, ticks

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SIZES = {"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3}


def labels(found: list[Tick]) -> list[str]:
    return [tick.label for tick in found]


def meaning(label: str) -> float:
    return float(label[:-1]) * SIZES[label[-1]] if label[-1] in SIZES else float(label)


@pytest.mark.parametrize(
    ("lo", "hi", "most", "expected"),
    [
        (0, 1, 3, "0 0.5 1"),
        (0, 1, 5, "0 0.25 0.5 0.75 1"),
        (-1, 1, 5, "-1 -0.5 0 0.5 1"),
        (-0.0, 0.3, 4, "0 0.1 0.2 0.3"),
        (0, 5000, 3, "0 2k 4k"),
        (0, 12400, 6, "0 2.5k 5k 7.5k 10k"),
        (0.1801, 0.25, 5, "0.2 0.22 0.24"),
        (9120, 9130, 3, "9120 9125 9130"),
        (1.2345e6, 1.2387e6, 5, "1235k 1236k 1237k 1238k"),
        (0, 3.2e6, 4, "0 1M 2M 3M"),
        (0, 2e-5, 5, "0 5e-6 1e-5 1.5e-5 2e-5"),
        (-2e-5, 0, 3, "-2e-5 -1e-5 0"),
        (0, 1e-3, 3, "0 0.0005 0.001"),
        (0, 1e16, 3, "0 5e15 1e16"),
        (-1.7e308, 1.7e308, 4, "-1e308 0 1e308"),
        (0.2, 0.3, 1, "0.2"),
        (5, 5, 3, "5"),
        (0.1834, 0.1834, 3, "0.1834"),
        (-1e-9, -1e-9, 3, "-1e-9"),
        (1, 0, 3, ""),
        (0, 1, 0, ""),
        (math.nan, 1, 3, ""),
        (0, math.inf, 3, ""),
    ],
)
def test_labels(lo: float, hi: float, most: int, expected: str) -> None:
    assert " ".join(labels(ticks(lo, hi, most))) == expected


@pytest.mark.parametrize(
    ("lo", "hi", "most", "expected"), [(9120, 9131, 5, "9120 9125 9130"), (0, 3, 9, "0 1 2 3"), (0.2, 0.8, 5, "")]
)
def test_whole_numbers(lo: float, hi: float, most: int, expected: str) -> None:
    assert " ".join(labels(ticks(lo, hi, most, whole=True))) == expected


@given(FINITE, FINITE, st.integers(1, 12))
def test_ticks_lie_inside_in_order_with_labels_of_their_own(a: float, b: float, most: int) -> None:
    lo, hi = min(a, b), max(a, b)
    check(ticks(lo, hi, most), lo, hi, most)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_ticks_are_what_they_say(lo: float, span: float, most: int) -> None:
    found = ticks(lo, lo + span, most)
    check(found, lo, lo + span, most)
    assert [meaning(tick.label) for tick in found] == pytest.approx([tick.value for tick in found], rel=1e-12)
    assert len(found) > most / 4


@pytest.mark.parametrize(
    ("lo", "hi", "most", "expected"),
    [
        (1e-5, 10, 7, "1e-5 0.0001 0.001 0.01 0.1 1 10"),
        (1e-5, 10, 4, "1e-5 0.001 0.1 10"),
        (1, 100, 7, "1 2 5 10 20 50 100"),
        (1, 9, 5, "1 2 5"),
        (2.1, 2.9, 5, "2.2 2.4 2.6 2.8"),
        (1, 1e9, 5, "1 100 10k 1M 100M"),
        (1.5, 6, 1, "2"),
        (7, 7, 3, "7"),
        (0, 10, 5, ""),
        (-1, 10, 5, ""),
    ],
)
def test_log_labels(lo: float, hi: float, most: int, expected: str) -> None:
    assert " ".join(labels(log_ticks(lo, hi, most))) == expected


@given(st.floats(5e-324, 1.7e308), st.floats(5e-324, 1.7e308), st.integers(1, 12))
def test_log_ticks_lie_inside_in_order_with_labels_of_their_own(a: float, b: float, most: int) -> None:
    check(log_ticks(min(a, b), max(a, b), most), min(a, b), max(a, b), most)


def check(found: list[Tick], lo: float, hi: float, most: int) -> None:
    values = [tick.value for tick in found]
    assert 1 <= len(found) <= most
    assert all(lo <= value <= hi for value in values)
    assert all(a < b for a, b in pairwise(values))
    assert len(set(labels(found))) == len(found)
    assert "-0" not in labels(found)
