"""One event file being written: names it, starts it with a file version, appends whole records."""

from __future__ import annotations

import os
import time
from pathlib import Path

from logging_lib.tfevents.filename import make_event_filename
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import encode_record

FILE_VERSION = "brain.Event:2"
_SOURCE = "tbtui.logging_lib"


class EventFile:
    """An event file in `directory`, created by `open()` or the first `append()`, kept open until `close()`.

    `start_time`, in its name and first event, is the time of creation unless given (epoch seconds).

    Not for several threads at once. Invariant: the first `_end` bytes of the file are whole records; what lies
    behind them is the torn rest of a failed append, which the next append or close cuts off.
    """

    def __init__(self, directory: str, suffix: str = "", start_time: float | None = None) -> None:
        self.directory = directory
        self.suffix = suffix
        self._start_time = start_time
        self._descriptor: int | None = None
        self._end = 0
        self._torn = False

    def open(self) -> None:
        """Create the directory and the file.

        Raises:
            OSError: either cannot be created or written.
        """
        if self._descriptor is None:
            self._create()

    def append(self, records: bytes) -> None:
        """Hand whole records to the operating system.

        Raises:
            OSError: they could not be written; the file then ends with what was written before.
        """
        self._write(self._create() if self._descriptor is None else self._descriptor, records)

    def close(self) -> None:
        """Close the file, if it is open.

        Raises:
            OSError: the torn rest of an append could not be cut off, or the last bytes could not be stored.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            self._cut_torn(descriptor)
        finally:
            os.close(descriptor)

    def disown(self) -> None:
        """In a forked child: leave the file to the parent. The next append here creates one of this process's own."""
        descriptor, self._descriptor = self._descriptor, None
        self._torn = False
        if descriptor is not None:
            os.close(descriptor)

    def _create(self) -> int:
        directory = Path(self.directory)
        directory.mkdir(parents=True, exist_ok=True)
        start = time.time() if self._start_time is None else self._start_time
        self._descriptor = _open_new(directory, start, self.suffix)
        self._end = 0
        self._write(self._descriptor, encode_record(_version_event(start).SerializeToString()))
        return self._descriptor

    def _write(self, descriptor: int, data: bytes) -> None:
        self._cut_torn(descriptor)
        self._torn = True
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        self._torn = False
        self._end += len(data)

    def _cut_torn(self, descriptor: int) -> None:
        if self._torn:
            os.ftruncate(descriptor, self._end)
            self._torn = False


def _open_new(directory: Path, wall_time: float, suffix: str) -> int:
    """A descriptor of a file that did not exist: another container may have our host name, process id and second."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
    while True:
        try:
            return os.open(directory / make_event_filename(wall_time, suffix), flags, 0o666)
        except FileExistsError:
            continue


def _version_event(wall_time: float) -> event_pb2.Event:
    return event_pb2.Event(
        wall_time=wall_time,
        file_version=FILE_VERSION,
        source_metadata=event_pb2.SourceMetadata(writer=_SOURCE),
    )
