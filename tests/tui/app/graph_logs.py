"""Runs with graphs of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from logging_lib.summary.graph import graph_event, node_def, output_shapes, shape_attribute, text_attribute
from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, graph_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME

FLOAT = graph_pb2.AttrValue(type=1)


def torch_nodes(layers: int, size: int = 4) -> list[bytes]:
    """A chain of linear layers, as torch traces it."""
    text, shapes = text_attribute("{}"), output_shapes([[1, size]])
    nodes = [node_def("input/x", "IO Node", (), {"attr": text_attribute(""), "_output_shapes": shapes})]
    last = "input/x"
    for number in range(layers):
        scope = f"Net/Sequential[body]/Linear[{number}]"
        for name, shape in (("weight", [size, size]), ("bias", [size])):
            attributes = {"attr": text_attribute(f"{{ name : {name} }}"), "_output_shapes": output_shapes([shape])}
            nodes.append(node_def(f"{scope}/{name}/{name}.{number}", "prim::GetAttr", (), attributes))
        inputs = (last, f"{scope}/weight/weight.{number}", f"{scope}/bias/bias.{number}")
        last = f"{scope}/input.{number}"
        nodes.append(node_def(last, "aten::linear", inputs, {"attr": text, "_output_shapes": shapes}))
    nodes.append(node_def("Net/act", "aten::relu", (last,), {"attr": text, "_output_shapes": shapes}))
    return [*nodes, node_def("output/output.1", "IO Node", ("Net/act",), {"_output_shapes": shapes})]


def loop_nodes() -> list[bytes]:
    """What TensorFlow 1 has: variables, a loop, names with escape sequences, an input that is missing."""
    shapes = output_shapes([[None, 2]])
    return [
        node_def("x", "Placeholder", (), {"dtype": FLOAT, "_output_shapes": shapes}),
        node_def("fc/w", "VariableV2", (), {"dtype": FLOAT, "shape": shape_attribute([3, 2])}),
        node_def("fc/w/read", "Identity", ("fc/w",), {"T": FLOAT}),
        node_def("fc/MatMul", "MatMul", ("x", "fc/w/read", "^init"), {"T": FLOAT, "_output_shapes": shapes}),
        node_def("while/Enter", "Enter", ("fc/MatMul",), {}),
        node_def("while/Merge", "Merge", ("while/Enter", "while/Next"), {}),
        node_def("while/Next", "NextIteration", ("while/Merge:1",), {"blob": text_attribute("x" * 1_000_000)}),
        node_def("bad\x1b[2J/\x07name", "Odd\x1b]0;t\x07", ("bad\x1b[2J/\x07name",), {}),
    ]


def keras_model() -> str:
    layers = [
        {"class_name": "Dense", "config": {"name": "hidden", "units": 8, "batch_input_shape": [None, 4]}},
        {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}},
        {"class_name": "Dense", "config": {"name": "out", "units": 2}},
    ]
    return json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": layers}})


def keras_event() -> event_pb2.Event:
    tensor = to_tensor_proto(np.array(keras_model().encode(), object))
    return builders.event(builders.tensor("keras", tensor, plugins.GRAPH_KERAS_MODEL))


def metadata_event(tag: str, *times: tuple[str, int]) -> event_pb2.Event:
    """A profiled run: nodes and how many microseconds they took."""
    device = graph_pb2.DeviceStepStats(device="/cpu:0")
    for name, micros in times:
        stats = graph_pb2.NodeExecStats(node_name=name, all_end_rel_micros=micros)
        stats.memory.add(total_bytes=1000)
        device.node_stats.append(stats.SerializeToString())
    metadata = graph_pb2.RunMetadata(step_stats=graph_pb2.StepStats(dev_stats=[device])).SerializeToString()
    tagged = event_pb2.TaggedRunMetadata(tag=tag, run_metadata=metadata)
    return event_pb2.Event(wall_time=WALL_TIME + 1, step=1, tagged_run_metadata=tagged)


def with_graphs(logdir: Path) -> Path:
    """Runs `tf`, with a graph, its times and a Keras model, and `torch`, with a trace logged twice."""
    first, second = graph_event(torch_nodes(2)), graph_event(torch_nodes(3))
    for event, wall_time in ((first, 0.0), (second, 5.0)):
        event.wall_time = WALL_TIME + wall_time
    empty = metadata_event("step1")
    builders.write(logdir / "torch" / builders.FILE_NAME, [builders.version_event(), first, second, empty])
    graph = graph_event(loop_nodes())
    graph.wall_time = WALL_TIME
    times = metadata_event("profile", *((name, 7) for name in ("x", "fc/w", "fc/w/read", "fc/MatMul", "while/Merge")))
    events = [builders.version_event(), graph, times, keras_event()]
    builders.write(logdir / "tf" / builders.FILE_NAME, events)
    return logdir
