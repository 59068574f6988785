"""Events with one of every kind of blob, small, for the fuzzer to begin with: made by our own writer's parts."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from PIL import Image

from logging_lib import SummaryWriter
from logging_lib.tfevents import plugins, wire
from logging_lib.tfevents.histogram import histogram_proto
from logging_lib.tfevents.proto import event_pb2, graph_pb2, layout_pb2, plugin_data_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import Record, RecordDecoder
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders

Value = summary_pb2.Summary.Value
_NUMBERS = np.arange(6).reshape(2, 3)
_DTYPES = ("<f2", "<f4", "<f8", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8", "?", "<c8", "<c16")
_OTHER_KINDS = {
    "i": wire.varint(3 << 3) + wire.varint(-7),
    "f": wire.varint(4 << 3 | 5) + struct.pack("<f", 0.5),
    "b": wire.varint(5 << 3) + b"\x01",
    "tensor": wire.bytes_field(8, to_tensor_proto(_NUMBERS.astype("<f4")).SerializeToString()),
    "func": wire.bytes_field(10, wire.bytes_field(1, b"body")),
    "list": wire.bytes_field(1, wire.bytes_field(3, wire.varint(300)) + wire.bytes_field(2, b"s")),
}
_TEXT = "# Title\n*a* `b`\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n"


@cache
def own_events() -> tuple[bytes, ...]:
    """The payloads of one of everything that our writer can log of arrays, in the order of the files and in them."""
    found: list[bytes] = []
    # Always the same bytes, so that a seed of the fuzzer means the same inputs.
    clock = partial(float, builders.WALL_TIME)
    with TemporaryDirectory() as name, ExitStack() as clocks:
        for place in ("time.time", "logging_lib.calls.scalar.time", "logging_lib.writer.time"):
            clocks.enter_context(patch(place, clock))
        _write(Path(name))
        for path in sorted(Path(name).rglob("*tfevents*")):
            records = RecordDecoder().feed(path.read_bytes())
            found += [item.payload for item in records if isinstance(item, Record)]
    return tuple(found)


def _write(directory: Path) -> None:
    pixels = np.arange(3 * 8 * 8, dtype=np.uint8).reshape(3, 8, 8)
    with SummaryWriter(directory / "run") as writer:
        for step in range(3):
            writer.add_scalar("scalar", step / 4, step)
        writer.add_scalar("double", 0.1, 1, new_style=True, double_precision=True)
        writer.add_scalars("scalars", {"a": 0.5, "b": 0.25}, 1)
        writer.add_histogram("histogram", np.array([1.0, 2.0, 4.0]), 1)
        writer.add_histogram_raw("raw", 0.0, 1.0, 2, 1.0, 1.0, [0.5, 1.0], [1, 1], 1)
        writer.add_image("image", pixels, 1)
        writer.add_image_with_boxes("boxes", pixels, np.array([[1, 1, 5, 5]]), 1)
        writer.add_video("video", np.stack([np.stack([pixels] * 3)]), 1)
        writer.add_audio("audio", np.linspace(-1, 1, 100), 1, sample_rate=8000)
        writer.add_text("text", "**bold**", 1)
        writer.add_tensor("tensor", _NUMBERS, 1)
        writer.add_pr_curve("curve", np.array([1, 0, 1]), np.array([0.9, 0.2, 0.6]), 1, num_thresholds=5)
        writer.add_mesh("mesh", np.zeros((1, 4, 3), np.float32), faces=np.array([[[0, 1, 2]]]), global_step=1)
        writer.add_custom_scalars({"group": {"chart": ["Multiline", ["scalar"]]}})
        for name, value in (("lr", 0.1), ("amp", True)):  # of two together protobuf writes either one first
            writer.add_hparams({name: value}, {"metric": 0.5}, run_name=f"trial_{name}")


def _events(values: Iterable[Value]) -> list[bytes]:
    return [builders.event(value, step=1).SerializeToString() for value in values]


def strings(plugin: str, *items: bytes, shape: tuple[int, ...] | None = None) -> Value:
    """A tensor of strings; of rank 1 unless a shape is given."""
    array = np.empty(len(items), object)
    array[:] = items
    return builders.tensor("t", to_tensor_proto(array if shape is None else array.reshape(shape)), plugin)


def tensors() -> list[bytes]:
    """Of every dtype, as bytes and as lists, the short ones too."""
    raw = [to_tensor_proto(_NUMBERS.astype(dtype)) for dtype in _DTYPES]
    raw.append(to_tensor_proto(_NUMBERS.astype(np.float32), bfloat16=True))
    lists: list[dict[str, Any]] = [
        {"dtype": "DT_FLOAT", "float_val": [1.5, -2]},
        {"dtype": "DT_DOUBLE", "double_val": [0.1]},
        {"dtype": "DT_HALF", "half_val": [15360, 1]},
        {"dtype": "DT_BFLOAT16", "half_val": [16256]},
        {"dtype": "DT_UINT8", "int_val": [1, 255]},
        {"dtype": "DT_INT64", "int64_val": [-1, 1 << 62]},
        {"dtype": "DT_UINT64", "uint64_val": [(1 << 64) - 1]},
        {"dtype": "DT_BOOL", "bool_val": [True, False]},
        {"dtype": "DT_COMPLEX64", "scomplex_val": [1, 2, 3, 4]},
        {"dtype": "DT_STRING", "string_val": [b"a", b"\x1b[2J"]},
        {"dtype": "DT_FLOAT"},
    ]
    shape = tensor_pb2.TensorShapeProto(dim=[tensor_pb2.TensorShapeProto.Dim(size=size) for size in (2, 2)])
    raw += [tensor_pb2.TensorProto(tensor_shape=shape, **fields) for fields in lists]
    return _events(builders.tensor("t", proto, "mine") for proto in raw)


def histograms() -> list[bytes]:
    """Of both encodings: with outer buckets that are empty, with counts that are fractions, with none at all."""
    facts = {"num": 4.0, "total": 1.0, "sum_squares": 2.0}
    old = [
        histogram_proto([-1.0, 0, 1, 2, 1e308], [0, 3, 0, 1, 0], minimum=-0.5, maximum=1.5, **facts),
        histogram_proto([0.5], [2.5], minimum=0, maximum=0.5, **facts),
        histogram_proto([1, 2], [1, 1], minimum=float("nan"), maximum=float("inf"), **facts),
        histogram_proto([], [], minimum=0, maximum=0, **facts),
    ]
    new = [np.array([[0, 1, 2], [1, 2, 0], [2, 2, 5]], "<f8"), np.array([[-1, 1, 3]], "<f4"), np.empty((0, 3))]
    values = [Value(tag="h", histo=proto) for proto in old]
    return _events([*values, *(builders.tensor("h", to_tensor_proto(array), plugins.HISTOGRAMS) for array in new)])


def picture(mode: str, form: str, size: tuple[int, int] = (5, 4), **options: Any) -> bytes:
    """A picture as a file."""
    file = BytesIO()
    kind, shape = (np.uint16, size[::-1]) if mode == "I;16" else (np.uint8, (*size[::-1], len(mode)))
    pixels = (np.arange(np.prod(shape)) * 7 % 251).astype(kind).reshape(shape)
    image = Image.fromarray(pixels.squeeze() if mode in ("L", "I;16") else pixels)
    image.save(file, form, **options)
    return file.getvalue()


def wav(array: npt.NDArray[Any], *, rate: int = 8000, encoding: int = 1, more: bytes = b"") -> bytes:
    """A WAV of samples [frames, channels]; `more` are chunks before them."""
    channels, size = array.shape[1], array.dtype.itemsize
    content = array.tobytes()
    form = b"".join(
        number.to_bytes(length, "little")
        for number, length in ((encoding, 2), (channels, 2), (rate, 4), (rate * channels * size, 4))
    )
    form += (channels * size).to_bytes(2, "little") + (8 * size).to_bytes(2, "little")
    chunks = b"fmt " + len(form).to_bytes(4, "little") + form + more
    chunks += b"data" + len(content).to_bytes(4, "little") + content
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WAVE" + chunks


def media() -> list[bytes]:
    """Pictures of several formats and modes, sounds of several encodings, texts and arrays of them."""
    still = [("RGB", "PNG"), ("RGBA", "PNG"), ("L", "PNG"), ("I;16", "PNG"), ("RGB", "JPEG"), ("RGB", "GIF")]
    still += [("RGB", "BMP"), ("RGBA", "WEBP")]
    files = [picture(mode, form) for mode, form in still]
    frames = [Image.new("RGB", (4, 3), (number * 80, 0, 0)) for number in range(3)]
    moving = BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    files.append(moving.getvalue())
    values = [Value(tag="i", image=summary_pb2.Summary.Image(encoded_image_string=file)) for file in files]
    values.append(strings(plugins.IMAGES, b"5", b"4", *files[:2]))
    sounds = [
        wav(np.array([[0, 1], [-32768, 32767], [5, 6]], "<i2")),
        wav(np.array([[0], [128], [255]], "u1")),
        wav(np.array([[0.5], [np.nan]], "<f4"), encoding=3),
        wav(np.array([[1 << 30]], "<i4"), more=b"LIST\x03\0\0\0abc\0"),
    ]
    values += [Value(tag="a", audio=summary_pb2.Summary.Audio(encoded_audio_string=sound)) for sound in sounds]
    values.append(strings(plugins.AUDIO, sounds[0], b"*label*", shape=(1, 2)))
    values += [strings(plugins.TEXT, _TEXT.encode()), strings(plugins.TEXT, b"a", b"\xff", b"c", b"d", shape=(2, 2))]
    return _events(values)


def curves() -> list[bytes]:
    """PR curves, the parts of meshes in one event, and layouts."""
    counts = np.array([[3, 2, 0], [1, 0, 0], [0, 1, 1], [0, 1, 3], [0.75, 1, 0], [1, 0.5, 0]])
    curve = builders.tensor("c", to_tensor_proto(counts.astype("<f4")), plugins.PR_CURVES)
    faces, colours = ("FACE", "<i4", _NUMBERS % 2), ("COLOR", "u1", _NUMBERS * 40)
    mesh = [_mesh_part(*part) for part in (("VERTEX", "<f4", _NUMBERS), faces, colours)]
    wide = [_mesh_part(*part) for part in (("VERTEX", "<f8", _NUMBERS - 1e308), faces)]
    chart = layout_pb2.Chart(title="chart", multiline=layout_pb2.MultilineChartContent(tag=["loss", "a/.*"]))
    series = layout_pb2.MarginChartContent.Series(value="v", lower="l", upper="u")
    band = layout_pb2.Chart(title="band", margin=layout_pb2.MarginChartContent(series=[series]))
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title="c", chart=[chart, band], closed=True)])
    value = strings(plugins.CUSTOM_SCALARS, layout.SerializeToString(), shape=())
    return [*_events([curve, value]), *(builders.event(*parts).SerializeToString() for parts in (mesh, wide))]


def _mesh_part(kind: str, dtype: str, numbers: npt.NDArray[Any]) -> Value:
    data = plugin_data_pb2.MeshPluginData(name="m", content_type=kind, json_config="{}")
    tensor = to_tensor_proto(numbers.astype(dtype)[None])
    return builders.tensor(f"m_{kind}", tensor, plugins.MESH, data.SerializeToString())


def graph(count: int = 3) -> bytes:
    """A GraphDef with a few nodes, one of them in a function, with attributes of every kind."""
    shape = tensor_pb2.TensorShapeProto(dim=[tensor_pb2.TensorShapeProto.Dim(size=size) for size in (-1, 3)])
    kinds: dict[str, graph_pb2.AttrValue] = {
        "T": graph_pb2.AttrValue(type=1),
        "_output_shapes": graph_pb2.AttrValue(list=graph_pb2.AttrValue.ListValue(shape=[shape])),
        "attr": graph_pb2.AttrValue(s=b"{ kernel_shape : [3, 3]}"),
        # Kinds that ours leave to the reader of attributes: an int, a float, a flag, a tensor, a function, a list.
        **{name: graph_pb2.AttrValue.FromString(data) for name, data in _OTHER_KINDS.items()},
    }
    nodes = [
        graph_pb2.NodeDef(
            name=f"n{at}", op="Conv2D" if at else "Placeholder", input=[f"n{at - 1}:1"] if at else [], attr=kinds
        )
        for at in range(count)
    ]
    inner = graph_pb2.NodeDef(name="in", op="f", input=["^n0"], device="/cpu:0").SerializeToString()
    function = graph_pb2.FunctionDef(signature={"name": "f"}, node_def=[inner]).SerializeToString()
    whole = graph_pb2.GraphDef(
        node=[node.SerializeToString(deterministic=True) for node in nodes], library={"function": [function]}
    )
    return whole.SerializeToString(deterministic=True)


def graphs() -> list[bytes]:
    """Graphs of runs and of meta graphs, profiles of runs, and Keras models."""
    stats = graph_pb2.NodeExecStats(node_name="n0", all_start_micros=1, all_end_rel_micros=5).SerializeToString()
    profile = graph_pb2.RunMetadata(
        step_stats={"dev_stats": [{"device": "/gpu:0", "node_stats": [stats]}]},
        function_graphs=[{"pre_optimization_graph": graph(1)}],
    ).SerializeToString()
    keras = (
        b'{"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"Dense","name":"d","config":'
        b'{"units":3,"dtype":"float32"},"inbound_nodes":[["i",0,0,{}]],"build_config":{"input_shape":[null,4]}}]}}'
    )
    meta = graph_pb2.MetaGraphDef(graph_def=graph(1)).SerializeToString()
    events = [
        event_pb2.Event(graph_def=graph()),
        event_pb2.Event(meta_graph_def=meta),
        event_pb2.Event(tagged_run_metadata={"tag": "step1", "run_metadata": profile}),
        builders.event(strings(plugins.GRAPH_RUN_METADATA_GRAPH, profile, shape=())),
        builders.event(strings(plugins.GRAPH_KERAS_MODEL, keras, shape=())),
        builders.event(strings(plugins.GRAPHS, graph(), shape=())),
    ]
    return [event.SerializeToString() for event in events]
