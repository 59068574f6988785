"""Graphs: nodes -> the events that TensorBoard's graph tab is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logging_lib.tfevents.proto import event_pb2, graph_pb2, tensor_pb2

# A dimension of a shape, None where it is not known; None for a shape of unknown rank.
Shape = Sequence[int | None] | None

# As torch writes it: the version of GraphDef that TensorBoard's own logs had.
_PRODUCER = 22


def node_def(name: str, op: str, inputs: Iterable[str], attributes: Mapping[str, graph_pb2.AttrValue]) -> bytes:
    """One operation, serialized.

    Args:
        name: unique in its graph; parts between slashes are the boxes that it is drawn in.
        inputs: names of nodes, with `:1` behind for an output that is not the first.
        attributes: shown as they are; `_output_shapes` is drawn on the edges.
    """
    return graph_pb2.NodeDef(name=name, op=op, input=inputs, attr=attributes).SerializeToString()


def text_attribute(text: str) -> graph_pb2.AttrValue:
    """An attribute that is read, not computed with."""
    return graph_pb2.AttrValue(s=text.encode())


def shape_attribute(shape: Shape) -> graph_pb2.AttrValue:
    """The shape of a variable."""
    return graph_pb2.AttrValue(shape=_shape(shape))


def output_shapes(shapes: Iterable[Shape]) -> graph_pb2.AttrValue:
    """`_output_shapes`: the shape of each output."""
    return graph_pb2.AttrValue(list=graph_pb2.AttrValue.ListValue(shape=map(_shape, shapes)))


def graph_event(nodes: Sequence[bytes]) -> event_pb2.Event:
    """The graph of a run, of serialized nodes."""
    graph = graph_pb2.GraphDef(node=nodes, versions=graph_pb2.VersionDef(producer=_PRODUCER))
    return event_pb2.Event(graph_def=graph.SerializeToString())


def run_metadata_event() -> event_pb2.Event:
    """One profiled run of the graph, `step1`, in which nothing was measured; as torch writes it."""
    devices = [graph_pb2.DeviceStepStats(device="/device:CPU:0")]
    metadata = graph_pb2.RunMetadata(step_stats=graph_pb2.StepStats(dev_stats=devices))
    tagged = event_pb2.TaggedRunMetadata(tag="step1", run_metadata=metadata.SerializeToString())
    return event_pb2.Event(tagged_run_metadata=tagged)


def _shape(shape: Shape) -> tensor_pb2.TensorShapeProto:
    if shape is None:
        return tensor_pb2.TensorShapeProto(unknown_rank=True)
    dims = [tensor_pb2.TensorShapeProto.Dim(size=-1 if size is None else size) for size in shape]
    return tensor_pb2.TensorShapeProto(dim=dims)
