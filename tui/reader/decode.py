"""Events -> batches: the first and second encodings of every kind of data become one here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from google.protobuf.message import DecodeError

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import decode_hparams
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import Record
from logging_lib.tfevents.tensor import dtype_name, shape_of
from tui.model import (
    Batch,
    BlobRef,
    HParamsInfo,
    Origin,
    Problem,
    RunActivity,
    SeriesKey,
    Steps,
    TagInfo,
    TensorType,
    Values,
    WallTimes,
)
from tui.reader.collect import Blobs, Collection, Points
from tui.reader.parsed import Parsed, parse, too_large
from tui.reader.scalar_layout import ScalarField
from tui.reader.scalar_number import is_number, is_wide, number_of
from tui.reader.skim import Skimmed

RUN_GRAPH_TAG = "__run_graph__"
META_GRAPH_TAG = "__meta_graph__"

# A batch costs the store as much as some ten points, a collected point a tenth of a kilobyte.
_EVENTS_PER_TAKE = 1 << 16
_EVENTS_PER_SERIES = 8
_MOST_EVENTS_PER_TAKE = 1 << 19
# In arrays a point is 20 bytes, as in the store.
_BULK_EVENTS_PER_TAKE = 1 << 18

# TensorFlow's own limit.
_MOST_DIMENSIONS = 254
MOST_TAGS = 100_000
"""Of a run: a tag takes some KB here, and some bytes in the file."""
# Things that are wrong with one record; of a file the store tells no more either.
_MOST_TOLD = 100
_Place = Record | Skimmed
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
        # Tags that nobody knew before this file.
        self._taught: set[str] = set()
        self._origin = Origin(path)
        self._data = Collection()
        # Batches of what other sessions logged since the last take, and what concerns no series.
        self._closed: list[Batch] = []
        self._others: list[Batch] = []
        # What was told of the newest record that something is wrong with.
        self._wrong_at, self._wrong = -1, set[str]()
        self._refused = False
        self._events = 0
        self._events_in_bulk = 0
        self._first = math.inf
        self._last = -math.inf

    def add(self, record: Record) -> None:
        """Decode one record's event. What cannot be decoded becomes a Problem at the record's offset."""
        self.add_parsed(parse(record))

    def add_parsed(self, parsed: Parsed) -> None:
        """`add` of a record that was parsed already."""
        try:
            if isinstance(parsed.event, str):
                self._problem(parsed.record, parsed.event)
            else:
                self._add(parsed.record, parsed.event)
        except MemoryError:  # of one huge value; there is enough for the next ones
            self._problem(parsed.record, too_large(parsed.record))

    def add_skimmed(self, record: Skimmed) -> None:
        """Add a record whose data were passed over."""
        self._add(record, record.event)

    def admits(self, fields: Iterable[ScalarField]) -> bool:
        """Whether the scalars of an event with these fields may be added by `add_points`, without the event.

        Not so where the event would tell something new about a tag. A simple_value without metadata tells no more
        than that its tag is a scalar.
        """
        for field in fields:
            known = self._tag_plugins.get(field.tag)
            if known is None and len(self._tag_plugins) >= MOST_TAGS:
                return False
            if known != plugins.SCALARS if field.is_tensor else field.has_metadata and not known:
                return False
        return True

    def add_points(self, tag: str, steps: Steps, wall_times: WallTimes, values: Values) -> None:
        """Add points of a tag behind those added before; arrays [n], which are kept. Their events were admitted."""
        if (points := self._data.scalars.get(tag)) is None:
            points = self._data.scalars[tag] = Points()
            if not self._tag_plugins.get(tag):
                self._tag_plugins[tag] = plugins.SCALARS
                self._taught.add(tag)
        points.add_arrays(steps, wall_times, values)

    def note_events(self, wall_times: WallTimes) -> None:
        """Count the events, with these wall times [n], whose data was added by `add_points`."""
        self._events_in_bulk += wall_times.size
        first, last = float(wall_times.min()), float(wall_times.max())
        if not (math.isfinite(first) and math.isfinite(last)):
            finite = wall_times[np.isfinite(wall_times)]
            if not finite.size:
                return
            first, last = float(finite.min()), float(finite.max())
        self._first, self._last = min(self._first, first), max(self._last, last)

    def _add(self, record: _Place, event: event_pb2.Event) -> None:
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
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                tag = value.tag
                if (points := self._data.scalars.get(tag)) is None:
                    if self._refuses(record, tag):
                        continue
                    points = self._new_points(tag, value)
                points.steps.append(step)
                points.wall_times.append(wall_time)
                points.values.append(value.simple_value)
            else:
                self._add_value(record, event, item, value, kind)

    @property
    def full(self) -> bool:
        """Whether so much was collected that waiting for more would rather cost memory than save work."""
        least = min(max(_EVENTS_PER_TAKE, _EVENTS_PER_SERIES * len(self._data.scalars)), _MOST_EVENTS_PER_TAKE)
        return self._events + len(self._others) >= least or self._events_in_bulk >= _BULK_EVENTS_PER_TAKE

    def take(self) -> Iterator[Batch]:
        """Batches of what was added since the last call: first what is known about tags, then their data."""
        others, closed, data, activity = self._others, self._closed, self._data, self._activity()
        self._forget()
        return chain(others, closed, data.batches(self.run, plugins.SCALARS, self._origin), activity)

    def _activity(self) -> list[RunActivity]:
        events = self._events + self._events_in_bulk
        if not events:
            return []
        known = self._first <= self._last
        first, last = (self._first, self._last) if known else (None, None)
        return [RunActivity(self.run, self.path, events, first, last)]

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
        self._taught.add(tag)
        # The hparams plugin's content is data, which add_hparams passes on.
        if plugin != plugins.HPARAMS:
            self._add_info(tag, plugin, value)
        return plugin

    def _add_info(self, tag: str, plugin: str, value: summary_pb2.Summary.Value) -> None:
        """Pass on what a tag's first value says about it: its metadata, and what kind of tensor it is."""
        is_tensor = value.WhichOneof("value") == "tensor"
        unexplained = is_tensor and not plugin
        if unexplained and is_number(value.tensor):
            plugin, unexplained = plugins.SCALARS, False
        if unexplained or value.HasField("metadata"):
            metadata = value.metadata
            about = (metadata.display_name, metadata.summary_description, metadata.plugin_data.content)
            tensor = _type_of(value.tensor) if is_tensor else None
            self._others.append(TagInfo(SeriesKey(self.run, tag, plugin), *about, tensor))

    def _add_value(
        self, record: _Place, event: event_pb2.Event, item: int, value: summary_pb2.Summary.Value, kind: str | None
    ) -> None:
        """A value that is no simple_value."""
        tag = value.tag
        if self._refuses(record, tag):
            return
        plugin = self._learn(tag, value, _PLUGIN_OF_V1.get(kind or ""))
        if plugin == plugins.HPARAMS:
            self._add_hparams(record, value)
        elif kind is None and plugin in ("", plugins.SCALARS):
            self._problem(record, f"summary value {tag!r} holds no data")
        elif kind == "tensor" and (plugin == plugins.SCALARS or (not plugin and is_number(value.tensor))):
            self._tag_plugins[tag] = plugins.SCALARS
            self._add_tensor_scalar(record, event, value)
        else:
            self._add_blob(record, event, item, tag, plugin)

    def _add_tensor_scalar(self, record: _Place, event: event_pb2.Event, value: summary_pb2.Summary.Value) -> None:
        try:
            number = number_of(value.tensor)
        except ValueError as error:
            self._problem(record, f"scalar {value.tag!r}: {error}")
            return
        if (points := self._data.scalars.get(value.tag)) is None:
            points = self._data.scalars[value.tag] = Points()
        points.steps.append(event.step)
        points.wall_times.append(event.wall_time)
        points.values.append(number)
        points.wide = points.wide or is_wide(value.tensor.dtype)

    def _add_blob(self, record: _Place, event: event_pb2.Event, item: int, tag: str, plugin: str) -> None:
        if (blobs := self._data.blobs.get((tag, plugin))) is None:
            blobs = self._data.blobs[tag, plugin] = Blobs()
        length = record.length if isinstance(record, Skimmed) else len(record.payload)
        blobs.steps.append(event.step)
        blobs.wall_times.append(event.wall_time)
        blobs.refs.append(BlobRef(self.path, record.offset, length, item))

    def _add_hparams(self, record: _Place, value: summary_pb2.Summary.Value) -> None:
        try:
            data = decode_hparams(value.metadata.plugin_data.content)
        except DecodeError:
            self._problem(record, f"{value.tag!r} holds no hparams")
            return
        if data is not None:
            self._others.append(HParamsInfo(self.run, self.path, data))

    def _add_other(self, record: _Place, event: event_pb2.Event) -> None:
        """An event that is no summary: graphs are kept, sessions told apart; versions and messages hold no data."""
        match event.WhichOneof("what"):
            case "graph_def":
                self._add_blob(record, event, 0, RUN_GRAPH_TAG, plugins.GRAPHS)
            case "meta_graph_def":
                self._add_blob(record, event, 0, META_GRAPH_TAG, plugins.GRAPHS)
            case "tagged_run_metadata":
                self._add_blob(record, event, 0, event.tagged_run_metadata.tag, plugins.GRAPH_TAGGED_RUN_METADATA)
            case "session_log" if event.session_log.status == event_pb2.SessionLog.START:
                self._begin_session(event.step)

    def restart(self) -> None:
        """Begin anew: what was added since the last take is void, and sessions are counted from the start.

        What this file said first about a tag may be said anew, by it or by others.
        """
        for tag in self._taught:
            self._tag_plugins.pop(tag, None)
        self._taught.clear()
        self._wrong_at, self._refused = -1, False
        self._origin = Origin(self.path)
        self._forget()

    def _forget(self) -> None:
        self._others, self._closed, self._data = [], [], Collection()
        self._events = self._events_in_bulk = 0
        self._first, self._last = math.inf, -math.inf

    def _begin_session(self, step: int) -> None:
        self._closed += self._data.batches(self.run, plugins.SCALARS, self._origin)
        # A START at step 0 is what writers log that purge nothing: proto3 does not tell it from no step at all.
        self._origin = Origin(self.path, self._origin.session + 1, step or None)
        self._data = Collection()

    def _refuses(self, record: _Place, tag: str) -> bool:
        """Whether it is one of more tags than a run may have; told once a file."""
        if tag in self._tag_plugins or len(self._tag_plugins) < MOST_TAGS:
            return False
        if not self._refused:
            self._refused = True
            self._problem(record, f"more than {MOST_TAGS} tags in this run; the others are left out")
        return True

    def _problem(self, record: _Place, reason: str) -> None:
        """Tell it once for a record, and not of more than some: an event may hold millions of values that are wrong."""
        if record.offset != self._wrong_at:
            self._wrong_at = record.offset
            self._wrong.clear()
        if reason in self._wrong or len(self._wrong) > _MOST_TOLD:
            return
        self._wrong.add(reason)
        if len(self._wrong) > _MOST_TOLD:
            reason = "more values of this event cannot be read"
        self._others.append(Problem(self.path, record.offset, reason))


def _type_of(tensor: tensor_pb2.TensorProto) -> TensorType:
    """What a tensor says it is, right or wrong."""
    try:
        shape = shape_of(tensor) if len(tensor.tensor_shape.dim) <= _MOST_DIMENSIONS else None
    except ValueError:
        shape = None
    return TensorType(dtype_name(tensor.dtype), shape)
