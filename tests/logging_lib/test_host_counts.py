"""HostValues: the counts of numpy.histogram, and no other, whatever the values and however many."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logging_lib.summary import host_counts
from logging_lib.summary.histogram import tensorflow_edges
from logging_lib.summary.host_counts import HostValues

DTYPES = [np.float16, np.float32, np.float64, np.longdouble, np.int8, np.int64, np.uint16, np.uint64, np.bool_]
EDGES = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8).map(sorted)


@pytest.fixture(params=["sorted", "cells"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Count few values as many are, and in several pieces."""
    monkeypatch.setattr(host_counts, "_MANY", 0 if request.param == "cells" else 1 << 60)
    monkeypatch.setattr(host_counts, "_PIECE", 1000)
    return str(request.param)


def reference(values: npt.NDArray[Any], edges: npt.NDArray[np.float64]) -> list[int]:
    """One value after the other, each compared with each edge."""
    with np.errstate(over="ignore"):
        flat = values.reshape(-1).astype(np.float64)
    places = [int((edges <= value).sum()) for value in flat if np.isfinite(value)]
    return np.bincount(places, minlength=len(edges) + 1).tolist()


def neighbours(dtype: type[np.floating[Any]]) -> npt.NDArray[Any]:
    """Each default edge in this dtype, and the numbers just below and above."""
    with np.errstate(over="ignore"):
        edges = tensorflow_edges().astype(dtype)
        return np.concatenate([np.nextafter(edges, dtype(-np.inf)), edges, np.nextafter(edges, dtype(np.inf))])


@settings(max_examples=150)
@given(st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, st.integers(1, 40))), EDGES)
def test_counts_between_any_edges(values: npt.NDArray[Any], edges: list[float]) -> None:
    expected = reference(values, np.array(edges))
    for many in (0, 1 << 60):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(host_counts, "_MANY", many)
            assert HostValues(values).counts(np.array(edges)).tolist() == expected


@settings(max_examples=100)
@given(st.data())
def test_counts_of_values_at_the_edges(data: st.DataObject) -> None:
    """Any edges, and values that are those edges or next to them, in either precision."""
    edges = np.array(data.draw(EDGES))
    with np.errstate(over="ignore"):
        near = edges.astype(data.draw(st.sampled_from([np.float32, np.float64])))
        values = np.concatenate(
            [near, np.nextafter(near, near.dtype.type(-np.inf)), np.nextafter(near, near.dtype.type(np.inf))]
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host_counts, "_MANY", 0)
        assert HostValues(values).counts(edges).tolist() == reference(values, edges)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_next_to_every_default_edge(way: str, dtype: type[np.floating[Any]]) -> None:
    values = neighbours(dtype)
    finite = values[np.isfinite(values)].astype(np.float64)
    inside = finite[(finite >= tensorflow_edges()[0]) & (finite < tensorflow_edges()[-1])]
    counts = HostValues(values).counts(tensorflow_edges())
    assert counts[1:-1].tolist() == np.histogram(inside, tensorflow_edges())[0].tolist()
    assert (counts[0], counts[-1]) == ((finite < tensorflow_edges()[0]).sum(), (finite >= tensorflow_edges()[-1]).sum())


@pytest.mark.parametrize("dtype", [np.float16, ">f4", np.float32])
def test_every_cell(way: str, dtype: Any) -> None:
    """The first, a middle and the last number of each cell; NaN and infinity are among them."""
    bits = (np.arange(1 << 16, dtype=np.uint32)[:, None] << 16) + np.array([0, 0x8000, 0xFFFF], np.uint32)
    values = bits.view(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        values = values[:: 1 if way == "cells" else 50].astype(dtype)
    finite = values[np.isfinite(values)].astype(np.float64)
    counts = HostValues(values).counts(tensorflow_edges())
    places = tensorflow_edges().searchsorted(finite, "right")
    assert counts.tolist() == np.bincount(places, minlength=len(counts)).tolist()


@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, -5e-324, 1e-46, -1e-46, 3.4028235677973366e38, 1e39, -1e39])
def test_numbers_that_float32_has_not(way: str, value: float) -> None:
    edges = np.array([-1e39, -1e-46, 0.0, 1e-46, 1e38, 1e39])
    assert HostValues(np.full(3, value)).counts(edges).tolist() == reference(np.full(3, value), edges)


@settings(max_examples=100)
@given(st.lists(st.integers(1, 0x7F7F), min_size=1, max_size=4), st.sampled_from([1, -1]))
def test_edges_at_the_bounds_of_cells(keys: list[int], sign: int) -> None:
    """Numbers that float32 rounds into the next cell, over an edge that lies between."""
    bounds = sign * (np.array(keys, np.uint32) << 16).view(np.float32).astype(np.float64)
    beside = np.concatenate([bounds * (1 + shift) for shift in (-4e-8, -1e-8, -3e-16, 0, 3e-16, 1e-8, 4e-8)])
    edges = np.sort(beside)
    values = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host_counts, "_MANY", 0)
        for some in (edges, edges[::2], edges[:1], edges[-1:]):
            assert HostValues(values).counts(some).tolist() == reference(values, some)


def test_many_values_as_numpy_counts_them() -> None:
    values = np.random.default_rng(0).normal(size=(7, 50_001)) * 1e-3
    for dtype in (np.float16, np.float32, np.float64):
        array = values.astype(dtype).T
        counts, _ = np.histogram(array.astype(np.float64), tensorflow_edges())
        assert HostValues(array).counts(tensorflow_edges())[1:-1].tolist() == counts.tolist()
        thousand = np.linspace(-1e-3, 1e-3, 1001)
        counts, _ = np.histogram(array.astype(np.float64), thousand)
        inner = HostValues(array).counts(thousand)[1:-1].tolist()
        assert inner == [*counts[:-1].tolist(), int(counts[-1] - (array.astype(np.float64) == 1e-3).sum())]


def test_counts_before_of_other_edges_are_not_taken_for_these(way: str) -> None:
    values = np.array([0.5, 1.5, 2.5])
    assert HostValues(values).counts(np.array([1.0, 2.0])).tolist() == [1, 1, 1]
    assert HostValues(values).counts(np.array([2.0, 3.0])).tolist() == [2, 1, 0]


@settings(max_examples=100)
@given(st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, st.integers(1, 60))))
def test_statistics(values: npt.NDArray[Any]) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        flat = values.astype(np.float64)
        expected = [flat.min(), flat.max(), len(flat), flat.sum(), flat.dot(flat)]
    np.testing.assert_array_equal(list(HostValues(values).statistics()), expected)
    finite = flat[np.isfinite(flat)]
    assert HostValues(values).finite_range() == ((finite.min(), finite.max()) if len(finite) else None)
    assert HostValues(values).finite().tolist() == finite.tolist()


def test_statistics_of_several_pieces() -> None:
    values = np.random.default_rng(1).normal(size=300_000).astype(np.float32)
    statistics = HostValues(values.reshape(3, -1)).statistics()
    assert statistics[:3] == (values.min(), values.max(), 300_000)
    exact = values.astype(np.float64)
    np.testing.assert_allclose(statistics[3:], [exact.sum(), exact.dot(exact)], rtol=1e-13)
    assert np.isnan(HostValues(np.append(values, np.nan)).statistics()[:2]).all()
