"""The full histogram view's choice of steps and their shapes on common edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logging_lib.tfevents.histogram import EMPTY, Buckets
from tests.tui.app.views import blob_series
from tui.app.histograms import BINS, is_superseded, picked, ridgeline_spec, shown_entries, value_ticks
from tui.render.ridgeline import draw_ridgeline


def buckets(lo: float, hi: float, count: float = 6.0) -> Buckets:
    """One bucket."""
    return Buckets(np.array([lo]), np.array([hi]), np.array([count]))


@st.composite
def choices(draw: st.DrawFn) -> tuple[int, int, int]:
    """How many entries there are, how many fit, and which is chosen."""
    n = draw(st.integers(1, 5000))
    return n, draw(st.integers(1, 60)), draw(st.integers(0, n - 1))


@given(choices())
def test_as_many_entries_as_fit_are_picked_and_the_chosen_one_is_there(choice: tuple[int, int, int]) -> None:
    n, most, chosen = choice
    entries = picked(n, most, chosen)
    assert len(entries) == min(n, most)
    assert chosen in entries
    assert entries == sorted(set(entries))
    assert entries[0] >= 0 and entries[-1] < n


@given(choices())
def test_picked_entries_are_evenly_spread_from_end_to_end(choice: tuple[int, int, int]) -> None:
    n, most, chosen = choice
    entries = picked(n, most, chosen)
    if most < 3 or n <= most:
        return
    apart = (n - 1) / (most - 1)
    others = [entry for entry in entries if entry != chosen]
    assert others[0] <= apart + 1 and others[-1] >= n - 1 - apart - 1
    # Around the chosen one, which stands in the place of another, there is at most half a gap more.
    assert max(np.diff(entries)) <= 1.5 * apart + 1


@pytest.mark.parametrize(
    ("n", "most", "chosen", "entries"),
    [
        (3, 5, 1, [0, 1, 2]),
        (101, 5, 100, [0, 25, 50, 75, 100]),
        (101, 5, 60, [0, 25, 60, 75, 100]),
        (101, 5, 99, [0, 25, 50, 75, 99]),
        (101, 1, 60, [60]),
        (101, 2, 60, [0, 60]),
    ],
)
def test_picked(n: int, most: int, chosen: int, entries: list[int]) -> None:
    assert picked(n, most, chosen) == entries


def test_the_ridgeline_has_a_ridge_for_each_decoded_entry_on_common_edges() -> None:
    steps = [0, 500, 1000, 12_400]
    spec = ridgeline_spec(
        blob_series(steps), {3: buckets(0.0, 3.0), 0: buckets(-3.0, 0.0), 1: EMPTY}, chosen=3, width=60
    )
    assert spec is not None
    np.testing.assert_allclose(spec.edges, np.linspace(-3.0, 3.0, BINS + 1), atol=1e-12)
    assert [ridge.label for ridge in spec.ridges] == ["0", "500", "12.4k"]
    assert spec.chosen == 2
    half = BINS // 2
    np.testing.assert_allclose(spec.ridges[0].counts, [6 / half] * half + [0.0] * half, atol=1e-12)
    np.testing.assert_allclose(spec.ridges[1].counts, [0.0] * BINS, atol=1e-12)
    np.testing.assert_allclose(spec.ridges[2].counts, [0.0] * half + [6 / half] * half, atol=1e-12)
    assert spec.x_ticks == [(-2.0, "-2"), (0.0, "0"), (2.0, "2")]


def test_superseded_entries_are_shown_on_demand_in_brackets() -> None:
    series = blob_series([0, 500, 1000, 500, 1500], superseded=[1, 2])
    assert shown_entries(series, superseded=False).tolist() == [0, 3, 4]
    assert shown_entries(series, superseded=True).tolist() == [0, 1, 2, 3, 4]
    assert shown_entries(blob_series([0, 500]), superseded=False).tolist() == [0, 1]
    assert [is_superseded(series, entry) for entry in range(5)] == [False, True, True, False, False]
    assert not is_superseded(blob_series([0]), 0)
    spec = ridgeline_spec(series, dict.fromkeys(range(5), buckets(0.0, 1.0)), chosen=3, width=60)
    assert spec is not None and spec.chosen == 3
    assert [ridge.label for ridge in spec.ridges] == ["0", "(500)", "(1k)", "500", "1.5k"]


def test_nothing_is_chosen_while_the_chosen_entry_is_being_read() -> None:
    spec = ridgeline_spec(blob_series([0, 1]), {0: buckets(1.0, 2.0)}, chosen=1, width=60)
    assert spec is not None and spec.chosen is None


def test_there_is_no_ridgeline_of_empty_histograms() -> None:
    assert ridgeline_spec(blob_series([0, 1]), {0: EMPTY, 1: EMPTY}, chosen=1, width=60) is None
    assert ridgeline_spec(blob_series([0, 1]), {}, chosen=1, width=60) is None


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 40))
@example(0.0, 0)
@example(1.7976931348623157e308, 0)
@example(1.0, 1)
@example(0.0, 1)
def test_a_histogram_of_one_value_or_close_ones_can_be_drawn(value: float, further: int) -> None:
    high = np.nextafter(value, 0.0, dtype=np.float64) if value else 5e-324
    values = sorted([value, value + further * (float(high) - value)])
    spec = ridgeline_spec(blob_series([7]), {0: buckets(*values)}, chosen=0, width=60)
    assert spec is not None
    assert spec.ridges[0].counts.sum() == pytest.approx(6.0)
    assert any(row.strip() for row in draw_ridgeline(spec, 60, 10).rows)


def test_value_ticks_grow_with_the_width() -> None:
    assert value_ticks(-1.0, 1.0, 12) == [(0.0, "0")]
    assert value_ticks(-1.0, 1.0, 36) == [(-1.0, "-1"), (0.0, "0"), (1.0, "1")]
    assert value_ticks(-1.0, 1.0, 60) == [(-1.0, "-1"), (-0.5, "-0.5"), (0.0, "0"), (0.5, "0.5"), (1.0, "1")]
    assert value_ticks(0.0, 1.0, 0) == [(0.0, "0"), (1.0, "1")]
