"""DeviceValues, on CPU tensors: the numbers of HostValues, which are numpy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logging_lib.arrays import torch_as_ndarray
from logging_lib.summary import device_counts
from logging_lib.summary.device_counts import DeviceValues
from logging_lib.summary.histogram import tensorflow_edges
from logging_lib.summary.host_counts import HostValues
from tests.logging_lib.test_host_counts import EDGES, neighbours

NUMPY_DTYPES = [np.float16, np.float32, np.float64, np.int8, np.int64, np.uint8, np.bool_]
SMALL_FLOATS = [torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2]


def assert_same(tensor: torch.Tensor, edges: npt.NDArray[np.float64]) -> None:
    """Whatever is asked of the tensor's values is what is said of the same values in an array."""
    device, host = DeviceValues(tensor), HostValues(torch_as_ndarray(tensor))
    assert device.counts(edges).tolist() == host.counts(edges).tolist()
    assert device.finite_range() == host.finite_range()
    assert device.finite().tolist() == host.finite().tolist()
    np.testing.assert_array_equal(device.statistics()[:3], host.statistics()[:3])
    sums = np.array([device.statistics()[3:], host.statistics()[3:]])
    with np.errstate(over="ignore"):
        scale = np.abs(host.finite()).sum() + 1
    np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12, atol=1e-12 * min(scale, 1e300))


@settings(max_examples=150, deadline=None)
@example(np.full(40, 5.6e306), [0.0])
@given(st.sampled_from(NUMPY_DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, st.integers(1, 40))), EDGES)
def test_any_values_and_edges(values: npt.NDArray[Any], edges: list[float]) -> None:
    assert_same(torch.from_numpy(values), np.array(edges))


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float32, st.integers(1, 20), elements=st.floats(width=32)), st.sampled_from(SMALL_FLOATS), EDGES)
def test_small_floats(values: npt.NDArray[np.float32], dtype: torch.dtype, edges: list[float]) -> None:
    assert_same(torch.from_numpy(values).to(dtype), np.array(edges))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_next_to_every_default_edge(monkeypatch: pytest.MonkeyPatch, dtype: type[np.floating[Any]]) -> None:
    monkeypatch.setattr(device_counts, "_PIECE", 1000)
    assert_same(torch.from_numpy(neighbours(dtype)), tensorflow_edges())


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_any_layout() -> None:
    matrix = torch.arange(-6.0, 6.0).reshape(3, 4)
    edges = np.array([-3.0, 0.0, 2.5])
    for tensor in (matrix.T, matrix[:, ::2], matrix[0].expand(5, 4), matrix.to_sparse(), matrix.to_sparse_csr()):
        assert_same(tensor, edges)
    assert_same(torch.quantize_per_tensor(matrix, 0.25, 0, torch.qint8), edges)
    assert_same(torch.tensor(1.5), edges)


def test_what_is_kept_for_reproducible_runs_is_no_obstacle() -> None:
    torch.use_deterministic_algorithms(True)
    try:
        assert_same(torch.tensor([0.5, 1.5, float("nan")]), np.array([1.0]))
    finally:
        torch.use_deterministic_algorithms(False)
