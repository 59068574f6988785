"""The number in a tensor: where it is stored twice or not at all, and tensors that are none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from logging_lib.tfevents.proto import tensor_pb2 as pb
from tui.reader.scalar_number import is_number, is_wide, number_of

FLOAT_ONE, DOUBLE_ONE = b"\0\0\x80\x3f", b"\0\0\0\0\0\0\xf0\x3f"


def tensor(dtype: int, shape: tuple[int, ...] = (), **fields: Any) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=size) for size in shape]
    return pb.TensorProto(dtype=pb.DataType.Name(dtype), tensor_shape=pb.TensorShapeProto(dim=dims), **fields)


@pytest.mark.parametrize("shape", [(), (1,)])
@pytest.mark.parametrize(
    ("dtype", "fields", "number"),
    [
        (pb.DT_FLOAT, {"tensor_content": FLOAT_ONE}, 1.0),
        (pb.DT_FLOAT, {"tensor_content": FLOAT_ONE, "float_val": [2.0]}, 1.0),
        (pb.DT_FLOAT, {"float_val": [2.0], "double_val": [3.0]}, 2.0),
        (pb.DT_FLOAT, {}, 0.0),
        (pb.DT_DOUBLE, {"tensor_content": DOUBLE_ONE}, 1.0),
        (pb.DT_DOUBLE, {"tensor_content": DOUBLE_ONE, "double_val": [2.0]}, 1.0),
        (pb.DT_DOUBLE, {"double_val": [0.1], "float_val": [3.0]}, 0.1),
        (pb.DT_DOUBLE, {}, 0.0),
        (pb.DT_BOOL, {"bool_val": [True]}, 1.0),
        (pb.DT_UINT8, {"int_val": [255]}, 255.0),
        (pb.DT_INT64, {"int64_val": [-3]}, -3.0),
    ],
)
def test_raw_bytes_stand_before_a_list_and_an_empty_list_for_zero(
    dtype: int, fields: dict[str, Any], number: float, shape: tuple[int, ...]
) -> None:
    proto = tensor(dtype, shape, **fields)
    assert (number_of(proto), is_number(proto)) == (number, True)


@pytest.mark.parametrize(
    ("proto", "reason"),
    [
        (tensor(pb.DT_FLOAT, (2,), float_val=[1, 2]), "tensor of shape [2] is no number"),
        (tensor(pb.DT_FLOAT, (1, 1), float_val=[1]), "tensor of shape [1, 1] is no number"),
        (tensor(pb.DT_FLOAT, (0,)), "tensor of shape [0] is no number"),
        (tensor(pb.DT_FLOAT, (), float_val=[1, 2]), "tensor of 2 elements for shape []"),
        (tensor(pb.DT_DOUBLE, (), double_val=[1, 2]), "tensor of 2 elements for shape []"),
        (tensor(pb.DT_FLOAT, (), tensor_content=b"12345"), "tensor of 5 bytes for shape [] of float32"),
        (tensor(pb.DT_FLOAT, (), tensor_content=b"12345", float_val=[1]), "tensor of 5 bytes for shape [] of float32"),
        (tensor(pb.DT_DOUBLE, (), tensor_content=FLOAT_ONE), "tensor of 4 bytes for shape [] of float64"),
        (
            tensor(pb.DT_DOUBLE, (), tensor_content=FLOAT_ONE, double_val=[1]),
            "tensor of 4 bytes for shape [] of float64",
        ),
        (tensor(pb.DT_STRING, (), string_val=[b"1"]), "tensor of object is no number"),
        (tensor(pb.DT_COMPLEX64, (), scomplex_val=[1, 0]), "tensor of complex64 is no number"),
        (
            pb.TensorProto(dtype="DT_FLOAT", tensor_shape=pb.TensorShapeProto(unknown_rank=True), float_val=[1]),
            "tensor of unknown shape",
        ),
    ],
)
def test_tensors_that_are_no_number(proto: pb.TensorProto, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        number_of(proto)
    assert not is_number(proto)


def test_which_numbers_need_64_bits() -> None:
    narrow = {code for code in pb.DataType.values() if not is_wide(code)}
    assert narrow == {pb.DT_FLOAT, pb.DT_HALF, pb.DT_BFLOAT16}
