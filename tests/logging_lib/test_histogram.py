"""Histograms of many values, and bins that are none: what test_against_torch does not see."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from logging_lib.summary.histogram import checked_bins, histogram, tensorflow_edges
from tests.missing import Package

if TYPE_CHECKING:  # takes torch
    from tests.logging_lib.fake_device import FakeDevice

torch, torch_summary = Package("torch"), Package("torch.utils.tensorboard.summary")
MANY = np.random.default_rng(0).normal(size=300_000).astype(np.float32) ** 3


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int16])
@pytest.mark.parametrize(("bins", "max_bins"), [("tensorflow", None), ("tensorflow", 100), (50, None), ("auto", None)])
def test_many_values_are_counted_as_torch_does(dtype: Any, bins: Any, max_bins: int | None) -> None:
    """Only the sums may differ in their last digits: so many values are added up a piece at a time."""
    values = (MANY * (100 if dtype is np.int16 else 1)).astype(dtype)
    ours = histogram("h", values, checked_bins(bins, max_bins), max_bins).value[0].histo
    edges = tensorflow_edges().tolist() if bins == "tensorflow" else bins
    theirs = torch_summary.make_histogram(values.astype(float), edges, max_bins)
    assert list(ours.bucket) == list(theirs.bucket)
    assert list(ours.bucket_limit) == list(theirs.bucket_limit)
    assert (ours.min, ours.max, ours.num) == (theirs.min, theirs.max, theirs.num)
    scale = float(np.abs(values.astype(float)).sum())
    assert ours.sum == pytest.approx(theirs.sum, rel=1e-12, abs=1e-14 * scale)
    assert ours.sum_squares == pytest.approx(theirs.sum_squares, rel=1e-12)


@pytest.mark.parametrize("bins", [[1.0], [float("nan"), 1.0], [0.0, float("nan")]])
def test_bins_that_are_no_edges(bins: list[float]) -> None:
    with pytest.raises(ValueError, match="at least two edges, none of them NaN"):
        checked_bins(bins, None)


@pytest.mark.parametrize("edge", [float(np.finfo(float).max), float("inf")])
def test_the_last_edge_may_be_the_last_number(edge: float) -> None:
    histo = histogram("h", np.array([1.0, np.finfo(float).max]), np.array([0.0, 2.0, edge])).value[0].histo
    assert list(histo.bucket) == [0, 1, 1]
    assert histo.bucket_limit[-1] == edge


@pytest.mark.parametrize("bins", [1_000_001, 2**70, np.array(2_007_361_502)])
def test_more_bins_than_any_memory_are_refused_at_the_call(bins: Any) -> None:
    """numpy makes their edges, 16 GB for the last of these."""
    with pytest.raises(ValueError, match=r"bins is \d+, and at most 1,000,000 are counted"):
        checked_bins(bins, None)


def test_a_million_bins_are_counted() -> None:
    histo = histogram("h", np.array([0.0, 1.0]), checked_bins(1_000_000, None)).value[0].histo
    assert len(histo.bucket) == 1_000_001  # an empty one stands before them
    assert (sum(histo.bucket), histo.bucket_limit[-1]) == (2, 1.0)


@pytest.mark.parametrize("rule", ["fd", "auto"])
def test_a_value_far_from_all_others_takes_no_memory(rule: str) -> None:
    """There are 10^11 bins between them: "auto" of numpy before 2.3 tries to make them, "fd" of any numpy."""
    values = np.append(np.linspace(0.0, 1.0, 9_999), 1e10)
    tracemalloc.start()
    histo = histogram("h", values, checked_bins(rule, None)).value[0].histo
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert list(histo.bucket) == [0, 9_999, *[0] * 198, 1]
    assert (histo.min, histo.max) == (0.0, 1e10)


@pytest.mark.parametrize("rule", ["fd", "auto", "doane", "scott", "stone", "rice", "sturges", "sqrt", 5])
@pytest.mark.parametrize("values", [np.full(9, 3.0), np.array([-1e308, 0.0, 1.0, 1e308]), np.array([5e-324, 1e308])])
def test_bins_of_odd_ranges(rule: Any, values: np.ndarray) -> None:
    """No range, one beyond float64's, one of infinitely many quartiles: they end, and count every value."""
    assert sum(histogram("h", values, checked_bins(rule, None)).value[0].histo.bucket) == len(values)


def test_edges_on_a_device_are_read_at_the_call(fake_device: FakeDevice) -> None:
    kept = checked_bins(torch.tensor([0.0, 1.0]), None)
    assert isinstance(kept, np.ndarray)
    assert kept.tolist() == [0.0, 1.0]
