"""Tensors: every dtype, raw and typed, against tensorboard's own conversion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensorboard.compat.proto import tensor_pb2 as tb_tensor
from tensorboard.compat.proto import types_pb2 as tb_types
from tensorboard.compat.tensorflow_stub import dtypes
from tensorboard.util import tensor_util

from logging_lib.tfevents.proto import tensor_pb2 as pb
from logging_lib.tfevents.tensor import (
    MAX_ELEMENTS,
    MAX_EMPTY,
    MAX_REPEATED,
    dtype_name,
    from_tensor_proto,
    shape_of,
    to_tensor_proto,
)
from tests import strategies

TYPED_LISTS: dict[str, tuple[str, str, list[Any]]] = {
    "DT_FLOAT": ("float_val", "<f4", [0.1, float("nan"), float("-inf")]),
    "DT_DOUBLE": ("double_val", "<f8", [0.1, 1e300, -0.0]),
    "DT_INT8": ("int_val", "i1", [-128, 0, 127]),
    "DT_INT16": ("int_val", "<i2", [-32768, 0, 32767]),
    "DT_INT32": ("int_val", "<i4", [-(1 << 31), 0, (1 << 31) - 1]),
    "DT_UINT8": ("int_val", "u1", [0, 1, 255]),
    "DT_UINT16": ("int_val", "<u2", [0, 1, 65535]),
    "DT_INT64": ("int64_val", "<i8", [-(1 << 63), (1 << 53) + 1, (1 << 63) - 1]),
    "DT_UINT32": ("uint32_val", "<u4", [0, 1, (1 << 32) - 1]),
    "DT_UINT64": ("uint64_val", "<u8", [0, (1 << 53) + 1, (1 << 64) - 1]),
    "DT_BOOL": ("bool_val", "?", [True, False, True]),
}
# tensorboard's make_ndarray knows neither.
UNKNOWN_TO_TENSORBOARD = {"DT_UINT32", "DT_UINT64"}


def theirs(proto: pb.TensorProto) -> npt.NDArray[Any]:
    return tensor_util.make_ndarray(tb_tensor.TensorProto.FromString(proto.SerializeToString()))


def proto_of(dtype: str, shape: list[int], **fields: Any) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=size) for size in shape]
    return pb.TensorProto(dtype=pb.DataType.Value(dtype), tensor_shape=pb.TensorShapeProto(dim=dims), **fields)


def assert_same(actual: npt.NDArray[Any], expected: npt.NDArray[Any]) -> None:
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    assert actual.tobytes() == expected.tobytes()


@given(strategies.arrays())
def test_roundtrip(array: npt.NDArray[Any]) -> None:
    assert_same(from_tensor_proto(to_tensor_proto(array)), array)


@given(strategies.arrays().filter(lambda a: a.size and a.dtype not in (np.uint32, np.uint64)))
def test_tensorboard_reads_what_we_store(array: npt.NDArray[Any]) -> None:
    assert_same(theirs(to_tensor_proto(array)), array)


@given(strategies.arrays().filter(lambda a: a.dtype not in (np.uint32, np.uint64)))
def test_we_read_what_tensorboard_stores(array: npt.NDArray[Any]) -> None:
    stored = tensor_util.make_tensor_proto(array).SerializeToString()
    assert_same(from_tensor_proto(pb.TensorProto.FromString(stored)), array)


def test_big_endian_arrays_are_stored_little_endian() -> None:
    assert_same(from_tensor_proto(to_tensor_proto(np.array([1.5, -2.0], ">f8"))), np.array([1.5, -2.0], "<f8"))


@pytest.mark.parametrize("name", TYPED_LISTS)
def test_typed_lists(name: str) -> None:
    field, dtype, values = TYPED_LISTS[name]
    proto = proto_of(name, [3], **{field: values})
    assert_same(from_tensor_proto(proto), np.array(values, dtype))
    if name not in UNKNOWN_TO_TENSORBOARD:
        assert_same(from_tensor_proto(proto), theirs(proto))


@pytest.mark.parametrize("name", TYPED_LISTS)
def test_short_typed_lists_repeat_their_last_element(name: str) -> None:
    field, dtype, values = TYPED_LISTS[name]
    once = proto_of(name, [2, 2], **{field: values[2:]})
    assert_same(from_tensor_proto(once), np.full((2, 2), values[2], dtype))
    if name not in UNKNOWN_TO_TENSORBOARD:
        assert_same(from_tensor_proto(once), theirs(once))
    some = proto_of(name, [5], **{field: values})
    assert_same(from_tensor_proto(some), np.array([*values, values[2], values[2]], dtype))


@pytest.mark.parametrize("values", [0, 1, MAX_REPEATED])
def test_lists_are_filled_up_to_a_bound(values: int) -> None:
    """A few bytes must not cost gigabytes; a list that is itself as long as its shape may have any length."""
    fields = {"float_val": [1.5] * values}
    assert from_tensor_proto(proto_of("DT_FLOAT", [1 << 10, 1 << 10], **fields)).shape == (1 << 10, 1 << 10)
    with pytest.raises(ValueError, match=f"holds {values} elements; it is not filled up"):
        from_tensor_proto(proto_of("DT_FLOAT", [MAX_REPEATED + 1], **fields))
    with pytest.raises(ValueError, match="not filled up"):
        from_tensor_proto(proto_of("DT_FLOAT", [MAX_ELEMENTS], **fields))
    whole = {"float_val": [1.5] * (MAX_REPEATED + 1)}
    assert from_tensor_proto(proto_of("DT_FLOAT", [MAX_REPEATED + 1], **whole)).shape == (MAX_REPEATED + 1,)


@pytest.mark.parametrize(("values", "filled"), [([], 1 << 16), ([b"x" * 48], 1 << 14), ([b"x", b"y" * 1008], 1 << 10)])
def test_strings_are_filled_up_to_a_bound(values: list[bytes], filled: int) -> None:
    """Of strings the bytes count: each would be decoded, and shown, on its own."""
    shape = len(values) + filled
    array = from_tensor_proto(proto_of("DT_STRING", [shape], string_val=values))
    assert array.tolist() == values + [values[-1] if values else b""] * filled
    with pytest.raises(ValueError, match=f"holds {len(values)} elements; it is not filled up"):
        from_tensor_proto(proto_of("DT_STRING", [shape + 1], string_val=values))
    with pytest.raises(ValueError, match="holds 1 elements; it is not filled up"):  # of two, the second as long again
        from_tensor_proto(proto_of("DT_STRING", [2], string_val=[bytes(MAX_REPEATED)]))
    whole = proto_of("DT_STRING", [MAX_REPEATED + 1], string_val=[b"x"] * (MAX_REPEATED + 1))
    assert from_tensor_proto(whole).shape == (MAX_REPEATED + 1,)


@pytest.mark.parametrize("name", [*TYPED_LISTS, "DT_HALF", "DT_BFLOAT16", "DT_COMPLEX64", "DT_COMPLEX128"])
def test_empty_typed_lists_are_zeros(name: str) -> None:
    array = from_tensor_proto(proto_of(name, [2]))
    assert array.shape == (2,)
    assert not array.any()


@pytest.mark.parametrize(("name", "field"), [("DT_COMPLEX64", "scomplex_val"), ("DT_COMPLEX128", "dcomplex_val")])
def test_complex_typed_lists(name: str, field: str) -> None:
    proto = proto_of(name, [2], **{field: [1.5, -2.0, 0.0, 3.0]})
    assert from_tensor_proto(proto).tolist() == [1.5 - 2j, 3j]
    assert_same(from_tensor_proto(proto), theirs(proto))
    assert from_tensor_proto(proto_of(name, [3], **{field: [1.0, 2.0]})).tolist() == [1 + 2j] * 3
    with pytest.raises(ValueError, match="half a number"):
        from_tensor_proto(proto_of(name, [1], **{field: [1.0]}))


def test_half_values_are_bits() -> None:
    values = np.array([1.0, -0.5, np.inf], "<f2")
    proto = proto_of("DT_HALF", [3], half_val=values.view("<u2").tolist())
    assert_same(from_tensor_proto(proto), values)
    assert_same(from_tensor_proto(proto), theirs(proto))
    assert from_tensor_proto(proto_of("DT_HALF", [4], half_val=[0x3C00])).tolist() == [1.0] * 4


@pytest.mark.parametrize("raw", [True, False])
def test_bfloat16_widens_to_float32(raw: bool) -> None:
    values = np.array([1.0, -2.5, 1e30, np.inf], "<f4")
    bits = (values.view("<u4") >> 16).astype("<u2")
    fields = {"tensor_content": bits.tobytes()} if raw else {"half_val": bits.tolist()}
    proto = proto_of("DT_BFLOAT16", [4], **fields)
    # Not compared with tensorboard, whose numpy has no bfloat16.
    assert_same(from_tensor_proto(proto), (bits.astype("<u4") << 16).view("<f4"))


@given(hnp.arrays(np.float32, st.integers(0, 5)), st.booleans())
def test_bfloat16_is_stored_as_its_bits(values: npt.NDArray[np.float32], as_float32: bool) -> None:
    """From ml_dtypes' dtype, or from float32 that hold no more than that."""
    with np.errstate(invalid="ignore", over="ignore"):
        narrow = values.astype(ml_dtypes.bfloat16)
    proto = to_tensor_proto(narrow.astype(np.float32) if as_float32 else narrow, bfloat16=as_float32)
    assert (proto.dtype, len(proto.tensor_content)) == (pb.DT_BFLOAT16, 2 * values.size)
    stored = np.frombuffer(proto.tensor_content, ml_dtypes.bfloat16)
    np.testing.assert_array_equal(stored.astype(np.float32), narrow.astype(np.float32))
    np.testing.assert_array_equal(from_tensor_proto(proto), narrow.astype(np.float32))


