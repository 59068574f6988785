"""as_ndarray and friends: everything a training loop may hand over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch

from logging_lib.arrays import as_float, as_ndarray


class OnlyArray:
    """An object of a library that we have never heard of, with numpy's protocol."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array([1.5, 2.5])


class OnlyDlpack:
    """An object with the exchange protocol that array libraries share, and no other."""

    def __init__(self) -> None:
        self.array = np.array([3.0, 4.0])

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


class OnGpu:
    """A stand-in for an array on a GPU with what cupy's have: no implicit conversion, but a copy for the CPU."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __dlpack__(self, *, dl_device: Any = None, copy: Any = None, **options: Any) -> Any:
        assert dl_device == (1, 0)
        return np.array([5.0, 6.0]).__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (2, 0)


class OwnFloat(float):
    """A float of somebody's own."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (True, 1.0),
        (0.1, 0.1),
        (float("-inf"), float("-inf")),
        (1 << 70, float(1 << 70)),
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int64(-3), -3.0),
        (np.array(2.5), 2.5),
        (np.array([[7]]), 7.0),
        ([4], 4.0),
        (Decimal("0.25"), 0.25),
        (OwnFloat(0.25), 0.25),
        (np.float16(0.5), 0.5),
        (np.longdouble(0.1), float(np.longdouble(0.1))),
        (np.True_, 1.0),
        (np.uint64((1 << 64) - 1), float((1 << 64) - 1)),
        (np.array([[0.5]], np.float16), 0.5),
        (np.array(True), 1.0),
        (np.array(7, ">i4"), 7.0),
        (np.array(1.5, ml_dtypes.bfloat16), 1.5),
        (ml_dtypes.bfloat16(1.5), 1.5),
        (torch.tensor(0.5), 0.5),
        (torch.tensor([0.5], requires_grad=True) * 2, 1.0),
        (torch.tensor(3, dtype=torch.int64), 3.0),
        (torch.tensor(1e30, dtype=torch.bfloat16), float(torch.tensor(1e30, dtype=torch.bfloat16).item())),
        (torch.tensor(True), 1.0),
        (torch.tensor([[(1 << 62) + 1]]), float((1 << 62) + 1)),
        (torch.tensor(0.5, dtype=torch.float8_e5m2), 0.5),
        (torch.tensor([0.0, 2.0]).to_sparse()[1], 2.0),
        (torch.nn.Parameter(torch.tensor(0.5)), 0.5),
        ([torch.tensor(0.5)], 0.5),
    ],
)
def test_as_float(value: object, expected: float) -> None:
    result = as_float(value)
    assert type(result) is float
    assert result == expected


def test_nan_stays_nan() -> None:
    assert np.isnan(as_float(torch.tensor(float("nan"))))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([1, 2], ValueError, r"one number, got shape \[2\]"),
        (torch.zeros(2, 2), ValueError, r"one number, got shape \[2, 2\]"),
        ([], ValueError, r"one number, got shape \[0\]"),
        (10**400, ValueError, "beyond the range"),
        (1j, TypeError, "got complex"),
        (np.complex64(1j), TypeError, "complex"),
        (np.array(1j), TypeError, "complex"),
        (torch.tensor(1j), TypeError, "complex"),
        (torch.tensor([1, 2]), ValueError, r"one number, got shape \[2\]"),
        (np.zeros((2, 0)), ValueError, r"one number, got shape \[2, 0\]"),
        (np.timedelta64(5, "ns"), TypeError, "got timedelta64"),
        (np.array(5, "m8[ns]"), TypeError, "got ndarray"),
        (np.array(0.5, object), TypeError, "got ndarray"),
        (np.array([(1, 2)], "i4,i4"), TypeError, "got ndarray"),
        (np.array(b"ab", "V2"), TypeError, "got ndarray"),
        ("1.0", TypeError, "got str"),
        (None, TypeError, "got NoneType"),
        ({"a": 1}, TypeError, "got dict"),
        (["a"], TypeError, "got list"),
        (np.array(["2020-01-01"], "datetime64[D]"), TypeError, "got ndarray"),
        ([[1], [1, 2]], ValueError, "inhomogeneous"),
    ],
)
def test_not_a_number(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        as_float(value)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2])
def test_small_floats_widen_exactly(dtype: torch.dtype) -> None:
    tensor = torch.tensor([0.5, -1.5, 448.0]).to(dtype)
    array = as_ndarray(tensor)
    assert array.dtype == np.float32
    assert array.tolist() == [0.5, -1.5, 448.0]


@pytest.mark.parametrize(
    ("dtype", "widened"),
    [
        (ml_dtypes.bfloat16, np.float32),
        (ml_dtypes.float8_e5m2, np.float32),
        (ml_dtypes.float8_e4m3fn, np.float32),
        (ml_dtypes.float6_e2m3fn, np.float32),
        (ml_dtypes.float4_e2m1fn, np.float32),
        (ml_dtypes.int4, np.int8),
        (ml_dtypes.uint2, np.int8),
        (ml_dtypes.complex32, np.complex64),
    ],
)
def test_dtypes_that_are_not_numpys_own_widen_exactly(dtype: Any, widened: type[np.generic]) -> None:
    array = as_ndarray(np.array([[0.0, 1.0]]).astype(dtype))
    np.testing.assert_array_equal(array, np.array([[0, 1]], widened), strict=True)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64, torch.int8, torch.uint8, torch.bool, torch.complex64])
def test_other_dtypes_stay(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[0, 1]]).to(dtype)
    np.testing.assert_array_equal(as_ndarray(tensor), tensor.numpy(), strict=True)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta", "ignore:torch.quantize_per_tensor")
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_views_that_torch_does_not_hand_to_numpy() -> None:
    assert as_ndarray(torch.eye(2).to_sparse_csr()).tolist() == [[1, 0], [0, 1]]
    assert as_ndarray(torch.eye(2).to_mkldnn()).tolist() == [[1, 0], [0, 1]]
    assert as_ndarray(torch.quantize_per_tensor(torch.tensor([0.5, -2.0]), 0.25, 0, torch.qint8)).tolist() == [
        0.5,
        -2.0,
    ]
    assert as_ndarray(torch.tensor([1 + 2j], dtype=torch.complex32)).tolist() == [1 + 2j]
    assert as_ndarray(torch.tensor([1 + 2j]).conj()).tolist() == [1 - 2j]
    assert as_ndarray(torch.eye(2).to_sparse()).tolist() == [[1, 0], [0, 1]]
    assert as_ndarray(torch.nn.Parameter(torch.ones(2))).tolist() == [1, 1]


def test_lists_of_tensors() -> None:
    losses = [torch.tensor(0.5, requires_grad=True) * 2, torch.tensor(2.0), 3.0]
    assert as_ndarray(losses).tolist() == [1.0, 2.0, 3.0]
    assert as_ndarray((torch.ones(2, dtype=torch.bfloat16),)).tolist() == [[1.0, 1.0]]


def test_array_protocols() -> None:
    assert as_ndarray(OnlyArray()).tolist() == [1.5, 2.5]
    assert as_ndarray(OnlyDlpack()).tolist() == [3.0, 4.0]
    assert as_ndarray(OnGpu()).tolist() == [5.0, 6.0]


def test_an_array_that_cannot_be_one_says_why() -> None:
    class Tracer:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            raise TypeError("traced")

    with pytest.raises(TypeError, match="traced"):
        as_ndarray(Tracer())
    with pytest.raises(NotImplementedError, match="no data"):
        as_ndarray(torch.empty(2, device="meta"))
