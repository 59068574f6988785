"""Events in which every textual field of every kind is hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from google.protobuf import struct_pb2
from PIL import Image, PngImagePlugin

from logging_lib.summary.graph import graph_event, node_def, output_shapes, text_attribute
from logging_lib.tfevents import plugins
from logging_lib.tfevents.mesh import mesh_summary
from logging_lib.tfevents.proto import event_pb2, graph_pb2, layout_pb2, plugin_data_pb2, summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME, Value
from tests.tui.app.meshes import cube
from tests.tui.app.screens import histogram
from tests.tui.hostile.texts import Marks

STEPS = 12
_WAV = (
    b"RIFF\x34\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    b"data\x10\x00\x00\x00" + bytes(range(16))
)


def hostile_events(marks: Marks, *, shift: float = 0.0) -> list[event_pb2.Event]:
    """The events of one run, of every kind. `shift` makes its numbers others."""
    events = [builders.version_event(), *_session(marks, shift), *_scalars(marks, shift)]
    for step in (0, 5):
        values = [*_pictures(marks), *_sounds(marks), *_texts(marks, step), *_curves(marks), *_unknown(marks)]
        events.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
    mesh = mesh_summary(marks.text("mesh name"), cube(1 + shift), marks.text("mesh config"))
    events += [builders.event(_layout(marks)), event_pb2.Event(wall_time=WALL_TIME, summary=mesh), *_graphs(marks)]
    return [*events, *_messages(marks)]


def _metadata(marks: Marks, kind: str, plugin: str, content: bytes = b"") -> summary_pb2.SummaryMetadata:
    return plugins.summary_metadata(
        plugin, content, display_name=marks.text(f"{kind} display name"), description=marks.text(f"{kind} description")
    )


def _scalars(marks: Marks, shift: float) -> Iterator[event_pb2.Event]:
    group = marks.text("scalar group")
    first, second = marks.text("scalar tag"), f"{group}/{marks.text('scalar tag in a group')}"
    metadata = _metadata(marks, "scalar", plugins.SCALARS)
    for step in range(STEPS):
        value = float("nan") if step == STEPS - 2 else 1.0 / (step + 1) + shift
        tensor = to_tensor_proto(np.float32(step - shift))
        values = [builders.scalar(first, value), builders.scalar(f"{group}/2", step)]
        values.append(Value(tag=second, node_name=marks.text("node name of a value"), metadata=metadata, tensor=tensor))
        if not step % 4:
            values.append(histogram(marks.text("histogram tag"), step))
        yield builders.event(*values, step=step, wall_time=WALL_TIME + step)


def _session(marks: Marks, shift: float) -> Iterator[event_pb2.Event]:
    data = plugin_data_pb2
    names = struct_pb2.ListValue(values=[struct_pb2.Value(string_value=marks.text("hparam domain"))])
    experiment = data.Experiment(
        name=marks.text("experiment name"),
        description=marks.text("experiment description"),
        user=marks.text("experiment user"),
        hparam_infos=[
            data.HParamInfo(
                name=marks.text("hparam name"),
                display_name=marks.text("hparam display name"),
                description=marks.text("hparam description"),
                type=data.HPARAM_TYPE_STRING,
                domain_discrete=names,
            ),
            data.HParamInfo(name="lr", type=data.HPARAM_TYPE_FLOAT64),
        ],
        metric_infos=[
            data.MetricInfo(
                name=data.MetricName(tag=marks.text("scalar tag"), group=marks.text("metric group")),
                display_name=marks.text("metric display name"),
                description=marks.text("metric description"),
            )
        ],
    )
    hparams = {
        marks.text("hparam name"): struct_pb2.Value(string_value=marks.text("hparam value") + str(shift)),
        marks.text("hparam of a number"): struct_pb2.Value(number_value=0.5 + shift),
        "lr": struct_pb2.Value(number_value=0.1 + shift),
    }
    start = data.SessionStartInfo(
        hparams=hparams,
        model_uri=marks.text("session model"),
        monitor_url=marks.text("session monitor"),
        group_name=marks.text("session group") + str(shift),
        start_time_secs=WALL_TIME,
    )
    for tag, content in (
        ("_hparams_/experiment", data.HParamsPluginData(experiment=experiment)),
        ("_hparams_/session_start_info", data.HParamsPluginData(session_start_info=start)),
    ):
        metadata = plugins.summary_metadata(plugins.HPARAMS, content.SerializeToString())
        yield builders.event(Value(tag=tag, metadata=metadata, tensor=to_tensor_proto(np.float32(0))))


def _png(marks: Marks) -> bytes:
    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    said = PngImagePlugin.PngInfo()
    said.add_itxt("Title", marks.text("image chunk"))
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=said)
    return file.getvalue()


def _pictures(marks: Marks) -> Iterator[Value]:
    png = _png(marks)
    image = summary_pb2.Summary.Image(height=8, width=8, colorspace=3, encoded_image_string=png)
    yield Value(tag=marks.text("image tag"), image=image, metadata=_metadata(marks, "image", plugins.IMAGES))
    cells = np.array([b"8", marks.text("image size").encode(), png, png], object)
    yield builders.tensor(marks.text("images tag"), to_tensor_proto(cells), plugins.IMAGES)
    broken = summary_pb2.Summary.Image(height=8, width=8, encoded_image_string=marks.text("image bytes").encode())
    yield Value(tag=marks.text("broken image tag"), image=broken)


def _sounds(marks: Marks) -> Iterator[Value]:
    audio = summary_pb2.Summary.Audio(
        sample_rate=8000, num_channels=1, length_frames=8, encoded_audio_string=_WAV,
        content_type=marks.text("audio content type"),
    )  # fmt: skip
    yield Value(tag=marks.text("audio tag"), audio=audio, metadata=_metadata(marks, "audio", plugins.AUDIO))
    other = summary_pb2.Summary.Audio(
        sample_rate=8000, num_channels=1, length_frames=8, encoded_audio_string=marks.text("audio bytes").encode(),
        content_type=marks.text("audio of an unknown type"),
    )  # fmt: skip
    yield Value(tag=marks.text("unknown audio tag"), audio=other)
    clips = np.array([[_WAV, marks.text("audio label").encode()], [b"?", b"\x9b2J\xff"]], object)
    yield builders.tensor(marks.text("clips tag"), to_tensor_proto(clips), plugins.AUDIO)


def _texts(marks: Marks, step: int) -> Iterator[Value]:
    def said(field: str) -> str:
        return marks.text(field).replace("\n", "").replace("\r", "")

    text = "\n\n".join(
        (
            f"# {said('heading')} {step}",
            f'[{said("link text")}](http://x/{said("link address")} "{said("link title")}")',
            f"![{said('image description')}](file:///{said('image address')})",
            f"<script>{said('html')}</script> <http://x/{said('bare address')}>",
            "&#27;]0;&#x1b;&#x9b;&#x202e;&#127;&NewLine;&#8232; %1b%9b",
            f"`{said('inline code')}` **{said('bold')}** ~~{said('struck')}~~",
            f"```{said('language')}\n{said('code')}\n```",
            f"| {said('table head').replace('|', '')} | b |\n|---|---|\n| {said('table cell').replace('|', '')} | d |",
            f"> - {said('quoted')}",
            marks.text("text"),
        )
    )
    yield builders.tensor(marks.text("text tag"), to_tensor_proto(np.array(text.encode(), object)), plugins.TEXT)
    raw = np.array([text.encode(), b"\x9b2J\x1b]0;\xff\x07 \xed\xa0\x80"], object)
    yield builders.tensor(marks.text("texts tag"), to_tensor_proto(raw), plugins.TEXT)
    named = json.dumps({marks.text("JSON name"): marks.text("JSON value")}, ensure_ascii=False)
    yield builders.tensor(marks.text("JSON text tag"), to_tensor_proto(np.array(named.encode(), object)), plugins.TEXT)


def _curves(marks: Marks) -> Iterator[Value]:
    table = np.linspace(1, 0, 6 * 5, dtype=np.float32).reshape(6, 5) * 10
    metadata = _metadata(marks, "PR curve", plugins.PR_CURVES)
    yield Value(tag=marks.text("PR curve tag"), tensor=to_tensor_proto(table), metadata=metadata)


def _unknown(marks: Marks) -> Iterator[Value]:
    content = marks.text("plugin content").encode()
    metadata = _metadata(marks, "plugin", marks.text("plugin name"), content)
    strings = np.array([marks.text("tensor of strings").encode(), b"\x1b[2J\x9b2J\xff"], object)
    yield Value(tag=marks.text("other tag"), tensor=to_tensor_proto(strings), metadata=metadata)
    numbers = to_tensor_proto(np.arange(6.0).reshape(2, 3))
    numbers.tensor_shape.dim[0].name = marks.text("dimension")
    yield builders.tensor(marks.text("tensor tag"), numbers, plugins.TENSOR)


def _layout(marks: Marks) -> Value:
    margin = layout_pb2.MarginChartContent.Series(
        value=marks.text("scalar tag"), lower=marks.text("layout lower"), upper=marks.text("layout upper")
    )
    charts = [
        layout_pb2.Chart(
            title=marks.text("chart title"),
            multiline=layout_pb2.MultilineChartContent(tag=["Q", marks.text("layout pattern"), "(["]),
        ),
        layout_pb2.Chart(title=marks.text("margin chart title"), margin=layout_pb2.MarginChartContent(series=[margin])),
    ]
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title=marks.text("category title"), chart=charts)])
    content = to_tensor_proto(np.array(layout.SerializeToString(), object))
    return builders.tensor("custom_scalars__config__", content, plugins.CUSTOM_SCALARS)


def _graphs(marks: Marks) -> Iterator[event_pb2.Event]:
    scope, attribute = marks.text("graph scope").replace("/", ""), text_attribute(marks.text("graph attribute"))
    name = f"{scope}/{marks.text('graph node').replace('/', '')}"
    shapes = output_shapes([[1, 4]])
    node = graph_pb2.NodeDef(
        name=name, op=marks.text("graph op"), input=[f"{scope}/x", marks.text("graph input")],
        device=marks.text("graph device"),
        attr={marks.text("graph attribute name"): attribute, "_output_shapes": shapes},
    )  # fmt: skip
    nodes = [node_def(f"{scope}/x", "Placeholder", (), {"_output_shapes": shapes}), node.SerializeToString()]
    event = graph_event(nodes)
    graph = graph_pb2.GraphDef.FromString(event.graph_def)
    function = graph_pb2.FunctionDef(signature=graph_pb2.OpDef(name=marks.text("graph function")), node_def=nodes)
    graph.library.function.append(function.SerializeToString())
    event.graph_def, event.wall_time = graph.SerializeToString(), WALL_TIME
    yield event
    layers = [
        {"class_name": marks.text("Keras class"), "config": {"name": marks.text("Keras layer"), "units": 8,
         "batch_input_shape": [None, 4], "activation": marks.text("Keras activation")}},
        {"class_name": "Dense", "config": {"name": "out", "units": 2}},
    ]  # fmt: skip
    model = json.dumps({"class_name": "Sequential", "config": {"name": marks.text("Keras model"), "layers": layers}})
    content = to_tensor_proto(np.array(model.encode(), object))
    yield builders.event(builders.tensor(marks.text("Keras tag"), content, plugins.GRAPH_KERAS_MODEL))
    device = graph_pb2.DeviceStepStats(device=marks.text("profiled device"))
    for stats_name in (name, marks.text("profiled node")):
        stats = graph_pb2.NodeExecStats(node_name=stats_name, all_end_rel_micros=7)
        stats.memory.add(total_bytes=1000)
        device.node_stats.append(stats.SerializeToString())
    metadata = graph_pb2.RunMetadata(step_stats=graph_pb2.StepStats(dev_stats=[device])).SerializeToString()
    tagged = event_pb2.TaggedRunMetadata(tag=marks.text("profile tag"), run_metadata=metadata)
    yield event_pb2.Event(wall_time=WALL_TIME + 1, step=1, tagged_run_metadata=tagged)


def _messages(marks: Marks) -> Iterator[event_pb2.Event]:
    """What TensorBoard shows nowhere, and what is no event at all."""
    log = event_pb2.LogMessage(level=event_pb2.LogMessage.FATAL, message=marks.text("log message"))
    yield event_pb2.Event(wall_time=WALL_TIME, log_message=log)
    status = event_pb2.SessionLog(
        status=event_pb2.SessionLog.STOP, checkpoint_path=marks.text("checkpoint"), msg=marks.text("session message")
    )
    yield event_pb2.Event(wall_time=WALL_TIME, session_log=status)
    source = event_pb2.SourceMetadata(writer=marks.text("source writer"))
    yield event_pb2.Event(wall_time=WALL_TIME, source_metadata=source, file_version=marks.text("file version"))