def test_bfloat16_of_any_shape() -> None:
    for shape in ((), (2, 0), (2, 3)):
        array = np.ones(shape, ml_dtypes.bfloat16)
        assert_same(from_tensor_proto(to_tensor_proto(array)), np.ones(shape, np.float32))
    assert_same(
        from_tensor_proto(to_tensor_proto(np.eye(3, 2, dtype=">f4").T, bfloat16=True)), np.eye(2, 3, dtype="f4")
    )


def test_strings() -> None:
    array = np.array([["a", b"\xff"], ["é", b""]], object)
    stored = to_tensor_proto(array)
    assert from_tensor_proto(stored).tolist() == [[b"a", b"\xff"], [b"\xc3\xa9", b""]]
    assert from_tensor_proto(stored).tolist() == theirs(stored).tolist()
    assert from_tensor_proto(proto_of("DT_STRING", [])).tolist() == b""
    assert from_tensor_proto(proto_of("DT_STRING", [2], string_val=[b"x"])).tolist() == [b"x", b"x"]


def test_numpy_string_arrays() -> None:
    assert from_tensor_proto(to_tensor_proto(np.array(["ab", "é"]))).tolist() == [b"ab", "é".encode()]


@pytest.mark.parametrize(
    ("proto", "message"),
    [
        (proto_of("DT_FLOAT", [2], float_val=[1, 2, 3]), "tensor of 3 elements for shape [2]"),
        (proto_of("DT_FLOAT", [2], tensor_content=b"1234567"), "tensor of 7 bytes for shape [2] of float32"),
        (proto_of("DT_FLOAT", [2, 3], tensor_content=bytes(25)), "tensor of 25 bytes for shape [2, 3] of float32"),
        (proto_of("DT_FLOAT", [-1]), "tensor of unknown shape"),
        (proto_of("DT_FLOAT", [1 << 14, (1 << 14) + 1]), "tensor of shape [16384, 16385] is larger than any summary"),
        (proto_of("DT_FLOAT", [1 << 62, 4]), f"tensor of shape [{1 << 62}, 4] is larger than any summary"),
        (proto_of("DT_STRING", [1 << 31, 0, 1]), f"tensor of shape [{1 << 31}, 0, 1] is larger than any summary"),
        (proto_of("DT_FLOAT", [0, 1 << 19, 3]), f"tensor of shape [0, {1 << 19}, 3] is larger than any summary"),
        (proto_of("DT_INVALID", [1]), "tensor of unknown dtype 0"),
        (proto_of("DT_COMPLEX64", [1], scomplex_val=[1.0]), "complex tensor with half a number"),
        (
            proto_of("DT_FLOAT", [MAX_REPEATED + 1], float_val=[1.0]),
            f"tensor of shape [{MAX_REPEATED + 1}] holds 1 elements; it is not filled up",
        ),
    ],
)
def test_nonsense_is_a_value_error(proto: pb.TensorProto, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        from_tensor_proto(proto)


def test_a_shape_may_be_as_large_as_a_summary() -> None:
    assert shape_of(proto_of("DT_FLOAT", [1 << 14, MAX_ELEMENTS >> 14])) == (1 << 14, MAX_ELEMENTS >> 14)
    assert shape_of(proto_of("DT_FLOAT", [2, 0, MAX_EMPTY >> 1])) == (2, 0, MAX_EMPTY >> 1)


def test_typed_lists_have_a_dtype_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older protobuf runtimes hand lists over as plain Python numbers, whose common type numpy would guess."""
    large = [0, (1 << 53) + 1, (1 << 64) - 1]
    asked: list[object] = []
    array = np.array

    def noted(values: object, dtype: object = None) -> npt.NDArray[Any]:
        asked.append(dtype)
        return array(list(values) if isinstance(values, Iterable) else values, dtype)  # type: ignore[call-overload]

    monkeypatch.setattr(np, "array", noted)
    for name, (field, dtype, values) in TYPED_LISTS.items():
        assert_same(from_tensor_proto(proto_of(name, [3], **{field: values})), array(values, dtype))
    assert from_tensor_proto(proto_of("DT_UINT64", [3], uint64_val=large)).tolist() == large
    assert from_tensor_proto(proto_of("DT_COMPLEX64", [1], scomplex_val=[1.5, -2.0])).tolist() == [1.5 - 2j]
    assert from_tensor_proto(proto_of("DT_COMPLEX128", [1], dcomplex_val=[1.5, -2.0])).tolist() == [1.5 - 2j]
    assert from_tensor_proto(proto_of("DT_HALF", [2], half_val=[0x3C00, 0xBC00])).tolist() == [1.0, -1.0]
    assert None not in asked


def test_unknown_rank_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"^tensor of unknown shape$"):
        shape_of(pb.TensorProto(tensor_shape=pb.TensorShapeProto(unknown_rank=True)))


@given(strategies.damaged_tensor_protos())
def test_damage_gives_an_array_or_a_value_error(proto: pb.TensorProto) -> None:
    try:
        array = from_tensor_proto(proto)
    except ValueError:
        return
    assert array.shape == shape_of(proto)


def test_objects_and_dates_cannot_be_stored() -> None:
    for array in (np.array(["2020-01-01"], "datetime64[D]"), np.zeros(1, np.longdouble), np.zeros(1, "i4,i4")):
        with pytest.raises(ValueError, match=f"^cannot store an array of dtype {re.escape(str(array.dtype))}$"):
            to_tensor_proto(array)


def test_dtypes_have_tensorflows_names() -> None:
    codes = [code for code in tb_types.DataType.values() if code]
    assert [dtype_name(code) for code in codes] == [tensorflow_name(code) for code in codes]


def tensorflow_name(code: int) -> str:
    try:
        return str(dtypes.as_dtype(code).name)
    except TypeError:  # one of the newest, which TensorBoard's own table lacks
        return tb_types.DataType.Name(code).removeprefix("DT_").lower()


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, "unknown"), (99, "dtype 99"), (100, "dtype 100"), (200, "dtype 200"), (201, "dtype 201"), (-5, "dtype -5")],
)
def test_dtypes_that_tensorflow_has_not(code: int, name: str) -> None:
    assert dtype_name(code) == name
