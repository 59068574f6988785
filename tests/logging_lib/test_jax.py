"""jax arrays: read at once where they are computed, else later, whatever becomes of them meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from logging_lib.arrays import as_float, as_ndarray
from logging_lib.capture import DeviceArray, DeviceNumber, JaxArray, captured_array, captured_number

jax = pytest.importorskip("jax")
jnp = jax.numpy


@pytest.fixture(scope="module")
def slow() -> Any:
    """A compiled function that takes its time, and deletes its argument: a training step."""
    step = jax.jit(lambda x: jnp.linalg.matrix_power(x, 25) / 700, donate_argnums=0)
    step(jnp.eye(700)).block_until_ready()
    return step


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


def test_arrays_being_computed_are_read_later(slow: Any) -> None:
    result = slow(jnp.eye(700))
    array, number = captured_array(result), captured_number(result[3, 3])
    assert isinstance(array, DeviceArray)
    assert isinstance(number, DeviceNumber)
    assert not result.is_ready()  # so nothing has waited for it
    assert (array.shape, array.nbytes) == ((700, 700), 4 * 700 * 700)
    assert float(number) == pytest.approx(1 / 700)
    np.testing.assert_array_equal(np.asarray(array), np.asarray(result))
    assert np.asarray(array).flags.writeable


def test_an_array_that_the_next_step_deletes_is_kept(slow: Any) -> None:
    result = slow(jnp.eye(700))
    array = captured_array(result)
    slow(result)
    assert result.is_deleted()
    assert np.asarray(array)[0, 0] == np.float32(1 / 700)
    with pytest.raises(RuntimeError, match="deleted"):
        captured_array(result)


def test_what_is_being_computed_is_checked_at_the_call(slow: Any) -> None:
    result = slow(jnp.eye(700))
    with pytest.raises(ValueError, match=r"one number, got shape \[700, 700\]"):
        captured_number(result)
    with pytest.raises(TypeError, match="complex"):
        captured_array(slow(jnp.eye(700)) * 1j)


def test_traced_arrays_have_no_numbers() -> None:
    def step(x: Any) -> Any:
        with pytest.raises(TypeError, match="traced array|Traced|traced"):
            captured_number(x)
        return x

    jax.jit(step)(1.0)


def test_keys_are_no_numbers() -> None:
    with pytest.raises(TypeError, match="PRNGKey"):
        captured_array(jax.random.key(0))


def test_histogram_of_what_is_being_computed(slow: Any) -> None:
    from logging_lib.summary.histogram import histogram

    captured = captured_array(slow(jnp.eye(700)))
    assert isinstance(captured, JaxArray)
    assert sum(histogram("h", captured).value[0].histo.bucket) == 490_000
