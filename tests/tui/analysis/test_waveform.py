"""Envelopes, loudness and clipped samples of sounds."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.analysis.waveform import MOST_BLOCKS, block_for, clipped, decibels, envelope, overview

Samples = npt.NDArray[np.float32]
SOUNDS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 3), st.integers(1, 60)),
    elements=st.sampled_from([0.0, 0.5, -0.25, 1.0, -1.0, math.nan, math.inf]),
)


def sound(*channels: list[float]) -> Samples:
    return np.array(channels, np.float32)


def test_an_envelope_has_the_extremes_of_each_block() -> None:
    found = envelope(sound([0, 1, -1, 0.5, 0.25], [0, 0, 0, 0, -0.5]), 2, 2.0)
    assert found.low.tolist() == [[0, -1, 0.25], [0, 0, -0.5]]
    assert found.high.tolist() == [[1, 0.5, 0.25], [0, 0, -0.5]]
    assert (found.block, found.frames) == (2, 5)
    x, y = found.curve(0, 10.0)
    assert x.tolist() == [0.05, 0.05, 0.25, 0.25, 0.45, 0.45]
    assert y.tolist() == [0, 1, -1, 0.5, 0.25, 0.25]


def test_a_block_of_one_frame_is_the_sample() -> None:
    found = envelope(sound([0, 1, math.nan]), 1, 2.0, first=5)
    x, y = found.curve(0, 10.0)
    assert x.tolist() == [0.5, 0.6, 0.7]
    np.testing.assert_array_equal(y, np.array([0, 1, math.nan], np.float32))


def test_what_is_not_finite_is_no_extreme() -> None:
    found = envelope(sound([math.inf, 1, math.nan, math.nan]), 2, 2.0)
    np.testing.assert_array_equal(found.high, np.array([[1, math.nan]], np.float32))


def test_several_samples_in_a_row_at_full_scale_are_clipped() -> None:
    full = np.array([[1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1]], bool)
    assert clipped(full).astype(int).tolist() == [[0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]]
    assert clipped(full[:, :2]).tolist() == [[False, False]]


def test_loudness() -> None:
    whole, loudness = overview([sound([0.5, -0.5, 0.5, -0.5], [1, 1, 1, -0.5])], 2, 1.0)
    assert loudness.peak == 1.0
    assert loudness.rms == math.sqrt((4 * 0.25 + 3 + 0.25) / 8)
    assert (loudness.clipped, loudness.bad) == (3, 0)
    assert whole.clipped.tolist() == [[False, False], [True, True]]


def test_a_sound_without_a_finite_sample() -> None:
    _, loudness = overview([sound([math.nan, math.inf])], 1, 1.0)
    assert math.isnan(loudness.peak) and math.isnan(loudness.rms)
    assert (loudness.clipped, loudness.bad) == (0, 2)


@given(SOUNDS, st.integers(1, 5), st.integers(1, 4))
def test_parts_make_the_same_as_the_whole(samples: Samples, block: int, blocks: int) -> None:
    step = block * blocks
    parts = [samples[:, first : first + step] for first in range(0, samples.shape[1], step)]
    whole, loudness = overview(parts, block, 1.0)
    expected, expected_loudness = overview([samples], block, 1.0)
    np.testing.assert_array_equal(whole.low, expected.low)
    np.testing.assert_array_equal(whole.high, expected.high)
    assert (loudness.clipped, loudness.bad) == (expected_loudness.clipped, expected_loudness.bad)
    np.testing.assert_array_equal([loudness.peak], [expected_loudness.peak])
    np.testing.assert_allclose([loudness.rms], [expected_loudness.rms])


@given(SOUNDS, st.integers(1, 5))
def test_the_envelope_holds_every_sample(samples: Samples, block: int) -> None:
    found = envelope(samples, block, 1.0)
    finite = np.where(np.isfinite(samples), samples, np.nan)
    for frame in range(samples.shape[1]):
        here = finite[:, frame]
        known = ~np.isnan(here)
        assert (found.low[known, frame // block] <= here[known]).all()
        assert (found.high[known, frame // block] >= here[known]).all()


def test_blocks_are_few_enough() -> None:
    assert block_for(0, 1) == block_for(MOST_BLOCKS, 1) == 1
    assert block_for(MOST_BLOCKS, 2) == 2
    assert block_for(MOST_BLOCKS + 1, 1) == 2


@pytest.mark.parametrize(("amplitude", "level"), [(1.0, 0.0), (0.1, -20.0), (0.0, -math.inf)])
def test_decibels(amplitude: float, level: float) -> None:
    assert decibels(amplitude) == pytest.approx(level)
