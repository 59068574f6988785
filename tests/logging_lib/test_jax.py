"""jax arrays: read at once where they are computed, else later, whatever becomes of them meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from logging_lib.arrays import as_float, as_ndarray
from logging_lib.capture import DeviceArray, DeviceNumber, JaxArray, captured_array, captured_number
from logging_lib.summary.histogram import histogram

jax = pytest.importorskip("jax")
jnp = jax.numpy


@pytest.fixture(scope="module")
def step() -> Callable[[Any], Any]:
    """A compiled training step that gives its argument back, half a second later.

    By way of products of matrices: on a CPU, jax computes at once what it takes for cheap.
    """

    def multiplied(values: Any) -> Any:
        one = (values.ravel()[0] * 0 + 1).astype("float32")
        return values * jnp.linalg.matrix_power(jnp.eye(1000) * one, 63)[0, 0].astype(values.dtype)

    compiled = jax.jit(multiplied)
    for warm in (jnp.zeros(2), jnp.zeros((2, 3)), jnp.zeros(3), jnp.zeros(3, jnp.bfloat16)):
        result = compiled(warm)
        assert result.copy().tolist() == warm.tolist()
        result[(-1,) * result.ndim].copy().block_until_ready()
    return compiled


def test_numbers() -> None:
    for dtype in ("float32", "bfloat16", "float16", "int32", "bool"):
        ready = jnp.asarray([1], dtype).block_until_ready()
        assert as_float(ready) == 1.0
        assert type(captured_number(ready)) is float


def test_small_dtypes_widen() -> None:
    assert as_ndarray(jnp.asarray([1.5, -2], jnp.bfloat16)).dtype == np.float32
    assert as_ndarray(jnp.asarray([1.5, -2], jnp.float8_e4m3fn)).tolist() == [1.5, -2.0]
    assert as_ndarray(jnp.asarray([1, -2], jnp.int4)).dtype == np.int8


def test_computed_arrays_are_copied() -> None:
    values = jnp.arange(3.0).block_until_ready()
    array = captured_array(values)
    assert isinstance(array, np.ndarray)
    assert array.flags.owndata
    assert array.flags.writeable
    assert array.tolist() == [0, 1, 2]


def test_arrays_being_computed_are_read_later(step: Callable[[Any], Any]) -> None:
    result = step(jnp.arange(6.0).reshape(2, 3))
    array, number = captured_array(result), captured_number(result[1, 2])
    assert isinstance(array, DeviceArray)
    assert isinstance(number, DeviceNumber)
    assert not result.is_ready()  # so nothing has waited for it
    assert (array.shape, array.nbytes) == ((2, 3), 24)
    assert float(number) == 5.0
    assert np.asarray(array).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert np.asarray(array).flags.writeable


def test_an_array_that_the_next_step_deletes_is_kept(step: Callable[[Any], Any]) -> None:
    result = step(jnp.arange(3.0))
    array = captured_array(result)
    jax.jit(lambda x: x + 1, donate_argnums=0)(result)
    assert result.is_deleted()
    assert np.asarray(array).tolist() == [0, 1, 2]
    with pytest.raises(RuntimeError, match="deleted"):
        captured_array(result)


def test_what_is_being_computed_is_checked_at_the_call(step: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match=r"one number, got shape \[2\]"):
        captured_number(step(jnp.zeros(2)))
    with pytest.raises(TypeError, match="complex"):
        captured_array(step(jnp.zeros(2)) * 1j)


def test_traced_arrays_have_no_numbers() -> None:
    def traced(x: Any) -> Any:
        for capture in (captured_number, captured_array, as_ndarray):
            with pytest.raises(TypeError, match="traced array"):
                capture(x)
        return x

    jax.jit(traced)(1.0)


def test_keys_are_no_numbers() -> None:
    with pytest.raises(TypeError, match="PRNGKey"):
        captured_array(jax.random.key(0))


def test_histogram_of_what_is_being_computed(step: Callable[[Any], Any]) -> None:
    captured = captured_array(step(jnp.asarray([1.5, 1.5, 2.5], jnp.bfloat16)))
    assert isinstance(captured, JaxArray)
    histo = histogram("h", captured).value[0].histo
    assert (histo.min, histo.max, histo.sum) == (1.5, 2.5, 5.5)
    assert [count for count in histo.bucket if count] == [2, 1]
