"""as_ndarray and friends: everything a training loop may hand over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import torch

from logging_lib.arrays import as_float, as_ndarray, captured


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
        (torch.tensor(0.5), 0.5),
        (torch.tensor([0.5], requires_grad=True) * 2, 1.0),
        (torch.tensor(3, dtype=torch.int64), 3.0),
        (torch.tensor(1e30, dtype=torch.bfloat16), float(torch.tensor(1e30, dtype=torch.bfloat16).item())),
        (torch.tensor(True), 1.0),
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


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64, torch.int8, torch.uint8, torch.bool, torch.complex64])
def test_other_dtypes_stay(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[0, 1]]).to(dtype)
    np.testing.assert_array_equal(as_ndarray(tensor), tensor.numpy(), strict=True)


def test_views_that_torch_does_not_hand_to_numpy() -> None:
    assert as_ndarray(torch.tensor([1 + 2j]).conj()).tolist() == [1 - 2j]
    assert as_ndarray(torch.eye(2).to_sparse()).tolist() == [[1, 0], [0, 1]]
    assert as_ndarray(torch.nn.Parameter(torch.ones(2))).tolist() == [1, 1]


def test_lists_of_tensors() -> None:
    losses = [torch.tensor(0.5, requires_grad=True) * 2, torch.tensor(2.0), 3.0]
    assert as_ndarray(losses).tolist() == [1.0, 2.0, 3.0]
    assert as_ndarray((torch.ones(2, dtype=torch.bfloat16),)).tolist() == [[1.0, 1.0]]


def test_captured_are_real_numbers() -> None:
    with pytest.raises(TypeError, match="expected real numbers, got complex ones"):
        captured(torch.tensor([1j]))


def test_array_protocols() -> None:
    assert as_ndarray(OnlyArray()).tolist() == [1.5, 2.5]
    assert as_ndarray(OnlyDlpack()).tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    "make", [lambda: np.zeros((2, 3)).T, lambda: torch.zeros(2, 3), OnlyDlpack, lambda: [0.0, 0.0]]
)
def test_captured_is_a_copy(make: Any) -> None:
    value = make()
    copy = captured(value)
    before = copy.copy()
    target = value.array if isinstance(value, OnlyDlpack) else value
    target[0] = 9.0
    np.testing.assert_array_equal(copy, before)
    assert copy.flags.owndata
    assert copy.flags.c_contiguous
