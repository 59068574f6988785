"""A record and the event in it."""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import Record


class Parsed(NamedTuple):
    """A record and its event; a line that says why there is none."""

    record: Record
    event: event_pb2.Event | str

    @property
    def tags(self) -> set[str]:
        """The tags of the event's summary."""
        return set() if isinstance(self.event, str) else {value.tag for value in self.event.summary.value}


def parse(record: Record) -> Parsed:
    """The event of a record."""
    try:
        return Parsed(record, event_pb2.Event.FromString(record.payload))
    except DecodeError:
        return Parsed(record, "record holds no event")
    except MemoryError:  # of one huge event; there is enough for the next ones
        return Parsed(record, too_large(record))


def starts_session(parsed: Parsed) -> bool:
    """Whether the event is a SessionLog START."""
    if isinstance(parsed.event, str) or parsed.event.WhichOneof("what") != "session_log":
        return False
    return parsed.event.session_log.status == event_pb2.SessionLog.START


def too_large(record: Record) -> str:
    """What to say of a record that takes more memory than there is."""
    return f"record of {len(record.payload)} bytes needs more memory than there is"
