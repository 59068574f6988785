"""Floats as text: shortest, and the same when they are read back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.float_text import float_texts


def by_numpy(values: np.ndarray) -> list[str]:
    """The digits that numpy finds, one value at a time."""
    return [repr(float(str(value))) for value in values]


@given(st.lists(st.floats(width=32)))
def test_float32_texts_read_back_the_same_and_are_shortest(values: list[float]) -> None:
    stored = np.array(values, np.float32)
    texts = float_texts(stored)
    np.testing.assert_array_equal(np.array([np.float32(text) for text in texts], np.float32), stored)
    for text, value in zip(texts, stored, strict=True):
        digits = np.format_float_scientific(value, unique=True, trim="-")
        assert float(text) == float(digits) or math.isnan(value)


@given(st.lists(st.floats()))
def test_float64_texts_read_back_the_same(values: list[float]) -> None:
    assert list(map(repr, values)) == float_texts(np.array(values, np.float64))


@pytest.mark.parametrize("exponent", range(-149, 128))
def test_around_powers_of_two(exponent: int) -> None:
    power = np.float32(2.0**exponent)
    near = np.array([np.nextafter(power, np.float32(0)), power, np.nextafter(power, np.float32(np.inf))])
    assert float_texts(near) == by_numpy(near)


@pytest.mark.parametrize("exponent", range(-45, 39))
def test_around_powers_of_ten(exponent: int) -> None:
    power = np.float32(f"1e{exponent}")
    near = np.array([np.nextafter(power, np.float32(0)), power, np.nextafter(power, np.float32(np.inf)), -power])
    assert float_texts(near) == by_numpy(near)


def test_any_bits() -> None:
    bits = np.random.default_rng(0).integers(0, 1 << 32, 20_000, np.uint32)
    values = bits.view(np.float32)
    assert float_texts(values) == by_numpy(values)


def test_halfway_between_two_decimals() -> None:
    """0.25, 0.75... of large numbers: two decimals are equally near and equally short."""
    steps = np.random.default_rng(0).integers(0, 1 << 24, 20_000)
    values = (steps / 4).astype(np.float32)
    assert float_texts(values) == by_numpy(values)


def test_bits_of_a_signalling_nan_are_nan_without_a_warning() -> None:
    assert float_texts(np.array([0x7F800001], np.uint32).view(np.float32)) == ["nan"]
    assert float_texts(np.array([-0.0, np.inf, -np.inf], np.float32)) == ["-0.0", "inf", "-inf"]
    assert float_texts(np.empty(0, np.float32)) == []
