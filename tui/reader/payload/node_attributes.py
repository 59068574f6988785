"""The attributes of one node of a graph, as text: read when the node is looked at, for they may be megabytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import graph_pb2, tensor_pb2
from logging_lib.tfevents.tensor import dtype_name, from_tensor_proto, shape_of
from tui.model import BlobRef
from tui.reader.payload.graph import graph_bytes, parse_shape, shape_text
from tui.reader.payload.record import not_shown, read_event
from tui.reader.payload.run_metadata import metadata_bytes
from tui.reader.wire import DELIMITED, FIXED32, VARINT, Field, WireError, fields

Attributes = tuple[tuple[str, str], ...]
"""Names and texts, in the order of the names."""

MOST_ATTRIBUTES = 500
_LONGEST_TEXT = 500
_MOST_ITEMS = 16
# A larger tensor is not decoded for the few values of it that are shown.
_MOST_TENSOR_BYTES = 1 << 16
_ATTRIBUTES = 5  # of a NodeDef; a map is a list of messages of key and value
_KEY, _VALUE = 1, 2
_FLOAT = struct.Struct("<f")


@dataclass(frozen=True, slots=True)
class NodeAttributes:
    """Reads the attributes of the node at a place, counted through all graphs of a blob: each one's nodes, then those
    of its functions. `profiled` is for blobs that are metadata of a run, and not a graph."""

    place: int
    profiled: bool = False

    def __call__(self, ref: BlobRef) -> Attributes:
        """The attributes of the node in this blob.

        Raises:
            PayloadError: as `read_graph`, or there is no such node, or its attributes are none.
        """
        try:
            node = next(islice(_nodes_of(ref, profiled=self.profiled), self.place, None), None)
            if node is None:
                raise not_shown(ref, f"no node {self.place} in the graph")
            return tuple(sorted(islice(_attributes(node), MOST_ATTRIBUTES)))
        except DecodeError as error:
            raise not_shown(ref, "bytes that hold no graph") from error
        except WireError as error:
            raise not_shown(ref, f"attributes of a node: {error}") from error


def _nodes_of(ref: BlobRef, *, profiled: bool) -> Iterator[bytes]:
    event = read_event(ref)
    if profiled:
        metadata = graph_pb2.RunMetadata.FromString(metadata_bytes(ref, event))
        items: Iterable[bytes] = (graphs.pre_optimization_graph for graphs in metadata.function_graphs)
    else:
        items = [graph_bytes(ref, event)]
    for item in items:
        graph = graph_pb2.GraphDef.FromString(item)
        functions = (graph_pb2.FunctionDef.FromString(function).node_def for function in graph.library.function)
        yield from chain(graph.node, *functions)


def _attributes(node: bytes) -> Iterator[tuple[str, str]]:
    for field in fields(node, 0, len(node)):
        if field.number == _ATTRIBUTES and field.wire_type == DELIMITED:
            # Of a field that is there several times, the last counts.
            entry = list(fields(node, field.start, field.end))[::-1]
            key = next((_string(node, part) for part in entry if part.number == _KEY), "")
            value = next((part for part in entry if part.number == _VALUE), None)
            yield key, "" if value is None else _value_text(node, value)


def _value_text(data: bytes, value: Field) -> str:
    parts = [_part_text(data, part) for part in fields(data, value.start, value.end)]
    return ", ".join(parts)


def _part_text(data: bytes, field: Field) -> str:
    """One of the fields of an AttrValue, of which at most one is set; those of its list have much the same numbers."""
    if field.number == 1:
        return _list_text(data, field)
    expected, text = _PARTS.get(field.number, (None, None))
    return text(data, field) if text is not None and field.wire_type == expected else f"field {field.number}"


def _list_text(data: bytes, field: Field) -> str:
    items = chain.from_iterable(_items(data, item) for item in fields(data, field.start, field.end))
    shown = list(islice(items, _MOST_ITEMS))
    rest = sum(1 for _ in items)
    return f"[{', '.join(shown)}{f', … {rest} more' if rest else ''}]"


def _items(data: bytes, field: Field) -> Iterator[str]:
    """The items of a field of a list: numbers may stand packed in one field, and functions have another number."""
    expected, text = _PARTS.get(10 if field.number == 9 else field.number, (None, None))
    if text is None:
        yield f"field {field.number}"
    elif field.wire_type == expected:
        yield text(data, field)
    elif field.wire_type == DELIMITED and expected == FIXED32:
        for (value,) in _FLOAT.iter_unpack(data[field.start : field.end - (field.end - field.start) % _FLOAT.size]):
            yield _float_text(value)
    elif field.wire_type == DELIMITED and expected == VARINT:
        # Packed numbers are fields without their keys: each is given one.
        for number in _packed(data, field):
            yield text(data, number)


def _packed(data: bytes, field: Field) -> Iterator[Field]:
    value = shift = 0
    start = field.start
    for position in range(field.start, field.end):
        value |= (data[position] & 0x7F) << shift
        shift += 7
        if data[position] < 0x80:
            yield Field(field.number, VARINT, start, position + 1, value & 0xFFFF_FFFF_FFFF_FFFF)
            value, shift, start = 0, 0, position + 1


def _string(data: bytes, field: Field) -> str:
    size = field.end - field.start
    text = data[field.start : min(field.end, field.start + _LONGEST_TEXT)].decode(errors="replace")
    return text if size <= _LONGEST_TEXT else f"{text}… ({size} bytes)"


def _int(data: bytes, field: Field) -> str:
    return str(field.value - (1 << 64) if field.value >= 1 << 63 else field.value)


def _float(data: bytes, field: Field) -> str:
    return _float_text(_FLOAT.unpack(data[field.start : field.end])[0])


def _float_text(value: float) -> str:
    return str(np.float32(value))


def _bool(data: bytes, field: Field) -> str:
    return "true" if field.value else "false"


def _type(data: bytes, field: Field) -> str:
    # As protobuf reads an enum: 32 bits of it, with a sign.
    number = field.value & 0xFFFF_FFFF
    return dtype_name(number) if number < 1 << 31 else str(number - (1 << 32))


def _shape(data: bytes, field: Field) -> str:
    return shape_text(parse_shape(tensor_pb2.TensorShapeProto.FromString(data[field.start : field.end])))


def _tensor(data: bytes, field: Field) -> str:
    proto = tensor_pb2.TensorProto.FromString(data[field.start : field.end])
    try:
        head = f"{dtype_name(proto.dtype)} {shape_text(shape_of(proto))}"
        if field.end - field.start > _MOST_TENSOR_BYTES or np.prod(shape_of(proto), dtype=float) > _MOST_TENSOR_BYTES:
            return head
        values = from_tensor_proto(proto).reshape(-1)
    except ValueError as error:
        return f"tensor: {error}"
    rest = f", … {len(values) - _MOST_ITEMS} more" if len(values) > _MOST_ITEMS else ""
    return f"{head}: {', '.join(map(_item_text, values[:_MOST_ITEMS].tolist()))}{rest}"


def _item_text(value: object) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _function(data: bytes, field: Field) -> str:
    names = (_string(data, part) for part in fields(data, field.start, field.end) if part.number == _KEY)
    return f"function {next(names, '')}"


_Text = Callable[[bytes, Field], str]
_PARTS: dict[int, tuple[int, _Text]] = {
    2: (DELIMITED, _string),
    3: (VARINT, _int),
    4: (FIXED32, _float),
    5: (VARINT, _bool),
    6: (VARINT, _type),
    7: (DELIMITED, _shape),
    8: (DELIMITED, _tensor),
    9: (DELIMITED, _string),
    10: (DELIMITED, _function),
}
"""Wire type and text of each kind of value: s, i, f, b, type, shape, tensor, placeholder, func."""
