"""Numbers, steps and times in rows of other tools."""

from __future__ import annotations

import math

import pytest

from tui.reader.peers.numbers import number_of, number_of_text, step_of, time_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1" * 400, math.inf),
        ("1" * 401, None),
        ("0" * 399 + "5", 5.0),
        ("1_0", None),
        ("x", None),
        (" -2.5e3 ", -2500.0),
    ],
)
def test_texts_that_are_numbers(text: str, number: float | None) -> None:
    assert number_of_text(text) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (True, None),
        (False, None),
        (0.5, 0.5),
        (-3, -3.0),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        ("1", None),
        (" Infinity ", math.inf),
        ("-inf", -math.inf),
        (None, None),
        ([1], None),
    ],
)
def test_values_that_are_numbers(value: object, number: float | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1.7e9, 1.7e9),
        (1_700_000_000_500, 1_700_000_000.5),
        ("1700000000.25", 1_700_000_000.25),
        ("1700000000500", 1_700_000_000.5),
        (1e8, 1e8),
        (99_999_999, None),
        (1e11, 1e8),
        (99_999_999_999, 99_999_999_999.0),
        (1e14, None),
        (99_999_999_999_999, 99_999_999_999.999),
        (0.5, None),
        (-1.7e9, None),
        (math.nan, None),
        (math.inf, None),
        (True, None),
        (None, None),
        ("", None),
        ("yesterday", None),
        ([1.7e9], None),
    ],
)
def test_times_are_in_seconds_or_milliseconds(value: object, seconds: float | None) -> None:
    assert time_of(value) == seconds


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (3, 3),
        (3.0, 3),
        (3.5, None),
        (-4, -4),
        (True, None),
        (None, None),
        ([], None),
        (math.nan, None),
        (math.inf, None),
        ((1 << 63) - 1, (1 << 63) - 1),
        (1 << 63, None),
        (-(1 << 63), -(1 << 63)),
        (-(1 << 63) - 1, None),
    ],
)
def test_steps_are_whole_numbers_of_64_bits(value: object, step: int | None) -> None:
    assert step_of(value) == step
