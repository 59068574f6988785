"""What one event file holds, counted record by record in little memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import FRAME_BYTES, HEADER_BYTES, Damage, Record

MOST_LISTED = 100
"""A file of garbage has any number of damaged stretches; more of them than this are only counted."""
# Likewise of what a file may name, and how long a name may be that is kept.
_MOST_NAMES = 1000
_MOST_TAGS = 100_000
_LONGEST_NAME = 1000
_OTHERS = "others"


class ValueKind(NamedTuple):
    """What a summary value holds (simple_value, histo, tensor...), and for which plugin, where one is named."""

    what: str
    plugin: str


class Finding(NamedTuple):
    """One record with its frame, or one damaged stretch: where it is in the file, in bytes.

    `reason` says what is wrong. Without one, `event` is there; `values` are its values' tags and kinds.
    """

    offset: int
    length: int
    crc_ok: bool
    reason: str
    event: event_pb2.Event | None = None
    values: tuple[tuple[str, ValueKind], ...] = ()


@dataclass(slots=True)
class Census:
    """Counts of a file. Steps and wall times are the least and greatest, wall times of finite ones."""

    size: int = 0
    records: int = 0
    events: int = 0
    damages: int = 0
    damaged_bytes: int = 0
    damaged_to_end: bool = False
    open_tail: int = 0
    """Bytes at the end of a record that is not whole yet."""
    listed: list[Finding] = field(default_factory=list)
    """The first damaged stretches."""
    file_versions: Counter[str] = field(default_factory=Counter)
    writers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """Events by what they hold."""
    values: Counter[ValueKind] = field(default_factory=Counter)
    sessions: int = 0
    steps: tuple[int, int] | None = None
    wall_times: tuple[float, float] | None = None
    names_values: bool = True
    """Whether what is found names each value: of an event of millions they take far more than its bytes."""
    _plugins: dict[str, str] = field(default_factory=dict)

    @property
    def damaged(self) -> bool:
        """Whether there is anything in the file that is no event."""
        return self.damages > 0

    def add(self, item: Record | Damage) -> Finding:
        """Count what a RecordDecoder found."""
        if isinstance(item, Damage):
            return self._add_damage(Finding(item.offset, item.length, False, item.reason))
        self.records += 1
        start = item.offset - HEADER_BYTES
        length = len(item.payload) + FRAME_BYTES
        try:
            event = event_pb2.Event.FromString(item.payload)
        except DecodeError:
            return self._add_damage(Finding(start, length, True, "record holds no event"))
        values: Iterable[tuple[str, ValueKind]]
        values = ((value.tag, self._kind_of(value)) for value in event.summary.value)
        named = tuple(values) if self.names_values else ()
        self._add_event(event, named or values)
        return Finding(start, length, True, "", event, named)

    def _add_damage(self, finding: Finding) -> Finding:
        self.damages += 1
        self.damaged_bytes += finding.length
        if len(self.listed) < MOST_LISTED:
            self.listed.append(finding)
        return finding

    def _add_event(self, event: event_pb2.Event, values: Iterable[tuple[str, ValueKind]]) -> None:
        self.events += 1
        what = event.WhichOneof("what")
        self.kinds[what or "empty"] += 1
        if what == "file_version":
            self._count_name(self.file_versions, event.file_version)
        if what == "session_log" and event.session_log.status == event_pb2.SessionLog.START:
            self.sessions += 1
        if event.HasField("source_metadata"):
            self._count_name(self.writers, event.source_metadata.writer)
        for _, kind in values:
            known = kind in self.values or len(self.values) < _MOST_NAMES
            self.values[kind if known else ValueKind(kind.what, _OTHERS)] += 1
        step, time = event.step, event.wall_time
        if self.steps is None or not self.steps[0] <= step <= self.steps[1]:
            low, high = self.steps or (step, step)
            self.steps = min(low, step), max(high, step)
        if math.isfinite(time) and (self.wall_times is None or not self.wall_times[0] <= time <= self.wall_times[1]):
            first, last = self.wall_times or (time, time)
            self.wall_times = min(first, time), max(last, time)

    def _count_name(self, counter: Counter[str], name: str) -> None:
        name = name[:_LONGEST_NAME]
        counter[name if name in counter or len(counter) < _MOST_NAMES else _OTHERS] += 1

    def _kind_of(self, value: summary_pb2.Summary.Value) -> ValueKind:
        """What a value holds. The first value of a tag that names a plugin does so for all."""
        tag = value.tag
        plugin = self._plugins.get(tag, "")
        if not plugin and value.HasField("metadata"):
            plugin = value.metadata.plugin_data.plugin_name[:_LONGEST_NAME]
            if plugin and len(tag) <= _LONGEST_NAME and len(self._plugins) < _MOST_TAGS:
                self._plugins[tag] = plugin
        return ValueKind(value.WhichOneof("value") or "empty", plugin)
