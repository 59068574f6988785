"""Reads event files back with the real tensorboard package, for the writer's tests."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader, LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event


def event_paths(directory: Path) -> list[Path]:
    """The event files directly in a directory, in order of name."""
    return sorted(directory.glob("*tfevents*"))


def raw_events(directory: Path) -> list[Event]:
    """All events as they are stored, file by file."""
    return [event for path in event_paths(directory) for event in LegacyEventFileLoader(str(path)).Load()]


def shown_events(directory: Path) -> list[Event]:
    """All events as TensorBoard shows them: old encodings migrated to tensors."""
    return [event for path in event_paths(directory) for event in EventFileLoader(str(path)).Load()]


def summaries(directory: Path) -> list[Event]:
    """The stored events that hold a summary."""
    return [event for event in raw_events(directory) if event.HasField("summary")]
