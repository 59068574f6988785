"""Events -> batches: the first and second encodings of every kind of data become one here."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from itertools import chain

from google.protobuf.message import DecodeError

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import decode_hparams
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import Record
from logging_lib.tfevents.tensor import from_tensor_proto, shape_of
from tui.model import Batch, BlobRef, HParamsInfo, Origin, Problem, RunActivity, SeriesKey, TagInfo
from tui.reader.collect import Blobs, Collection, Points

RUN_GRAPH_TAG = "__run_graph__"
META_GRAPH_TAG = "__meta_graph__"

# A batch costs the store as much as some ten points, a collected point a tenth of a kilobyte.
_EVENTS_PER_TAKE = 1 << 16
_EVENTS_PER_SERIES = 8
_MOST_EVENTS_PER_TAKE = 1 << 19

_FLOAT = struct.Struct("<f")
_DOUBLE = struct.Struct("<d")
# Types whose every value is a float32; all others are kept as float64.
_NARROW = frozenset({tensor_pb2.DT_FLOAT, tensor_pb2.DT_HALF, tensor_pb2.DT_BFLOAT16})
_PLUGIN_OF_V1 = {"histo": plugins.HISTOGRAMS, "image": plugins.IMAGES, "audio": plugins.AUDIO}


class EventDecoder:
    """Collects what the events of one file hold, as batches.

    `tag_plugins` maps the run's tags to the plugin that their first metadata named. The files of a run share it,
    since only the first event of a tag need carry metadata.
    """

    def __init__(self, run: str, path: str, tag_plugins: dict[str, str]) -> None:
        self.run = run
        self.path = path
        self._tag_plugins = tag_plugins
        self._origin = Origin(path)
        self._data = Collection()
        # Batches of what other sessions logged since the last take, and what concerns no series.
        self._closed: list[Batch] = []
        self._others: list[Batch] = []
        self._events = 0
        self._first = math.inf
        self._last = -math.inf

    def add(self, record: Record) -> None:
        """Decode one record's event. What cannot be decoded becomes a Problem at the record's offset."""
        try:
            self._add(record, event_pb2.Event.FromString(record.payload))
        except DecodeError:
            self._problem(record, "record holds no event")
        except MemoryError:  # of one huge event; there is enough for the next ones
            self._problem(record, f"record of {len(record.payload)} bytes needs more memory than there is")

    def _add(self, record: Record, event: event_pb2.Event) -> None:
        self._events += 1
        wall_time = event.wall_time
        if not self._first <= wall_time <= self._last and math.isfinite(wall_time):
            self._first = min(self._first, wall_time)
            self._last = max(self._last, wall_time)
        values = event.summary.value
        if not values:
            self._add_other(record, event)
            return
        step = event.step
        for item, value in enumerate(values):
            if value.WhichOneof("value") == "simple_value":
                tag = value.tag
                if (points := self._data.scalars.get(tag)) is None:
                    points = self._new_points(tag, value)
                points.steps.append(step)
                points.wall_times.append(wall_time)
                points.values.append(value.simple_value)
            else:
                self._add_value(record, event, item, value)

    @property
    def full(self) -> bool:
        """Whether so much was collected that waiting for more would rather cost memory than save work."""
        least = min(max(_EVENTS_PER_TAKE, _EVENTS_PER_SERIES * len(self._data.scalars)), _MOST_EVENTS_PER_TAKE)
        return self._events + len(self._others) >= least

    def take(self) -> Iterator[Batch]:
        """Batches of what was added since the last call: first what is known about tags, then their data."""
        others, closed, data, activity = self._others, self._closed, self._data, self._activity()
        self._others, self._closed, self._data, self._events = [], [], Collection(), 0
        self._first, self._last = math.inf, -math.inf
        return chain(others, closed, data.batches(self.run, plugins.SCALARS, self._origin), activity)

    def _activity(self) -> list[RunActivity]:
        if not self._events:
            return []
        known = self._first <= self._last
        first, last = (self._first, self._last) if known else (None, None)
        return [RunActivity(self.run, self.path, self._events, first, last)]

    def _new_points(self, tag: str, value: summary_pb2.Summary.Value) -> Points:
        self._learn(tag, value, plugins.SCALARS)
        points = self._data.scalars[tag] = Points()
        return points

    def _learn(self, tag: str, value: summary_pb2.Summary.Value, kind: str | None) -> str:
        """The tag's plugin; the first metadata of a tag in a run decides, and is passed on as TagInfo.

        `kind` is what the value itself shows (the first encoding has a field for each kind), None for a tensor.
        """
        known = self._tag_plugins.get(tag)
        if known:
            return kind or known
        metadata = value.metadata
        plugin = kind or metadata.plugin_data.plugin_name
        if known == plugin:  # still no plugin named
            return plugin
        self._tag_plugins[tag] = plugin
        # The hparams plugin's content is data, which add_hparams passes on.
        if value.HasField("metadata") and plugin != plugins.HPARAMS:
            key = SeriesKey(self.run, tag, plugin)
            content = metadata.plugin_data.content
            self._others.append(TagInfo(key, metadata.display_name, metadata.summary_description, content))
        return plugin

    def _add_value(self, record: Record, event: event_pb2.Event, item: int, value: summary_pb2.Summary.Value) -> None:
        """A value that is no simple_value."""
        kind = value.WhichOneof("value")
        plugin = self._learn(value.tag, value, _PLUGIN_OF_V1.get(kind or ""))
        if plugin == plugins.HPARAMS:
            self._add_hparams(record, value)
        elif kind is None and plugin in ("", plugins.SCALARS):
            self._problem(record, f"summary value {value.tag!r} holds no data")
        elif kind == "tensor" and (plugin == plugins.SCALARS or (not plugin and _is_number(value.tensor))):
            self._add_tensor_scalar(record, event, value)
        else:
            self._add_blob(record, event, item, value.tag, plugin)

    def _add_tensor_scalar(self, record: Record, event: event_pb2.Event, value: summary_pb2.Summary.Value) -> None:
        try:
            number = _scalar(value.tensor)
        except ValueError as error:
            self._problem(record, f"scalar {value.tag!r}: {error}")
            return
        if (points := self._data.scalars.get(value.tag)) is None:
            points = self._data.scalars[value.tag] = Points()
        points.steps.append(event.step)
        points.wall_times.append(event.wall_time)
        points.values.append(number)
        points.wide = points.wide or value.tensor.dtype not in _NARROW

    def _add_blob(self, record: Record, event: event_pb2.Event, item: int, tag: str, plugin: str) -> None:
        blobs = self._data.blobs.setdefault((tag, plugin), Blobs())
        blobs.steps.append(event.step)
        blobs.wall_times.append(event.wall_time)
        blobs.refs.append(BlobRef(self.path, record.offset, len(record.payload), item))

    def _add_hparams(self, record: Record, value: summary_pb2.Summary.Value) -> None:
        try:
            data = decode_hparams(value.metadata.plugin_data.content)
        except DecodeError:
            self._problem(record, f"{value.tag!r} holds no hparams")
            return
        if data is not None:
            self._others.append(HParamsInfo(self.run, self.path, data))

    def _add_other(self, record: Record, event: event_pb2.Event) -> None:
        """An event that is no summary: graphs are kept, sessions told apart; versions and messages hold no data."""
        match event.WhichOneof("what"):
            case "graph_def":
                self._add_blob(record, event, 0, RUN_GRAPH_TAG, plugins.GRAPHS)
            case "meta_graph_def":
                self._add_blob(record, event, 0, META_GRAPH_TAG, plugins.GRAPHS)
            case "tagged_run_metadata":
                self._add_blob(record, event, 0, event.tagged_run_metadata.tag, plugins.GRAPH_RUN_METADATA)
            case "session_log" if event.session_log.status == event_pb2.SessionLog.START:
                self._begin_session(event.step)

    def restart(self) -> None:
        """Begin anew: what was added since the last take is void, and sessions are counted from the start."""
        self._origin, self._data, self._closed, self._others = Origin(self.path), Collection(), [], []
        self._events, self._first, self._last = 0, math.inf, -math.inf

    def _begin_session(self, step: int) -> None:
        self._closed += self._data.batches(self.run, plugins.SCALARS, self._origin)
        # A START at step 0 is what writers log that purge nothing: proto3 does not tell it from no step at all.
        self._origin = Origin(self.path, self._origin.session + 1, step or None)
        self._data = Collection()

    def _problem(self, record: Record, reason: str) -> None:
        self._others.append(Problem(self.path, record.offset, reason))


def _scalar(tensor: tensor_pb2.TensorProto) -> float:
    """The number in a tensor of shape [] or [1].

    Raises:
        ValueError: another shape, a dtype that is no real number, or a tensor that does not fit its shape.
    """
    if not tensor.tensor_shape.dim and not tensor.tensor_shape.unknown_rank:
        reader = _QUICK.get(tensor.dtype)
        if reader is not None and (number := reader(tensor)) is not None:
            return number
    # The shape first: a tensor of another one may be large.
    shape = shape_of(tensor)
    if shape not in ((), (1,)):
        raise ValueError(f"tensor of shape {list(shape)} is no number")
    array = from_tensor_proto(tensor)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"tensor of {array.dtype.name} is no number")
    return float(array.reshape(-1)[0])


def _quick_float(tensor: tensor_pb2.TensorProto) -> float | None:
    content = tensor.tensor_content
    if len(content) == _FLOAT.size:
        return float(_FLOAT.unpack(content)[0])
    return tensor.float_val[0] if not content and len(tensor.float_val) == 1 else None


def _quick_double(tensor: tensor_pb2.TensorProto) -> float | None:
    content = tensor.tensor_content
    if len(content) == _DOUBLE.size:
        return float(_DOUBLE.unpack(content)[0])
    return tensor.double_val[0] if not content and len(tensor.double_val) == 1 else None


# The types that writers use, without from_tensor_proto's arrays; None where that function must judge.
_QUICK: dict[int, Callable[[tensor_pb2.TensorProto], float | None]] = {
    tensor_pb2.DT_FLOAT: _quick_float,
    tensor_pb2.DT_DOUBLE: _quick_double,
}


def _is_number(tensor: tensor_pb2.TensorProto) -> bool:
    """Whether a tensor that no metadata explains (it may have been lost to damage) is a scalar all the same."""
    try:
        _scalar(tensor)
    except ValueError:
        return False
    return True
