"""Follows a log of another tool: what was appended since the last look is parsed, chunk by chunk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from io import FileIO
from typing import Protocol

from tui.model import Batch, Forgotten, RunActivity
from tui.reader.complaint import Complaint
from tui.reader.continuity import Identity, Sample, State
from tui.reader.file_status import opened_status
from tui.reader.peers.rows import Rows
from tui.reader.regular_file import open_unbuffered
from tui.reader.unchecked import Unchecked

CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 4096


class Parser(Protocol):
    """Makes rows of a file's bytes. One that sets `refused` has found that the file is no log: it is left alone."""

    refused: bool

    def feed(self, data: bytes, offset: int) -> int:
        """Parse what begins at `offset`; returns how many bytes are done with.

        The others come again, with what follows them. Of CHUNK_BYTES some are always done with.
        """


class ParserMaker(Protocol):
    """Makes the parser of a file from its start."""

    def __call__(self, rows: Rows, /) -> Parser: ...


class TailReader:
    """A LogReader of a file that its tool appends to.

    What is not whole yet, such as a line without its end, waits. A file that changed still holds what was read of it
    where its first and last bytes of that are the same. Where they are not, since the file was rewritten (Lightning
    does when a metric comes up), what was read is Forgotten, and the file is read from its start.

    Invariants: `offset` bytes have been parsed; `_state` is the file's state in which all of it was seen.
    """

    def __init__(self, run: str, path: str, parser: ParserMaker) -> None:
        self.run = run
        self.path = path
        self.size = 0
        self.mtime = 0.0
        self.changed_at = 0.0
        self.identity: Identity | None = None
        self.unchecked = Unchecked()
        """Nothing: all that is read is looked at."""
        self._make_parser = parser
        self._rows = Rows(run, path)
        self._parser = parser(self._rows)
        self._offset = 0
        self._state: State | None = None
        self._changed = False
        self._blocked = False
        self._complaint = Complaint(path)
        self._samples: tuple[Sample, ...] = ()

    @property
    def offset(self) -> int:
        """How many bytes have been parsed."""
        return self._offset

    @property
    def pending(self) -> bool:
        """Whether there is something to read, as far as the last look showed."""
        return self._changed and not self._blocked

    @property
    def full(self) -> bool:
        """Whether so much was read since the last `take` that it should be taken before more is read."""
        return self._rows.full

    def look(self, *, opened: bool = False) -> list[Batch]:
        """Notice whether the file has changed; `opened`: by opening it."""
        try:
            status = opened_status(self.path) if opened else os.stat(self.path)  # noqa: PTH116 - polled by the thousand
        except OSError as error:
            return self._miss(error)
        if self._state is not None and self._state.is_shown_by(status):
            self._changed = False
            return []
        state = State.of(status)
        if (state.size, status.st_mtime) != (self.size, self.mtime):  # it may be looked at again before it is read
            age = 0.0 if self.identity else max(time.time() - status.st_mtime, 0.0)
            self.changed_at = time.monotonic() - age
        self.size, self.mtime = state.size, status.st_mtime
        if not self._offset:
            self.identity = state.identity
        self._blocked = False
        self._changed = state.size > 0 or self._offset > 0
        return [] if self._changed else self._complaint.say(None)

    def read(self) -> list[Batch]:
        """Parse the next chunk, for `take`; returns what there is to tell about the file itself."""
        told: list[Batch] = []
        try:
            with open_unbuffered(self.path) as file:
                self._read_on(file, told)
        except OSError as error:
            told += self._miss(error)
        return told

    def take(self) -> Iterator[Batch]:
        """The data that was read since the last call."""
        return self._rows.take()

    def check(self) -> list[Batch]:
        """Nothing was passed over."""
        return []

    def is_now(self, path: str) -> bool:
        """Whether the file that was read goes by this other name now, and no more by its own."""
        if os.path.lexists(self.path):
            return False
        try:
            with open_unbuffered(path) as file:
                same = State.of(os.fstat(file.fileno())).identity == self.identity
                return same and all(sample.is_in(file) for sample in self._samples)
        except OSError:
            return False

    def forget(self) -> list[Batch]:
        """Read from the start from now on; nothing that was read counts any more."""
        self._rows = Rows(self.run, self.path)
        self._parser = self._make_parser(self._rows)
        self._offset, self._samples = 0, ()
        self._state = self._complaint.reason = None
        self._blocked = False
        return [Forgotten(self.run, self.path)]

    def _read_on(self, file: FileIO, told: list[Batch]) -> None:
        state = State.of(os.fstat(file.fileno()))
        self.size = state.size
        if self._offset and (state.size < self._offset or not all(sample.is_in(file) for sample in self._samples)):
            # The run does not go away while its file is read again.
            stays = [RunActivity(self.run, self.path, 0, None, None)] if self._rows.accepted else []
            told += [*self.forget(), *stays]
        self.identity = state.identity
        told += self._complaint.say(None)
        data = b"" if self._parser.refused else os.pread(file.fileno(), CHUNK_BYTES, self._offset)
        seen = self._offset + len(data)
        done = self._parser.feed(data, self._offset) if data else 0
        if done:
            self._offset += done
            length = min(self._offset, _SAMPLE_BYTES)
            self._samples = (Sample.take(file, 0, length), Sample.take(file, self._offset - length, length))
        if self._parser.refused or not done or seen >= state.size:
            self._state, self._changed = state, False
            self._rows.note_written(self.mtime)

    def _miss(self, error: OSError) -> list[Batch]:
        """It cannot be read now; when it can, it is looked at anew."""
        self._state = None
        self._blocked = True
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        # Of a file that was no log nothing is missed.
        return [] if gone and not self._rows.accepted else self._complaint.miss(error)
