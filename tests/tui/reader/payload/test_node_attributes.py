"""Attributes of a node, as text: every kind of value, large ones, and bytes that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto import config_pb2, function_pb2, graph_pb2, node_def_pb2, tensor_pb2
from tensorboard.compat.proto.attr_value_pb2 import AttrValue, NameAttrList
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.util import tensor_util

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2
from tests.tui.reader.payload.stored import store, store_event, strings
from tui.model import BlobRef
from tui.reader.payload import NodeAttributes, PayloadError

List = AttrValue.ListValue
SHAPE = TensorShapeProto(dim=[TensorShapeProto.Dim(size=-1), TensorShapeProto.Dim(size=3)])


def stored(tmp_path: Path, *nodes: node_def_pb2.NodeDef | bytes) -> BlobRef:
    data = b"".join(
        node if isinstance(node, bytes) else graph_pb2.GraphDef(node=[node]).SerializeToString() for node in nodes
    )
    return store_event(tmp_path, event_pb2.Event(graph_def=data))


def text_of(tmp_path: Path, value: AttrValue) -> str:
    ((name, text),) = NodeAttributes(0)(stored(tmp_path, node_def_pb2.NodeDef(name="a", attr={"x": value})))
    assert name == "x"
    return text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (AttrValue(s=b"SAME"), "SAME"),
        (AttrValue(s=b"\xff\x1b[2J"), "\ufffd\x1b[2J"),
        (AttrValue(i=7), "7"),
        (AttrValue(i=-3), "-3"),
        (AttrValue(i=-(1 << 63)), "-9223372036854775808"),
        (AttrValue(i=(1 << 63) - 1), "9223372036854775807"),
        (AttrValue(s=b"x" * 500), "x" * 500),
        (AttrValue(s=b"x" * 501), "x" * 500 + "… (501 bytes)"),
        (AttrValue(f=0.1), "0.1"),
        (AttrValue(b=True), "true"),
        (AttrValue(b=False), "false"),
        (AttrValue(type=1), "float32"),
        (AttrValue(type=101), "float32_ref"),
        (AttrValue(shape=SHAPE), "[?, 3]"),
        (AttrValue(shape=TensorShapeProto(unknown_rank=True)), "?"),
        (AttrValue(placeholder="T"), "T"),
        (AttrValue(func=NameAttrList(name="body")), "function body"),
        (AttrValue(list=List()), "[]"),
        (AttrValue(list=List(i=[1, -2, 300])), "[1, -2, 300]"),
        (AttrValue(list=List(i=[127, 128, 129, 1 << 62, 0])), "[127, 128, 129, 4611686018427387904, 0]"),
        (AttrValue(list=List(f=[0.5, 1e-7])), "[0.5, 1e-07]"),
        (AttrValue(list=List(b=[True, False])), "[true, false]"),
        (AttrValue(list=List(type=[1, 3])), "[float32, int32]"),
        (AttrValue(list=List(s=[b"a", b"b"])), "[a, b]"),
        (AttrValue(list=List(shape=[SHAPE, SHAPE])), "[[?, 3], [?, 3]]"),
        (AttrValue(list=List(func=[NameAttrList(name="f")])), "[function f]"),
        (AttrValue(list=List(i=range(20))), f"[{', '.join(map(str, range(16)))}, … 4 more]"),
        (AttrValue(tensor=tensor_util.make_tensor_proto(2.5)), "float32 []: 2.5"),
        (AttrValue(tensor=tensor_util.make_tensor_proto(np.array([1, 2], np.int64))), "int64 [2]: 1, 2"),
        (AttrValue(tensor=tensor_util.make_tensor_proto([b"x"])), "string [1]: x"),
        (AttrValue(tensor=tensor_util.make_tensor_proto([b"\xff"])), "string [1]: \ufffd"),
        (AttrValue(tensor=tensor_util.make_tensor_proto([b"x" * 500])), f"string [1]: {'x' * 500}"),
        (AttrValue(tensor=tensor_util.make_tensor_proto([b"x" * 501])), f"string [1]: {'x' * 500}…"),
        (
            AttrValue(tensor=tensor_util.make_tensor_proto(np.arange(16))),
            f"int64 [16]: {', '.join(map(str, range(16)))}",
        ),
        (AttrValue(func=NameAttrList()), "function "),
        (AttrValue(type=-(1 << 31)), str(-(1 << 31))),
        (AttrValue(tensor=tensor_pb2.TensorProto(dtype=20)), "tensor: tensor of unknown dtype 20"),
        (AttrValue(), ""),
    ],
)  # fmt: skip
def test_values(tmp_path: Path, value: AttrValue, text: str) -> None:
    assert text_of(tmp_path, value) == text


def test_large_values_are_cut(tmp_path: Path) -> None:
    assert text_of(tmp_path, AttrValue(s=b"x" * 1_000_000)) == "x" * 500 + "… (1000000 bytes)"
    tensor = tensor_util.make_tensor_proto(np.zeros((500, 500), np.float32))
    assert text_of(tmp_path, AttrValue(tensor=tensor)) == "float32 [500, 500]"
    tensor = tensor_util.make_tensor_proto(np.arange(20))
    assert text_of(tmp_path, AttrValue(tensor=tensor)).endswith("14, 15, … 4 more")


def sized_to(size: int) -> AttrValue:
    """A tensor of a text that takes so many bytes."""
    value = AttrValue(tensor=tensor_util.make_tensor_proto([bytes(size)]))
    value.tensor.string_val[0] = value.tensor.string_val[0][: 2 * size - value.tensor.ByteSize()]
    assert value.tensor.ByteSize() == size
    return value


def test_a_tensor_of_65536_bytes_is_the_largest_that_is_shown(tmp_path: Path) -> None:
    assert text_of(tmp_path, sized_to(65_536)).startswith("string [1]: \0")
    assert text_of(tmp_path, sized_to(65_537)) == "string [1]"


@pytest.mark.parametrize(("size", "text"), [(65_536, "float32 [65536]: 1.0, 1.0"), (65_537, "float32 [65537]")])
def test_a_tensor_of_65536_elements_is_the_largest_that_is_filled(tmp_path: Path, size: int, text: str) -> None:
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size)])
    tensor = tensor_pb2.TensorProto(dtype=1, tensor_shape=shape, float_val=[1.0])
    assert text_of(tmp_path, AttrValue(tensor=tensor))[: len("float32 [65536]: 1.0, 1.0")] == text


def test_a_shape_of_more_elements_than_there_are_is_not_filled(tmp_path: Path) -> None:
    for size, text in ((1 << 20, f"float32 [{1 << 20}]"), (1 << 40, "is larger than any summary")):
        shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size)])
        tensor = tensor_pb2.TensorProto(dtype=1, tensor_shape=shape, float_val=[1.0])
        assert text in text_of(tmp_path, AttrValue(tensor=tensor))


def test_the_node_is_found_behind_those_of_the_graph_and_of_functions(tmp_path: Path) -> None:
    def node(number: int) -> node_def_pb2.NodeDef:
        return node_def_pb2.NodeDef(name="n", attr={"number": AttrValue(i=number)})

    functions = [function_pb2.FunctionDef(node_def=[node(2)]), function_pb2.FunctionDef(node_def=[node(3)])]
    graph = graph_pb2.GraphDef(node=[node(0), node(1)], library={"function": functions})
    ref = store_event(tmp_path, event_pb2.Event(graph_def=graph.SerializeToString()))
    for place in range(4):
        assert NodeAttributes(place)(ref) == (("number", str(place)),)
    with pytest.raises(PayloadError, match="no node 4 in the graph"):
        NodeAttributes(4)(ref)


def test_the_node_of_a_graph_in_metadata(tmp_path: Path) -> None:
    metadata = config_pb2.RunMetadata()
    for number in range(2):
        graphs = metadata.function_graphs.add()
        graphs.pre_optimization_graph.node.add(name="n").attr["number"].i = number
    ref = store(tmp_path, strings(metadata.SerializeToString(), plugin=plugins.GRAPH_RUN_METADATA_GRAPH))
    assert NodeAttributes(1, profiled=True)(ref) == (("number", "1"),)


def test_names_in_order_and_no_more_than_anybody_reads(tmp_path: Path) -> None:
    names = [f"{number:03}" for number in range(600)]
    read = NodeAttributes(0)(stored(tmp_path, node_def_pb2.NodeDef(attr={name: AttrValue(i=1) for name in names})))
    assert len(read) == 500
    assert list(read) == sorted(read)


def test_of_a_name_and_a_value_that_stand_there_twice_the_last_counts_as_in_protobuf(tmp_path: Path) -> None:
    old, new = AttrValue(i=1).SerializeToString(), AttrValue(i=2).SerializeToString()
    fields = [(1, b"a"), (2, old), (2, new), (1, b"b")]
    entry = b"".join(bytes([number << 3 | 2, len(part)]) + part for number, part in fields)
    node = bytes([5 << 3 | 2, len(entry)]) + entry
    assert dict(node_def_pb2.NodeDef.FromString(node).attr) == {"b": AttrValue(i=2)}
    data = bytes([1 << 3 | 2, len(node)]) + node
    assert NodeAttributes(0)(stored(tmp_path, data)) == (("b", "2"),)


@pytest.mark.parametrize(
    ("varint", "text"),
    [
        (b"\x03", "int32"),
        (b"\x83\x80\x80\x80\x10", "int32"),
        (b"\x85\x80\x80\x80\x08", str(5 - (1 << 31))),
        (b"\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01", "-5"),
    ],
)
def test_a_type_has_32_bits_as_in_protobuf(tmp_path: Path, varint: bytes, text: str) -> None:
    value = bytes([6 << 3]) + varint
    entry = b"\x0a\x01T\x12" + bytes([len(value)]) + value
    node = bytes([5 << 3 | 2, len(entry)]) + entry
    number = node_def_pb2.NodeDef.FromString(node).attr["T"].type
    assert text in ("int32", str(number))
    data = bytes([1 << 3 | 2, len(node)]) + node
    assert NodeAttributes(0)(stored(tmp_path, data)) == (("T", text),)


def node_with(entry: bytes) -> bytes:
    """A graph of a node with these bytes as the one entry of its attributes."""
    node = bytes([5 << 3 | 2, len(entry)]) + entry
    return bytes([1 << 3 | 2, len(node)]) + node


def valued(value: bytes) -> bytes:
    return b"\x0a\x01x\x12" + bytes([len(value)]) + value


@pytest.mark.parametrize(
    ("entry", "name", "text"),
    [
        (b"", "", ""),
        (b"\x0a\x01x", "x", ""),
        (b"\x12\x02\x18\x07", "", "7"),
        (valued(AttrValue(s=b"a").SerializeToString() + AttrValue(i=7).SerializeToString()), "x", "a, 7"),
        (valued(bytes([13 << 3, 1])), "x", "field 13"),
        (valued(bytes([3 << 3 | 2, 1, 1])), "x", "field 3"),
        (valued(bytes([1 << 3 | 2, 2, 13 << 3, 1])), "x", "[field 13]"),
        (valued(bytes([1 << 3 | 2, 5, 2 << 3 | 5, 1, 1, 1, 1])), "x", "[]"),
        (valued(bytes([1 << 3 | 2, 9, 4 << 3 | 2, 7]) + b"\0\0\0\x3f\1\2\3"), "x", "[0.5]"),
        (valued(bytes([1 << 3 | 2, 4, 9 << 3 | 2, 2, 10, 0])), "x", "[function ]"),
    ],
    ids=["nothing", "no value", "no key", "two values", "unknown", "other type", "unknown in a list", "other in a list",
         "half a number", "no name"],
)  # fmt: skip
def test_what_protobuf_would_not_write(tmp_path: Path, entry: bytes, name: str, text: str) -> None:
    assert NodeAttributes(0)(stored(tmp_path, node_with(entry))) == ((name, text),)


@pytest.mark.parametrize(
    ("graph", "reason"),
    [(b"\x0a\x05ab", "bytes that hold no graph"), (b"\x0a\x03\x2a\x05a", "attributes of a node: ")],
)
def test_what_cannot_be_read_names_its_place(tmp_path: Path, graph: bytes, reason: str) -> None:
    ref = stored(tmp_path, graph)
    with pytest.raises(PayloadError) as error:
        NodeAttributes(0)(ref)
    assert str(error.value).startswith(f"{ref.path}: {reason}")
    assert str(error.value).endswith(f" (at byte {ref.offset})")


@given(st.binary(max_size=60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    node = b"\x2a" + bytes([len(data)]) + data
    ref = stored(tmp_path_factory.mktemp("any"), b"\x0a" + bytes([len(node)]) + node)
    try:
        for name, text in NodeAttributes(0)(ref):
            assert isinstance(name, str)
            assert isinstance(text, str)
    except PayloadError as error:
        assert "\n" not in str(error)
