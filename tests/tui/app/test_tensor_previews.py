"""Tensors in short."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tui.analysis.tensor_summary import MOST_COLUMNS, MOST_ROWS, TensorSummary, summarised
from tui.app.tensor_previews import Preview, facts, value_lines


def preview(array: np.ndarray) -> Preview:
    return Preview(summarised(array), 1234)


@pytest.mark.parametrize(
    ("array", "text", "lines"),
    [
        (np.array(7), "int64 []  1.2 kB  min 7  mean 7  max 7", ["7"]),
        (np.array([True, False]), "bool [2]  1.2 kB  min 0  mean 0.5  max 1", [" true  false"]),
        (np.array([1 + 2j]), "complex128 [1]  1.2 kB", ["(1+2j)"]),
        (np.zeros((0, 3), "f4"), "float32 [0, 3]  1.2 kB", ["no values"]),
        (np.array([np.nan]), "float64 [1]  1.2 kB  1 NaN or infinite", ["NaN"]),
        (np.array([[b"a", b"\x1b[1m\xff"]], object), "string [1, 2]  1.2 kB", ["a         \\x1b[1m\ufffd"]),
        (np.array([0, 2**64 - 1], "u8"), "uint64 [2]  1.2 kB  min 0  mean 9.223e18  max 1.845e19",
         ["                   0  18446744073709551615"]),
    ],
)  # fmt: skip
def test_what_a_tensor_holds(array: np.ndarray, text: str, lines: list[str]) -> None:
    assert facts(preview(array)) == text
    assert value_lines(preview(array), 60) == lines


def test_more_values_than_fit() -> None:
    found = preview(np.arange(1000).reshape(10, 2, 50))
    lines = value_lines(found, 20)
    assert lines[0] == "  0    1    2    3 …"
    assert lines[-1] == "… 12 more rows"
    assert len(lines) == MOST_ROWS + 1
    long = value_lines(preview(np.array([[b"x" * 99, b"y"]], object)), 40)
    assert long == ["x" * 23 + "… …"]


@given(arrays(st.sampled_from([np.float32, np.int8, np.bool_]), array_shapes(min_dims=0, max_dims=4, min_side=0)))
def test_a_summary_is_of_the_first_values(array: np.ndarray) -> None:
    found = summarised(array)
    assert isinstance(found, TensorSummary)
    assert len(found.rows) <= MOST_ROWS and all(len(row) <= MOST_COLUMNS for row in found.rows)
    flat = [value for row in found.rows for value in row]
    np.testing.assert_array_equal(np.array(flat, array.dtype), array.reshape(-1)[: len(flat)])
    finite = array[np.isfinite(array)]
    assert found.not_finite == array.size - finite.size
    if finite.size:
        assert (found.low, found.high) == (finite.min(), finite.max())


def test_the_mean_of_the_largest_numbers() -> None:
    assert summarised(np.array([1e308, 1e308, np.inf])).mean == 1e308
    assert summarised(np.array([-1e308, -1e308])).mean == -1e308
