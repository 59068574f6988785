"""Event files of any shape, built by hand: what a writer would never write included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from logging_lib.tfevents.hparams import SessionStart, session_end_summary, session_start_summary
from logging_lib.tfevents.plugins import summary_metadata
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import encode_record

WALL_TIME = 1_700_000_000.0
FILE_NAME = "events.out.tfevents.1700000000.host.1.0"

Value = summary_pb2.Summary.Value


def event(*values: Value, step: int = 0, wall_time: float = WALL_TIME) -> event_pb2.Event:
    """An event with these summary values."""
    return event_pb2.Event(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=values))


def version_event(wall_time: float = WALL_TIME) -> event_pb2.Event:
    """The event that a file starts with."""
    return event_pb2.Event(wall_time=wall_time, file_version="brain.Event:2")


def scalar(tag: str, value: float) -> Value:
    """A scalar in the first encoding."""
    return Value(tag=tag, simple_value=value)


def tensor(tag: str, proto: tensor_pb2.TensorProto, plugin: str | None = None, content: bytes = b"") -> Value:
    """A tensor; `plugin` None leaves the metadata out, as writers do after a tag's first event."""
    metadata = None if plugin is None else summary_metadata(plugin, content)
    return Value(tag=tag, tensor=proto, metadata=metadata)


def scalar_event(tag: str, step: int, value: float, wall_time: float | None = None) -> event_pb2.Event:
    """One point; wall times follow the steps unless given."""
    return event(scalar(tag, value), step=step, wall_time=WALL_TIME + step if wall_time is None else wall_time)


def session_start(start: SessionStart) -> event_pb2.Event:
    """An event that starts a session."""
    return _of_summary(session_start_summary(start.hparams, group_name=start.group_name, start_time=start.start_time))


def session_end(status: str) -> event_pb2.Event:
    """An event that ends a session."""
    return _of_summary(session_end_summary(status))


def record(item: event_pb2.Event | bytes) -> bytes:
    """The frame of an event, or of a payload that need not be one."""
    return encode_record(item if isinstance(item, bytes) else item.SerializeToString())


def records(items: Iterable[event_pb2.Event | bytes]) -> bytes:
    """Frames one after the other."""
    return b"".join(map(record, items))


def write(path: Path, items: Iterable[event_pb2.Event | bytes]) -> Path:
    """Write records to a file, in new directories where there are none; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(records(items))
    return path


def append(path: Path, items: Iterable[event_pb2.Event | bytes]) -> None:
    """Append records to a file."""
    with path.open("ab") as file:
        file.write(records(items))


def points(tag: str, steps: Iterable[int]) -> Iterator[event_pb2.Event]:
    """Points whose value is half the step, which every float width holds."""
    return (scalar_event(tag, step, step / 2) for step in steps)


def _of_summary(summary: summary_pb2.Summary) -> event_pb2.Event:
    return event_pb2.Event(wall_time=WALL_TIME, summary=summary)
