"""Metadata of one profiled run of a graph: what ran when on which device, and the graphs that it ran."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2, graph_pb2
from tui.model import BlobRef
from tui.reader.payload.graph import MOST_NODES, Graph, check_nodes, parse_graphs
from tui.reader.payload.record import not_shown, only_string_of, read_event, value_of

MOST_GRAPHS = 10_000
"""A graph takes two bytes in a file and a thousand in memory; profiled runs have one for each of their functions."""


@dataclass(frozen=True, slots=True)
class NodeStats:
    """One execution of a node: its start in microseconds since the epoch, how many it took, bytes it allocated."""

    name: str
    start: int
    duration: int
    memory: int


@dataclass(frozen=True, slots=True)
class DeviceStats:
    """What ran on a device, in the order it was logged."""

    device: str
    nodes: tuple[NodeStats, ...]


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """A profiled run; `graphs` are those of its functions as they were before they were optimized."""

    devices: tuple[DeviceStats, ...]
    graphs: tuple[Graph, ...]


def read_run_metadata(ref: BlobRef) -> RunMetadata:
    """The metadata of a run, in an event of its own or as a string tensor.

    Raises:
        PayloadError: as `read_value`, or it is no metadata, or there are too many nodes or graphs in it.
    """
    event = read_event(ref)
    try:
        return _parse(graph_pb2.RunMetadata.FromString(metadata_bytes(ref, event)))
    except DecodeError as error:
        raise not_shown(ref, "bytes that hold no run metadata") from error
    except ValueError as error:
        raise not_shown(ref, error) from error


def metadata_bytes(ref: BlobRef, event: event_pb2.Event) -> bytes:
    """The serialized RunMetadata in an event.

    Raises:
        PayloadError: there is none.
    """
    if event.WhichOneof("what") == "tagged_run_metadata":
        return event.tagged_run_metadata.run_metadata
    return only_string_of(ref, value_of(ref, event))


def _parse(proto: graph_pb2.RunMetadata) -> RunMetadata:
    devices = proto.step_stats.dev_stats
    check_nodes(sum(len(device.node_stats) for device in devices), MOST_NODES)
    if len(proto.function_graphs) > MOST_GRAPHS:
        raise ValueError(f"more than {MOST_GRAPHS} graphs")
    graphs = parse_graphs(graphs.pre_optimization_graph for graphs in proto.function_graphs)
    return RunMetadata(tuple(DeviceStats(d.device, tuple(map(_stats, d.node_stats))) for d in devices), tuple(graphs))


def _stats(item: bytes) -> NodeStats:
    proto = graph_pb2.NodeExecStats.FromString(item)
    memory = sum(used.total_bytes for used in proto.memory)
    return NodeStats(proto.node_name, proto.all_start_micros, proto.all_end_rel_micros, memory)
